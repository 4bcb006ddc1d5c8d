//! Search over HTTP. Answers are put together from cards that are ready to go out.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, Bytes, BytesMut};
use emart_catalog_api::{SearchResult, Sort, Suggestion, Suggestions};
use emart_http::{Cursor, Json, Problem, Query};
use emart_types::Money;
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};

use super::query;
use super::suggest::spelled;
use super::view::{Found, View};
use super::{Search, highlight};
use crate::Catalog;
use crate::error::Error;
use crate::model::{Entry, Snapshot};
use crate::routes::FOR_EVERYONE;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// A hit takes about so many bytes.
const HIT: usize = 1536;
const FACETS: usize = 8192;
/// A search over so many products may take longer than an async thread can be without.
const LARGE: usize = 30_000;

/// Finds active products by words and filters. All words must be somewhere in a product; typos are forgiven. Besides
/// the parameters named here there is `option.<name>` for each option, as in the facets. A parameter that stands
/// several times gives a choice.
#[utoipa::path(get, path = "/api/v1/catalog/search", operation_id = "search", tag = "catalog",
    params(
        ("q" = Option<String>, Query, description = "words; without any, all products", max_length = 200),
        ("category" = Option<Vec<String>>, Query, description = "slugs: products in it and below"),
        ("vendor" = Option<Vec<String>>, Query, description = "names"),
        ("price_min" = Option<i64>, Query, description = "in minor units", minimum = 0),
        ("price_max" = Option<i64>, Query, description = "in minor units", minimum = 0),
        ("price" = Option<Vec<String>>, Query, description = "ranges of minor units: `1000-1999`"),
        ("in_stock" = Option<bool>, Query, description = "only what can be bought now"),
        ("sort" = inline(Option<Sort>), Query),
        ("limit" = Option<u32>, Query, description = "entries of a page", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ),
    responses((status = 200, body = SearchResult), (status = "4XX", body = Problem)))]
pub(crate) async fn search(
    State(catalog): State<Arc<Catalog>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let query = query::Query::read(pairs)?;
    let currency = catalog.config.currency;
    let found = run(&catalog.search, move |view| view.search(&query, currency)).await?;
    let snapshot = catalog.model.snapshot();
    let answer = ([(header::CONTENT_TYPE, JSON)], json(&found, &snapshot, currency));
    Ok(([FOR_EVERYONE], answer).into_response())
}

/// What is proposed while someone types.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestionQuery {
    /// What was typed so far.
    #[serde(default)]
    #[param(max_length = 200)]
    q: String,
}

/// Proposes products and words while someone types.
#[utoipa::path(get, path = "/api/v1/catalog/suggestions", operation_id = "suggestions", tag = "catalog",
    params(SuggestionQuery),
    responses((status = 200, body = Suggestions), (status = "4XX", body = Problem)))]
pub(crate) async fn suggestions(
    State(catalog): State<Arc<Catalog>>,
    Query(SuggestionQuery { q }): Query<SuggestionQuery>,
) -> Result<Response, Error> {
    let q = query::text(q)?;
    let proposed = run(&catalog.search, move |view| view.suggest(&q)).await?;
    let snapshot = catalog.model.snapshot();
    let products: Vec<Suggestion> = proposed
        .ids
        .iter()
        .filter_map(|id| shown(&snapshot, id)?.card())
        .map(|card| Suggestion {
            handle: card.handle,
            title: highlight::marked(&card.title, &proposed.marks),
            price_from: card.price_from,
            image: card.image,
        })
        .collect();
    let titles =
        proposed.ids.iter().filter_map(|id| Some(shown(&snapshot, id)?.fixed().title.as_str()));
    let titles: Vec<&str> = titles.collect();
    let queries = proposed.queries.iter().map(|query| spelled(query, &titles)).collect();
    Ok(([FOR_EVERYONE], Json(Suggestions { products, queries })).into_response())
}

/// Searches here when that is a matter of microseconds, otherwise on a thread that may take its time.
async fn run<T: Send + 'static>(
    search: &Search,
    look: impl FnOnce(&View) -> std::io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let view = search.view().await;
    let found = if view.columns.slots() <= LARGE {
        look(&view)
    } else {
        let _permit = search.large.acquire().await.map_err(std::io::Error::other)?;
        tokio::task::spawn_blocking(move || look(&view)).await.map_err(std::io::Error::other)?
    };
    found.map_err(|error| {
        tracing::error!(%error, "the search index cannot be read and is written anew");
        search.rebuild();
        Error::Disk(error)
    })
}

/// The product, unless it has been taken away since it was found.
fn shown<'a>(snapshot: &'a Snapshot, id: &emart_catalog_api::ProductId) -> Option<&'a Arc<Entry>> {
    snapshot.product(id.as_str()).filter(|entry| entry.is_active())
}

/// A [`SearchResult`] as JSON.
fn json(found: &Found, snapshot: &Snapshot, currency: emart_types::Currency) -> Bytes {
    let mut json = BytesMut::with_capacity(found.hits.len() * HIT + FACETS);
    json.put_slice(b"{\"items\":[");
    let hits = found.hits.iter().filter_map(|(id, in_body)| Some((shown(snapshot, id)?, in_body)));
    for (at, (entry, in_body)) in hits.enumerate() {
        let product = entry.fixed();
        json.put_slice(if at > 0 { b",{\"product\":" } else { b"{\"product\":" });
        json.put_slice(&entry.card_json().json);
        json.put_slice(b",\"title\":");
        put(&mut json, &highlight::marked(&product.title, &found.marks));
        json.put_slice(b",\"snippet\":");
        let html = if *in_body { product.description_html.as_str() } else { "" };
        put(&mut json, &highlight::snippet(html, &found.marks));
        json.put_u8(b'}');
    }
    json.put_slice(b"],\"next_cursor\":");
    put(&mut json, &found.next.as_ref().map(Cursor::encode));
    json.put_slice(b",\"total\":");
    put(&mut json, &found.total);
    json.put_slice(b",\"facets\":");
    put(&mut json, &found.facets);
    json.put_slice(b",\"corrected\":");
    put(&mut json, &found.corrected);
    json.put_slice(b",\"price_range\":");
    let money = |amount| Money::new(amount, currency);
    put(&mut json, &found.price_range.map(|(from, to)| (money(from), money(to))));
    json.put_u8(b'}');
    json.freeze()
}

fn put<T: Serialize>(json: &mut BytesMut, value: &T) {
    serde_json::to_writer(json.writer(), value).expect("these types have no maps and cannot fail");
}
