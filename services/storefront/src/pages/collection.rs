//! A collection: products that belong together for a season or a reason, in the order somebody chose.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use emart_http::Path;
use url::form_urlencoded::{Serializer, parse};

use crate::Storefront;
use crate::cards;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::pages::product::encoded;
use crate::view::{Card, Choice, Layout, Picture};
use crate::words;

const SORTS: [(&str, &str); 5] = [
    ("", "Our choice"),
    ("newest", "Newest"),
    ("price_asc", "Price, low to high"),
    ("price_desc", "Price, high to low"),
    ("title", "Name, A to Z"),
];

#[derive(Template)]
#[template(path = "collection.html", whitespace = "minimize")]
pub(crate) struct CollectionPage {
    pub(crate) layout: Layout,
    pub(crate) name: String,
    /// Sanitised by `catalog`.
    pub(crate) description_html: String,
    pub(crate) picture: Option<Picture>,
    pub(crate) total: u32,
    pub(crate) cards: Vec<Card>,
    pub(crate) sorts: Vec<Choice>,
    pub(crate) earlier: Option<String>,
    pub(crate) next: Option<String>,
}

/// `GET /collections/{handle}`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(handle): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let collection = storefront.clients.catalog.collection(&encoded(&handle)?).await?;
    let collection = collection.filter(|found| found.published).ok_or(Error::NotFound)?;
    let raw = raw.unwrap_or_default();
    let asked = |name: &str| {
        let pair = parse(raw.as_bytes()).find(|(key, _)| key == name);
        pair.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (sort, cursor) = (asked("sort"), asked("cursor"));
    let sort = SORTS.iter().map(|(value, _)| *value).find(|value| *value == sort).unwrap_or("");
    let query = written(&[
        ("limit", "24"),
        ("collection", &collection.handle),
        ("sort", sort),
        ("cursor", &cursor),
    ]);
    let products = storefront.clients.catalog.products(&query).await?;
    let path = format!("/collections/{}", collection.handle);
    let title = collection.seo.title.as_deref().unwrap_or(&collection.title);
    let mut layout = storefront.layout(&visitor, title, &path).await;
    layout.private = !sort.is_empty() || !cursor.is_empty();
    layout.description = match collection.seo.description {
        Some(description) => description,
        None => words::beginning(&collection.description_html, 155),
    };
    let address = |cursor: &str| {
        let query = written(&[("sort", sort), ("cursor", cursor)]);
        if query.is_empty() { path.clone() } else { format!("{path}?{query}") }
    };
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        on: *value == sort,
    };
    let page = CollectionPage {
        layout,
        name: collection.title,
        description_html: collection.description_html,
        picture: collection.image.as_ref().and_then(|image| cards::picture(image, "")),
        total: collection.product_count,
        cards: products.items.iter().map(cards::card).collect(),
        sorts: SORTS.iter().map(choice).collect(),
        earlier: (!cursor.is_empty()).then(|| address("")),
        next: products.next_cursor.as_deref().map(address),
    };
    Ok(frame::for_strangers(&visitor, frame::html(&page)?))
}

/// A query of what says something.
fn written(pairs: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    query.finish()
}
