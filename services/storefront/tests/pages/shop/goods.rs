//! The faked catalogue: one mug, in three variants.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use emart_catalog_api::{
    Category, CategoryRef, Collection, Facet, FacetValue, Highlight, Image, ImageSource, Product,
    ProductCard, ProductOption, SearchHit, SearchResult, Seo, Status, Suggestion, Suggestions,
    Variant, VariantId,
};
use emart_http::{Json, Page, Problem};
use http::StatusCode;

use super::{HOSTILE, Memory, Shop, at, eur};

pub(super) fn image(name: &str) -> Image {
    let source = |width| ImageSource { width, url: format!("/images/{name}-{width}.webp") };
    let sources = vec![source(320), source(640), source(1280)];
    Image {
        id: emart_catalog_api::ImageId::new(),
        alt: String::new(),
        width: 1280,
        height: 1280,
        sources,
    }
}

fn variant(values: &[&str], price: i64, was: Option<i64>, available: i64) -> Variant {
    Variant {
        id: VariantId::new(),
        title: values.join(" / "),
        option_values: values.iter().map(ToString::to_string).collect(),
        sku: Some(format!("SKU-{}", values.join("-"))),
        barcode: None,
        price: eur(price),
        compare_at_price: was.map(eur),
        weight_grams: 740,
        taxable: true,
        requires_shipping: true,
        stock_item_id: emart_inventory_api::StockItemId::new(),
        in_stock: available > 0,
        available: Some(available),
        image_id: None,
    }
}

fn mug() -> Product {
    let option = |name: &str, values: &[&str]| ProductOption {
        name: name.to_owned(),
        values: values.iter().map(ToString::to_string).collect(),
    };
    let way = |slug: &str, name: &str| CategoryRef { slug: slug.to_owned(), name: name.to_owned() };
    Product {
        id: emart_catalog_api::ProductId::new(),
        handle: "mug".to_owned(),
        title: format!("Mug {HOSTILE}"),
        description_html: "<p>Thrown <strong>by hand</strong>.</p>".to_owned(),
        vendor: Some("Nordhaus".to_owned()),
        product_type: Some("Mug".to_owned()),
        tags: Vec::new(),
        status: Status::Active,
        options: vec![option("Colour", &["Sand", "Moss"]), option("Size", &["S", "L"])],
        variants: vec![
            variant(&["Sand", "S"], 1600, None, 0),
            variant(&["Sand", "L"], 1800, Some(2400), 3),
            variant(&["Moss", "S"], 1600, None, 50),
        ],
        images: vec![image("mug"), image("mug2")],
        categories: vec![vec![way("kitchen", "Kitchen"), way("mugs", "Mugs")]],
        seo: Seo::default(),
        in_stock: true,
        version: 1,
        created_at: at(),
        updated_at: at(),
    }
}

fn card(product: &Product) -> ProductCard {
    ProductCard {
        id: product.id.clone(),
        handle: product.handle.clone(),
        title: product.title.clone(),
        vendor: product.vendor.clone(),
        price_from: eur(1600),
        price_to: eur(1800),
        compare_at_price: None,
        image: product.images.first().cloned(),
        in_stock: product.in_stock,
        variant_count: 3,
        only_variant_id: None,
    }
}

fn category(slug: &str, name: &str, children: Vec<Category>) -> Category {
    Category {
        id: emart_catalog_api::CategoryId::new(),
        slug: slug.to_owned(),
        name: name.to_owned(),
        description: "What is used every day.".to_owned(),
        image: None,
        product_count: 1,
        position: 0,
        children,
    }
}

fn collection(handle: &str) -> Collection {
    Collection {
        id: emart_catalog_api::CollectionId::new(),
        handle: handle.to_owned(),
        title: format!("Summer {HOSTILE}"),
        description_html: "<p>For <strong>warm</strong> days.</p>".to_owned(),
        published: true,
        rules: None,
        product_ids: Vec::new(),
        image: Some(image("summer")),
        seo: Seo::default(),
        product_count: 1,
        version: 1,
        updated_at: at(),
    }
}

