//! A product: pictures, variants, price, stock, the button that puts it into the cart.

mod json;
mod kept;
mod wanted;

use std::sync::Arc;
use std::time::{Duration, Instant};

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use emart_catalog_api::{Product, ProductCard, Variant};
use emart_http::{Caller, Context, Path};
use quick_cache::sync::Cache;

use crate::Storefront;
use crate::cards;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::view::{Card, Crumb, Detail, Layout, Picture, Price, Status};
use crate::words;

pub(crate) use json::breadcrumb_list;
pub(crate) use kept::{Pages, pages};
pub(crate) use wanted::Wanted;

/// With more variants than this the page asks the server for each choice, to stay small.
const VARIANTS_IN_PAGE: usize = 120;
/// One more than are shown, since the product itself may be among them.
const SHELF: usize = 5;
/// How long the products beside one are shown before the catalogue is asked again.
const FRESH: Duration = Duration::from_secs(30);

/// The products of a category, to be shown beside one of them.
pub(crate) type Related = Cache<String, Shelf>;

/// Products as they came, and as they are shown.
#[derive(Clone)]
pub(crate) struct Shelf {
    at: Instant,
    items: Arc<[ProductCard]>,
    cards: Arc<Vec<Card>>,
}

#[derive(Template)]
#[template(path = "product.html", whitespace = "minimize")]
pub(crate) struct ProductPage {
    pub(crate) layout: Layout,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) handle: String,
    pub(crate) title: String,
    pub(crate) vendor: String,
    pub(crate) shots: Vec<Picture>,
    pub(crate) price: Price,
    pub(crate) price_plain: String,
    pub(crate) currency: &'static str,
    pub(crate) price_note: &'static str,
    pub(crate) cut: Option<u32>,
    pub(crate) problem: Option<String>,
    pub(crate) options: Vec<OptionRow>,
    pub(crate) variant: String,
    pub(crate) stock: Status,
    pub(crate) sellable: bool,
    pub(crate) sku: String,
    /// Sanitised HTML from the catalogue: the one thing that is printed as it is.
    pub(crate) body: String,
    pub(crate) details: Vec<Detail>,
    pub(crate) related: Arc<Vec<Card>>,
    pub(crate) json_ld: String,
    pub(crate) variants_json: String,
}

impl ProductPage {
    /// The others of its category, without the product itself.
    fn beside(&self) -> impl Iterator<Item = &Card> {
        self.related.iter().filter(|card| card.handle != self.handle).take(4)
    }
}

pub(crate) struct OptionRow {
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) chosen: String,
    pub(crate) values: Vec<OptionValue>,
}

pub(crate) struct OptionValue {
    pub(crate) value: String,
    pub(crate) on: bool,
    pub(crate) out: bool,
}

/// `GET /p/{handle}`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(handle): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    if raw.as_deref().unwrap_or_default().is_empty() && visitor.is_unknown() {
        let page = kept::show(&storefront, &visitor, handle).await?;
        return Ok(frame::for_strangers(&visitor, page));
    }
    let product = find(&storefront, &handle).await?;
    let wanted = Wanted::read(raw.as_deref().unwrap_or_default());
    let page = page(&storefront, &visitor, product, &wanted, None).await?;
    Ok(frame::for_strangers(&visitor, page))
}

/// The product with this handle, if it is for everyone to see.
pub(crate) async fn find(storefront: &Storefront, handle: &str) -> Result<Product, Error> {
    storefront.clients.catalog.product(&encoded(handle)?).await?.ok_or(Error::NotFound)
}

/// A handle as it goes into a path; what cannot be one names nothing.
pub(crate) fn encoded(handle: &str) -> Result<String, Error> {
    if !handle.chars().all(|c| c.is_alphanumeric() || "-_.~".contains(c)) {
        return Err(Error::NotFound);
    }
    Ok(url::form_urlencoded::byte_serialize(handle.as_bytes()).collect())
}

/// A product's page; `problem` says why it did not go into the cart.
pub(crate) async fn page(
    storefront: &Storefront,
    visitor: &Visitor,
    product: Product,
    wanted: &Wanted,
    problem: Option<String>,
) -> Result<Response, Error> {
    frame::html(&render(storefront, visitor, product, wanted, problem).await?)
}

