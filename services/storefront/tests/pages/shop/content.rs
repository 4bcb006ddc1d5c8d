//! The faked content: a shop that is called `<script>`, a page, two menus.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use emart_content_api::{Page, PageHead, PageState, Profile, Site, SiteItem};
use emart_http::{Json, Page as ListPage, Problem};

use super::{HOSTILE, Memory, Shop, at};

pub(super) fn content() -> Router<Arc<Memory>> {
    Router::new()
        .route("/api/v1/content/site", get(site))
        .route("/api/v1/content/pages", get(pages))
        .route("/api/v1/content/pages/by-handle/{handle}", get(page))
}

async fn site(State(shop): Shop) -> Result<Json<Site>, Problem> {
    if shop.no_content.load(Ordering::SeqCst) {
        return Err(Problem::unavailable());
    }
    let item =
        |label: &str, href: &str| SiteItem { label: label.to_owned(), href: href.to_owned() };
    let profile = Profile {
        name: "E-Mart".to_owned(),
        headline: "Good things for every day".to_owned(),
        tagline: HOSTILE.to_owned(),
        contact_email: "hello@example.com".to_owned(),
        contact_phone: "+49 30 1".to_owned(),
        language: "en".to_owned(),
        accent: Some("#7a1f1f".to_owned()),
        accent_dark: None,
        logo: None,
        version: 1,
        updated_at: Some(at()),
    };
    let footer = vec![
        item("About us", "/pages/about"),
        item(HOSTILE, "https://example.com/?a=1&b=\"2"),
        item("Trap", "javascript:alert(1)"),
    ];
    Ok(Json(Site { profile, header: Vec::new(), footer }))
}

fn about() -> Page {
    let (handle, title) = ("about".to_owned(), "About us".to_owned());
    let id = emart_content_api::PageId::new();
    let state = PageState::Published;
    Page {
        head: PageHead { id, handle, title, state, version: 1, updated_at: at() },
        body: "<p>We sell <b>tea</b>.</p>".to_owned(),
        seo_title: String::new(),
        seo_description: "Who we are".to_owned(),
        created_at: at(),
    }
}

async fn pages() -> Json<ListPage<PageHead>> {
    Json(ListPage { items: vec![about().head], next_cursor: None })
}

async fn page(Path(handle): Path<String>) -> Result<Json<Page>, Problem> {
    if handle == "about" { Ok(Json(about())) } else { Err(Problem::not_found()) }
}
