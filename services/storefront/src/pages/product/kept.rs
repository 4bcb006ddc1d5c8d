//! Finished product pages, kept in memory for visitors of whom nothing is known. The catalogue is asked each time,
//! but only whether the product is still what it was: its ETag follows changes and stock.

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use emart_catalog_api::Product;
use emart_mesh::{Call, CallError};
use http::StatusCode;
use http::header::ETAG;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::{Wanted, beside, encoded, render};
use crate::Storefront;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::view::{Card, Crumb, Shop};

/// Bytes of HTML that are kept.
const CAPACITY: u64 = 24 << 20;
/// About what a page weighs.
const PAGE: u64 = 12 << 10;

/// A finished page with all it was made of.
#[derive(Clone)]
pub(crate) struct Finished {
    etag: String,
    shop: Arc<Shop>,
    crumbs: Arc<[Crumb]>,
    related: Arc<Vec<Card>>,
    html: Bytes,
}

#[derive(Clone)]
pub(crate) struct Weight;

impl Weighter<String, Finished> for Weight {
    fn weight(&self, handle: &String, page: &Finished) -> u64 {
        (handle.len() + page.html.len() + 512) as u64
    }
}

pub(crate) type Pages = Cache<String, Finished, Weight>;

pub(crate) fn pages() -> Pages {
    let pages = usize::try_from(CAPACITY / PAGE).unwrap_or(usize::MAX);
    Cache::with_weighter(pages, CAPACITY, Weight)
}

/// The page of a product in its first state, for a visitor of whom nothing is known.
pub(super) async fn show(
    storefront: &Storefront,
    visitor: &Visitor,
    handle: String,
) -> Result<Response, Error> {
    let kept = storefront.pages.get(&handle);
    let known = kept.as_ref().map(|page| page.etag.as_str());
    let Some((etag, body)) = ask(storefront, &handle, known).await? else {
        return Err(Error::NotFound);
    };
    let body = match (body, kept) {
        (Some(body), _) => body,
        (None, Some(page)) if is_current(storefront, &page).await => {
            return Ok(frame::answer(page.html));
        }
        // The product is what it was, but the shop around it is not.
        (None, _) => match ask(storefront, &handle, None).await? {
            Some((_, Some(body))) => body,
            _ => return Err(Error::NotFound),
        },
    };
    let product: Product =
        serde_json::from_slice(&body).map_err(|error| CallError::Malformed(error.to_string()))?;
    let page = render(storefront, visitor, product, &Wanted::default(), None).await?;
    let html = Bytes::from(askama::Template::render(&page)?);
    if let Some(etag) = etag {
        let finished = Finished {
            etag,
            shop: Arc::clone(&page.layout.shop),
            crumbs: page.crumbs.into(),
            related: page.related,
            html: html.clone(),
        };
        storefront.pages.insert(handle, finished);
    }
    Ok(frame::answer(html))
}

async fn is_current(storefront: &Storefront, page: &Finished) -> bool {
    let known = storefront.known().await;
    let related = beside(storefront, &page.crumbs).await;
    Arc::ptr_eq(&known.shop, &page.shop) && Arc::ptr_eq(&related, &page.related)
}

/// The product's ETag, with its JSON unless it is the one known; `None` when there is no such product.
async fn ask(
    storefront: &Storefront,
    handle: &str,
    known: Option<&str>,
) -> Result<Option<(Option<String>, Option<Bytes>)>, Error> {
    let path = format!("/api/v1/catalog/products/{}", encoded(handle)?);
    let mut call = Call::get(&storefront.clients.catalog.0, path);
    if let Some(etag) = known {
        call = call.header("if-none-match", etag);
    }
    match call.bytes().await {
        Ok((head, body)) => {
            let etag = head.headers.get(ETAG).and_then(|etag| etag.to_str().ok());
            let body = (head.status != StatusCode::NOT_MODIFIED).then_some(body);
            Ok(Some((etag.map(ToOwned::to_owned), body)))
        }
        Err(error) if error.problem().is_some_and(|problem| problem.status == 404) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