async fn render(
    storefront: &Storefront,
    visitor: &Visitor,
    product: Product,
    wanted: &Wanted,
    problem: Option<String>,
) -> Result<ProductPage, Error> {
    let values = wanted.values(&product);
    let variant = product.variants.iter().find(|variant| variant.option_values == values);
    let path = format!("/p/{}", product.handle);
    let title = product.seo.title.as_deref().unwrap_or(&product.title);
    let mut layout = storefront.layout(visitor, title, &path).await;
    layout.description = match &product.seo.description {
        Some(description) => description.clone(),
        None => words::beginning(&product.description_html, 155),
    };
    let way = product.categories.first();
    let crumbs: Vec<Crumb> = way.into_iter().flatten().map(crumb).collect();
    if let Some(top) = crumbs.first() {
        layout.category.clone_from(&top.slug);
    }
    let related = beside(storefront, &crumbs).await;
    let shots = product.images.iter().filter_map(|image| cards::picture(image, &product.title));
    let priced = variant.or_else(|| product.variants.first()).ok_or(Error::NotFound)?;
    let stock = match variant {
        Some(variant) => words::stock(variant.in_stock, variant.available),
        None => Status { text: "Not made in this combination".to_owned(), class: "stock-out" },
    };
    let small = product.variants.len() <= VARIANTS_IN_PAGE && !product.options.is_empty();
    Ok(ProductPage {
        json_ld: json::product(&layout.shop.origin, &product, &layout.description, &crumbs),
        variants_json: if small { json::variants(&product) } else { String::new() },
        options: options(&product, &values),
        crumbs,
        shots: shots.collect(),
        price: price(priced),
        price_plain: priced.price.to_decimal(),
        currency: priced.price.currency.code(),
        price_note: if storefront.config.prices_include_tax {
            "Tax included. Delivery is added at checkout."
        } else {
            "Tax and delivery are added at checkout."
        },
        cut: words::cut(priced.price, priced.compare_at_price),
        problem,
        variant: priced.id.to_string(),
        stock,
        sellable: variant.is_some_and(|variant| variant.in_stock),
        sku: priced.sku.clone().unwrap_or_default(),
        details: details(&product),
        related,
        vendor: product.vendor.unwrap_or_default(),
        body: product.description_html,
        title: product.title,
        handle: product.handle,
        layout,
    })
}

fn crumb(category: &emart_catalog_api::CategoryRef) -> Crumb {
    Crumb { slug: category.slug.clone(), name: category.name.clone(), here: false }
}

fn price(variant: &Variant) -> Price {
    let was = variant
        .compare_at_price
        .filter(|was| was.amount_minor > variant.price.amount_minor)
        .map(words::money);
    Price { now: words::money(variant.price), was, from: false }
}

fn details(product: &Product) -> Vec<Detail> {
    let of = |label, value: &Option<String>| value.clone().map(|value| Detail { label, value });
    let mut details: Vec<Detail> =
        [of("Brand", &product.vendor), of("Kind", &product.product_type)]
            .into_iter()
            .flatten()
            .collect();
    let weight = product.variants.first().map_or(0, |variant| variant.weight_grams);
    if weight > 0 {
        let value = if weight >= 1000 {
            format!("{}.{} kg", weight / 1000, weight % 1000 / 100)
        } else {
            format!("{weight} g")
        };
        details.push(Detail { label: "Weight", value });
    }
    details
}

/// The rows of the variant picker: a value is out when it cannot be had with the other values chosen.
fn options(product: &Product, chosen: &[String]) -> Vec<OptionRow> {
    let row = |(at, option): (usize, &emart_catalog_api::ProductOption)| {
        let value = |value: &String| {
            let mut values = chosen.to_vec();
            if let Some(slot) = values.get_mut(at) {
                slot.clone_from(value);
            }
            let there = product.variants.iter().find(|variant| variant.option_values == values);
            OptionValue {
                value: value.clone(),
                on: chosen.get(at) == Some(value),
                out: !there.is_some_and(|variant| variant.in_stock),
            }
        };
        OptionRow {
            index: at + 1,
            name: option.name.clone(),
            chosen: chosen.get(at).cloned().unwrap_or_default(),
            values: option.values.iter().map(value).collect(),
        }
    };
    product.options.iter().enumerate().map(row).collect()
}

/// Others of the nearest category; where it has few, of the one above all.
async fn beside(storefront: &Storefront, crumbs: &[Crumb]) -> Arc<Vec<Card>> {
    let (Some(top), Some(nearest)) = (crumbs.first(), crumbs.last()) else { return Arc::default() };
    let cards = related(storefront, &nearest.slug).await;
    if cards.len() < SHELF && top.slug != nearest.slug {
        return related(storefront, &top.slug).await;
    }
    cards
}

/// Products of a category, as everyone sees them.
async fn related(storefront: &Storefront, slug: &str) -> Arc<Vec<Card>> {
    let kept = storefront.related.get(slug);
    if let Some(kept) = kept.as_ref().filter(|kept| kept.at.elapsed() < FRESH) {
        return Arc::clone(&kept.cards);
    }
    let context = Context::current().unwrap_or_default().with_caller(Caller::guest());
    let query = format!("category={slug}&limit={SHELF}");
    let page = context.scope(storefront.clients.catalog.products(&query)).await;
    // The page is whole without them.
    let items: Arc<[ProductCard]> = page.map(|page| page.items.into()).unwrap_or_default();
    // The same products stay the same shelf, and pages made with it stay good.
    let cards = match kept {
        Some(kept) if kept.items == items => kept.cards,
        _ => Arc::new(items.iter().map(cards::card).collect()),
    };
    let shelf = Shelf { at: Instant::now(), items, cards: Arc::clone(&cards) };
    storefront.related.insert(slug.to_owned(), shelf);
    cards
}