fn found() -> SearchResult {
    let product = card(&mug());
    let title = vec![
        Highlight { text: "Mug".to_owned(), hit: true },
        Highlight { text: format!(" {HOSTILE}"), hit: false },
    ];
    let value = |value: &str, selected| FacetValue {
        value: value.to_owned(),
        label: value.to_owned(),
        count: 1,
        selected,
    };
    SearchResult {
        items: vec![SearchHit { product, title, snippet: Vec::new() }],
        next_cursor: Some("next".to_owned()),
        total: 2,
        facets: vec![Facet {
            parameter: "vendor".to_owned(),
            label: "Brand".to_owned(),
            values: vec![value("Nordhaus", true), value("Other", false)],
        }],
        corrected: Some("mug".to_owned()),
        price_range: None,
    }
}

async fn product(
    State(shop): Shop,
    Path(handle): Path<String>,
    headers: http::HeaderMap,
) -> Response {
    if handle != "mug" {
        return Problem::not_found().into_response();
    }
    let sold_out = shop.sold_out.load(Ordering::Relaxed);
    let etag = if sold_out { "\"2\"" } else { "\"1\"" };
    if headers.get("if-none-match").is_some_and(|known| known == etag) {
        return (StatusCode::NOT_MODIFIED, [("etag", etag)]).into_response();
    }
    shop.products_sent.fetch_add(1, Ordering::Relaxed);
    let mut mug = mug();
    for variant in &mut mug.variants {
        variant.in_stock &= !sold_out;
    }
    ([("etag", etag)], Json(mug)).into_response()
}

pub(super) fn catalog() -> Router<Arc<Memory>> {
    let page = |items| Page { items, next_cursor: None };
    let page_of = |items| Page { items, next_cursor: None };
    Router::new()
        .route(
            "/api/v1/catalog/products",
            get(move || async move { Json(page(vec![card(&mug())])) }),
        )
        .route("/api/v1/catalog/products/{handle}", get(product))
        .route(
            "/api/v1/catalog/categories",
            get(|| async {
                let mugs = category("mugs", "Mugs", Vec::new());
                let items = vec![
                    category("kitchen", "Kitchen", vec![mugs]),
                    category("home", "Home", Vec::new()),
                ];
                Json(Page { items, next_cursor: None })
            }),
        )
        .route(
            "/api/v1/catalog/search",
            get(|RawQuery(raw): RawQuery| async move {
                let nothing = raw.unwrap_or_default().contains("q=zzz");
                let none = SearchResult {
                    items: Vec::new(),
                    next_cursor: None,
                    total: 0,
                    facets: Vec::new(),
                    corrected: None,
                    price_range: None,
                };
                Json(if nothing { none } else { found() })
            }),
        )
        .route(
            "/api/v1/catalog/collections",
            get(move || async move { Json(page_of(vec![collection("summer")])) }),
        )
        .route(
            "/api/v1/catalog/collections/{handle}",
            get(|Path(handle): Path<String>| async move {
                match handle.as_str() {
                    "summer" => Json(collection("summer")).into_response(),
                    // Somebody who may sees it before it is published; the page is for shoppers.
                    "hidden" => Json(Collection { published: false, ..collection("hidden") })
                        .into_response(),
                    _ => Problem::not_found().into_response(),
                }
            }),
        )
        .route(
            "/api/v1/catalog/suggestions",
            get(|| async {
                let title = vec![Highlight { text: HOSTILE.to_owned(), hit: true }];
                let product = Suggestion {
                    handle: "mug".to_owned(),
                    title,
                    price_from: eur(1600),
                    image: None,
                };
                Json(Suggestions { products: vec![product], queries: vec!["mugs".to_owned()] })
            }),
        )
}
