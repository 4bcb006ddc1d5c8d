//! What search engines ask for: `sitemap.xml` and `robots.txt`; and the static files.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_catalog_api::Category;
use emart_http::{Caller, Context, Path};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::Storefront;
use crate::assets::ASSETS;
use crate::error::Error;

/// The most addresses a sitemap may hold, by its standard.
const MOST: usize = 50_000;

/// `GET /sitemap.xml`
pub(crate) async fn sitemap(State(storefront): State<Storefront>) -> Result<Response, Error> {
    let context = Context::current().unwrap_or_default().with_caller(Caller::guest());
    let xml = context.scope(collect(&storefront)).await?;
    let headers =
        [(CONTENT_TYPE, "application/xml; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, xml).into_response())
}

async fn collect(storefront: &Storefront) -> Result<String, Error> {
    let origin = storefront.config.origin();
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let mut left = MOST;
    let mut put = |path: &str| {
        left = left.saturating_sub(1);
        let _ = writeln!(
            xml,
            "<url><loc>{}</loc></url>",
            crate::words::escaped(&format!("{origin}{path}"))
        );
        left > 0
    };
    put("/");
    for slug in slugs(&storefront.known().await.categories) {
        put(&format!("/c/{slug}"));
    }
    for path in written(storefront).await {
        put(&path);
    }
    let mut cursor: Option<String> = None;
    loop {
        let query = format!("limit=100&cursor={}", cursor.unwrap_or_default());
        let page = storefront.clients.catalog.collections(&query).await?;
        let mut published = page.items.iter().filter(|collection| collection.published);
        let all = published.all(|collection| put(&format!("/collections/{}", collection.handle)));
        cursor = page.next_cursor.filter(|_| all);
        if cursor.is_none() {
            break;
        }
    }
    loop {
        let query = match &cursor {
            Some(cursor) => format!("limit=100&cursor={cursor}"),
            None => "limit=100".to_owned(),
        };
        let page = storefront.clients.catalog.products(&query).await?;
        let all = page.items.iter().all(|product| put(&format!("/p/{}", product.handle)));
        cursor = page.next_cursor.filter(|_| all);
        if cursor.is_none() {
            break;
        }
    }
    xml.push_str("</urlset>\n");
    Ok(xml)
}

/// The pages that staff have written; none when they cannot be asked for.
async fn written(storefront: &Storefront) -> Vec<String> {
    let pages = storefront.clients.content.pages("limit=100").await;
    let pages = pages.map(|page| page.items).unwrap_or_default();
    pages.iter().map(|page| format!("/pages/{}", page.handle)).collect()
}

fn slugs(categories: &[Category]) -> Vec<&str> {
    let mut all = Vec::new();
    for category in categories {
        all.push(category.slug.as_str());
        all.extend(slugs(&category.children));
    }
    all
}

/// `GET /robots.txt`
pub(crate) async fn robots(State(storefront): State<Storefront>) -> Response {
    let origin = storefront.config.origin();
    let text = format!(
        "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders/\nDisallow: /account\nDisallow: /search?\nDisallow: /sign-in\nSitemap: {origin}/sitemap.xml\n"
    );
    let headers =
        [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, text).into_response()
}

/// `GET /static/{name}`
pub(crate) async fn file(Path(name): Path<String>) -> Result<Response, Error> {
    let asset = ASSETS.file(&name).ok_or(Error::NotFound)?;
    let headers = [
        (CONTENT_TYPE, asset.content_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.body.clone()).into_response())
}
