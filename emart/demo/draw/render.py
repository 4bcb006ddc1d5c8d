#!/usr/bin/env python3
"""Renders the pictures: SVG, then PNG by headless Chromium, then WebP by cwebp.

    python3 render.py                 everything
    python3 render.py mug kettle      the pictures whose name contains a word
    python3 render.py --sheet mug     only a contact sheet (PNG) in the work folder
"""

import importlib
import math
import subprocess
import sys
import tempfile
from pathlib import Path

from kit import PICTURES

IMAGES = Path(__file__).resolve().parent.parent / "images"
MODULES = ["kitchen", "home", "stationery", "outdoors", "clothing", "books_toys", "scenes"]
BATCH = 6  # pictures per Chromium run: one tall page, cut up by cwebp
QUALITIES = (80, 74, 68, 62, 56)  # the first that fits the budget; textures hide the loss
BUDGET = 26_000  # bytes


def screenshot(page, png, width, height):
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             f"--user-data-dir={profile}", f"--screenshot={png}", f"--window-size={width},{height}", page.as_uri()],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)


def write_svgs(names, work):
    for name in names:
        (work / f"{name}.svg").write_text(PICTURES[name]().text())


def sheet(names, work, columns=4):
    columns, cell = (columns, 400) if len(names) > 6 else (2, 760)
    cells = "".join(f'<img src="{n}.svg" style="width:{cell}px;height:{cell}px;object-fit:contain;display:block">' for n in names)
    page = work / "sheet.html"
    page.write_text(f'<body style="margin:0;display:grid;grid-template-columns:repeat({columns},{cell}px)">{cells}')
    screenshot(page, work / "sheet.png", cell * min(columns, len(names)), cell * math.ceil(len(names) / columns))
    print(work / "sheet.png")


def webps(names, work):
    sizes = {}
    for name in names:
        drawing = PICTURES[name]()
        sizes.setdefault((drawing.w, drawing.h), []).append(name)
    for (width, height), group in sizes.items():
        for start in range(0, len(group), BATCH):
            some = group[start:start + BATCH]
            page, png = work / "page.html", work / "page.png"
            page.write_text('<body style="margin:0">' + "".join(f'<img src="{n}.svg" style="display:block">' for n in some))
            screenshot(page, png, width, height * len(some))
            for i, name in enumerate(some):
                out = IMAGES / f"{name}.webp"
                for quality in QUALITIES:
                    subprocess.run(["cwebp", "-quiet", "-m", "6", "-q", str(quality), "-sharp_yuv", "-crop", "0", str(i * height), str(width),
                                    str(height), str(png), "-o", str(out)], check=True)
                    if out.stat().st_size <= BUDGET * (2 if name == "hero" else 1):
                        break
                print(f"{out.stat().st_size:>7} {name} q{quality}")


def main():
    for module in MODULES:
        if (Path(__file__).parent / f"{module}.py").exists():
            importlib.import_module(module)
    only_sheet = "--sheet" in sys.argv
    words = [a for a in sys.argv[1:] if not a.startswith("--")]
    names = [n for n in PICTURES if not words or any(w in n for w in words)]
    work = Path(tempfile.gettempdir()) / "emart-demo-pictures"
    work.mkdir(exist_ok=True)
    write_svgs(names, work)
    if only_sheet:
        sheet(names, work)
    else:
        IMAGES.mkdir(exist_ok=True)
        webps(names, work)


if __name__ == "__main__":
    main()
