#!/usr/bin/env python3
"""Writes ../products.csv and ../categories.csv from catalogue_data.py."""

import csv
import itertools
import re
import unicodedata
from pathlib import Path

from catalogue_data import CATEGORIES, PRODUCTS

DEMO = Path(__file__).resolve().parent.parent
PICTURED = {"Colour", "Scent"}  # options whose every value has its own picture

COLUMNS = [
    "Title", "URL handle", "Description", "Vendor", "Product category", "Type", "Tags",
    "Published on online store", "Status", "SKU", "Barcode",
    "Option1 name", "Option1 value", "Option1 Linked To",
    "Option2 name", "Option2 value", "Option2 Linked To",
    "Option3 name", "Option3 value", "Option3 Linked To",
    "Price", "Compare-at price", "Cost per item", "Charge tax", "Tax code",
    "Unit price total measure", "Unit price total measure unit",
    "Unit price base measure", "Unit price base measure unit",
    "Inventory tracker", "Inventory quantity", "Continue selling when out of stock",
    "Weight value (grams)", "Weight unit for display", "Requires shipping", "Fulfillment service",
    "Product image URL", "Image position", "Image alt text", "Variant image URL",
    "Gift card", "SEO title", "SEO description",
]


def slug(text):
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")


def money(minor):
    return f"{minor // 100}.{minor % 100:02d}" if minor else ""


def ean13(number):
    """A valid EAN-13 in the 29 range, which GS1 leaves to shops for their own use."""
    digits = f"29{number:010d}"
    odd_even = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return digits + str(-odd_even % 10)


def pictures(product):
    """The product's pictures in order: (file, alternative text, option value or None)."""
    options = product.get("options", [])
    found = []
    if options and options[0][0] in PICTURED:
        for value in options[0][1]:
            alt = product["alt"].replace("{v}", value if options[0][0] == "Scent" else value.lower())
            found.append((f"{product['handle']}-{slug(value)}.webp", alt[0].upper() + alt[1:], value))
    else:
        found.append((f"{product['handle']}.webp", product["alt"], None))
    for name, alt in product.get("scenes", []):
        found.append((f"{product['handle']}-{name}.webp", alt, None))
    return found


def variants(product):
    """One dictionary of columns per variant, in the order of the options."""
    options = product.get("options", [])
    names = [name for name, _ in options] or ["Title"]
    combos = list(itertools.product(*(values for _, values in options or [("", ["Default Title"])])))
    assert len(combos) == len(product["stock"]), product["handle"]
    by_value = {value: file for file, _, value in pictures(product) if value}
    for index, (combo, stock) in enumerate(zip(combos, product["stock"])):
        deltas = [product.get("delta", {}).get(value, (0, 0, 0)) for value in combo]
        price = product["price"] + sum(d[0] for d in deltas)
        compare = product.get("compare", 0)
        compare = compare.get(combo[0], 0) if isinstance(compare, dict) else compare
        suffix = "".join("-" + slug(value).replace("-", "")[:5].upper() for value in combo) if options else ""
        row = {
            "SKU": f"EM-{product['code']}{suffix}",
            "Barcode": ean13(4400000000 + PRODUCTS.index(product) * 100 + index),
            "Price": money(price),
            "Compare-at price": money(compare),
            "Cost per item": money(product["cost"] + sum(d[1] for d in deltas)),
            "Charge tax": "TRUE",
            "Inventory tracker": "shopify",
            "Inventory quantity": stock,
            "Continue selling when out of stock": "DENY",
            "Weight value (grams)": product["weight"] + sum(d[2] for d in deltas),
            "Weight unit for display": "g",
            "Requires shipping": "TRUE",
            "Fulfillment service": "manual",
            "Variant image URL": by_value.get(combo[0], ""),
            "Gift card": "FALSE",
        }
        for number, (name, value) in enumerate(zip(names, combo), start=1):
            row[f"Option{number} value"] = value
            if index == 0:
                row[f"Option{number} name"] = name
        yield row


def product_rows(product):
    """A product's rows: variants and pictures side by side, the longer list alone at the end."""
    head = {
        "Title": product["title"], "Description": product["body"], "Vendor": product["vendor"],
        "Product category": product["category"], "Type": product["type"], "Tags": product["tags"],
        "Published on online store": "TRUE", "Status": "Active",
        "SEO title": f"{product['title']} – E-Mart", "SEO description": product["seo"],
    }
    for index, (variant, picture) in enumerate(itertools.zip_longest(variants(product), pictures(product))):
        row = {"URL handle": product["handle"], **(head if index == 0 else {}), **(variant or {})}
        if picture:
            row |= {"Product image URL": picture[0], "Image position": index + 1, "Image alt text": picture[1]}
        yield row


def main():
    with open(DEMO / "products.csv", "w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        rows = [row for product in PRODUCTS for row in product_rows(product)]
        writer.writerows(rows)
    skus = [row["SKU"] for row in rows if row.get("SKU")]
    assert len(skus) == len(set(skus)), "SKUs must be unique"
    with open(DEMO / "categories.csv", "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["path", "slug", "description", "image"])
        for path, name, description in CATEGORIES:
            writer.writerow([path, name, description, "" if " > " in path else f"category-{name}.webp"])
    files = [p[0] for product in PRODUCTS for p in pictures(product)]
    files += [f"category-{name}.webp" for path, name, _ in CATEGORIES if " > " not in path] + ["hero.webp"]
    drawn = {file.name for file in (DEMO / "images").glob("*.webp")}
    print("not drawn yet:", sorted(set(files) - drawn) or "none", "- no longer used:", sorted(drawn - set(files)) or "none")
    print(f"{len(PRODUCTS)} products, {len(skus)} variants, {len(files)} pictures, {len(CATEGORIES)} categories")


if __name__ == "__main__":
    main()
