//! What machines read on a product's page: JSON-LD for search engines, the variants for the page's own script.

use emart_catalog_api::{Product, Variant};
use serde::Serialize;

use crate::view::Crumb;
use crate::words;

const SCHEMA: &str = "https://schema.org";

#[derive(Serialize)]
struct Graph<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: (Item<'a>, BreadcrumbList),
}

#[derive(Serialize)]
struct Item<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    description: &'a str,
    url: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gtin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<Brand<'a>>,
    offers: Offers,
}

#[derive(Serialize)]
struct Brand<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "@type", rename_all_fields = "camelCase")]
enum Offers {
    Offer {
        url: String,
        price: String,
        price_currency: &'static str,
        availability: &'static str,
    },
    AggregateOffer {
        low_price: String,
        high_price: String,
        offer_count: usize,
        price_currency: &'static str,
        availability: &'static str,
    },
}

/// The way from the home page, for search engines.
#[derive(Serialize)]
pub(crate) struct BreadcrumbList {
    #[serde(rename = "@context", skip_serializing_if = "Option::is_none")]
    context: Option<&'static str>,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "itemListElement")]
    items: Vec<ListItem>,
}

#[derive(Serialize)]
struct ListItem {
    #[serde(rename = "@type")]
    kind: &'static str,
    position: usize,
    name: String,
    item: String,
}

/// The way to a category, or with a last step to a product.
pub(crate) fn breadcrumb_list(
    origin: &str,
    crumbs: &[Crumb],
    last: Option<(&str, &str)>,
) -> BreadcrumbList {
    let mut steps = vec![("Shop".to_owned(), format!("{origin}/"))];
    steps.extend(crumbs.iter().map(|c| (c.name.clone(), format!("{origin}/c/{}", c.slug))));
    steps.extend(last.map(|(name, url)| (name.to_owned(), url.to_owned())));
    let item = |(at, (name, item))| ListItem { kind: "ListItem", position: at + 1, name, item };
    BreadcrumbList {
        context: last.is_none().then_some(SCHEMA),
        kind: "BreadcrumbList",
        items: steps.into_iter().enumerate().map(item).collect(),
    }
}

/// A product as JSON-LD, ready for a `<script>`.
pub(crate) fn product(
    origin: &str,
    product: &Product,
    description: &str,
    crumbs: &[Crumb],
) -> String {
    let url = format!("{origin}/p/{}", product.handle);
    let pictures = product.images.iter().filter_map(|image| image.sources.last());
    let only = product.variants.first().filter(|_| product.variants.len() == 1);
    let item = Item {
        kind: "Product",
        name: &product.title,
        description,
        image: pictures.take(8).map(|source| format!("{origin}{}", source.url)).collect(),
        sku: only.and_then(|variant| variant.sku.as_deref()),
        gtin: only.and_then(|variant| variant.barcode.as_deref()),
        brand: product.vendor.as_deref().map(|name| Brand { kind: "Brand", name }),
        offers: offers(product, &url),
        url: url.clone(),
    };
    let crumbs = breadcrumb_list(origin, crumbs, Some((&product.title, &url)));
    words::script_json(&Graph { context: SCHEMA, graph: (item, crumbs) })
}

fn offers(product: &Product, url: &str) -> Offers {
    let availability = if product.in_stock {
        "https://schema.org/InStock"
    } else {
        "https://schema.org/OutOfStock"
    };
    let prices = || product.variants.iter().map(|variant| variant.price);
    let low = prices().min_by_key(|price| price.amount_minor);
    let high = prices().max_by_key(|price| price.amount_minor);
    let price_currency = low.map_or("", |price| price.currency.code());
    let decimal =
        |price: Option<emart_types::Money>| price.map_or_else(String::new, |p| p.to_decimal());
    if product.variants.len() == 1 {
        return Offers::Offer {
            url: url.to_owned(),
            price: decimal(low),
            price_currency,
            availability,
        };
    }
    Offers::AggregateOffer {
        low_price: decimal(low),
        high_price: decimal(high),
        offer_count: product.variants.len(),
        price_currency,
        availability,
    }
}

#[derive(Serialize)]
struct Choice<'a> {
    options: &'a [String],
    now: String,
    was: Option<String>,
    cut: Option<u32>,
    stock: String,
    class: &'static str,
    ok: bool,
    sku: &'a str,
    /// Which of the page's pictures shows it; -1 for none of its own.
    picture: isize,
}

/// The variants as the picker's script needs them: worded as the server words them.
pub(crate) fn variants(product: &Product) -> String {
    let choices: Vec<Choice<'_>> =
        product.variants.iter().map(|variant| choice(product, variant)).collect();
    words::script_json(&choices)
}

fn choice<'a>(product: &Product, variant: &'a Variant) -> Choice<'a> {
    let stock = words::stock(variant.in_stock, variant.available);
    let shown = variant.image_id.as_ref();
    let at = shown.and_then(|id| product.images.iter().position(|image| image.id == *id));
    let was = variant.compare_at_price.filter(|w| w.amount_minor > variant.price.amount_minor);
    Choice {
        options: &variant.option_values,
        now: words::money(variant.price),
        was: was.map(words::money),
        cut: words::cut(variant.price, variant.compare_at_price),
        stock: stock.text,
        class: stock.class,
        ok: variant.in_stock,
        sku: variant.sku.as_deref().unwrap_or_default(),
        picture: at.and_then(|at| isize::try_from(at).ok()).unwrap_or(-1),
    }
}
