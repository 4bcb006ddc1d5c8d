//! The search page, which is also the list of everything, and what the search box proposes while typing.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use url::form_urlencoded::{byte_serialize, parse};

use crate::Storefront;
use crate::cards;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::listing::Asked;
use crate::view::{Layout, Listing, Picture};
use crate::words;

#[derive(Template)]
#[template(path = "search.html", whitespace = "minimize")]
pub(crate) struct Search {
    pub(crate) layout: Layout,
    pub(crate) list: Listing,
    pub(crate) hint: Option<Hint>,
}

/// How the query was understood, when a typo was forgiven.
pub(crate) struct Hint {
    pub(crate) href: String,
    pub(crate) text: String,
}

/// `GET /search`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let asked = Asked::read("/search", None, raw.as_deref().unwrap_or_default());
    let result = storefront.clients.catalog.search(&asked.for_catalog()).await?;
    let title = if asked.query.is_empty() {
        "Everything in the shop".to_owned()
    } else {
        format!("“{}”", asked.query)
    };
    let mut layout = storefront.layout(&visitor, &title, "/search").await;
    layout.private = !asked.query.is_empty() || asked.is_narrowed();
    layout.query.clone_from(&asked.query);
    let hint = result.corrected.as_ref().map(|text| Hint {
        href: format!("/search?q={}", byte_serialize(text.as_bytes()).collect::<String>()),
        text: text.clone(),
    });
    let page = Search { layout, list: asked.listing(&result), hint };
    Ok(frame::for_strangers(&visitor, frame::html(&page)?))
}

#[derive(Template)]
#[template(path = "parts/suggest.html", whitespace = "minimize")]
struct Suggest {
    queries: Vec<Proposal>,
    products: Vec<Proposal>,
}

struct Proposal {
    href: String,
    /// Escaped HTML.
    marked: String,
    price: String,
    picture: Option<Picture>,
}

/// `GET /search/suggest?q=`: a piece of HTML for the search box; empty when nothing fits.
pub(crate) async fn suggest(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let raw = raw.unwrap_or_default();
    let text = parse(raw.as_bytes()).find(|(key, _)| key == "q").map(|(_, value)| value);
    let text: String = text.unwrap_or_default().trim().chars().take(100).collect();
    if text.is_empty() || text.contains('\0') {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let found = storefront.clients.catalog.suggestions(&format!("q={}", encode(&text))).await?;
    let queries = found.queries.iter().map(|query| Proposal {
        href: format!("/search?q={}", encode(query)),
        marked: words::escaped(query),
        price: String::new(),
        picture: None,
    });
    let products = found.products.iter().map(|product| Proposal {
        href: format!("/p/{}", product.handle),
        marked: words::marked(&product.title),
        price: words::money(product.price_from),
        picture: product.image.as_ref().and_then(|image| cards::picture(image, "")),
    });
    let page = Suggest { queries: queries.collect(), products: products.collect() };
    if page.queries.is_empty() && page.products.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(frame::for_strangers(&visitor, frame::html(&page)?))
}
