//! The faked content: one page, menus that are empty, a profile nobody has set.

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use emart_content_api::{
    Menu, MenuName, NewPage, Page, PageHead, PageId, PagePatch, PageState, Profile, PutMenu,
    PutProfile,
};
use emart_http::{Json, Page as ListPage, Problem};
use emart_types::{Invalid, Timestamp};
use http::{HeaderMap, StatusCode};

use super::HOSTILE;

pub(crate) const PAGE: &str = "pag_00000000000000000000000001";

pub(super) fn content() -> Router {
    Router::new()
        .route("/api/v1/content/pages", get(list).post(create))
        .route("/api/v1/content/pages/{id}", get(show).patch(change))
        .route("/api/v1/content/page-previews", post(preview))
        .route("/api/v1/content/menus/{name}", get(menu).put(put_menu))
        .route("/api/v1/content/profile", get(profile).put(put_profile))
}

fn page(title: &str) -> Page {
    let at = Timestamp::from_millis(1_795_400_000_000);
    let id: PageId = PAGE.parse().unwrap();
    let (handle, title, state) = ("about".to_owned(), title.to_owned(), PageState::Draft);
    Page {
        head: PageHead { id, handle, title, state, version: 7, updated_at: at },
        body: "<p>We sell tea.</p>".to_owned(),
        seo_title: String::new(),
        seo_description: String::new(),
        created_at: at,
    }
}

async fn list() -> Json<ListPage<PageHead>> {
    Json(ListPage { items: vec![page(HOSTILE).head], next_cursor: None })
}

async fn show() -> Json<Page> {
    Json(page("About us"))
}

async fn create(Json(new): Json<NewPage>) -> Result<(StatusCode, Json<Page>), Problem> {
    if new.title.is_empty() {
        return Err(Invalid::field("/title", "must be 1 to 120 characters on one line").into());
    }
    assert_eq!(new.handle, "our-tea", "made from the title");
    Ok((StatusCode::CREATED, Json(page(&new.title))))
}

async fn change(headers: HeaderMap, Json(_): Json<PagePatch>) -> Result<Json<Page>, Problem> {
    if headers["if-match"] != "\"7\"" {
        let status = StatusCode::PRECONDITION_FAILED;
        return Err(Problem::new(status, "version-conflict", "Changed by someone else"));
    }
    Ok(Json(page("About us")))
}

async fn preview(Json(mut new): Json<NewPage>) -> Json<NewPage> {
    "<p>cleaned</p>".clone_into(&mut new.body);
    Json(new)
}

async fn menu(Path(name): Path<MenuName>) -> Json<Menu> {
    Json(Menu { name, items: Vec::new(), version: 0, updated_at: None })
}

async fn put_menu(
    Path(name): Path<MenuName>,
    Json(put): Json<PutMenu>,
) -> Result<Json<Menu>, Problem> {
    let labels: Vec<_> = put.items.iter().map(|item| item.label.as_str()).collect();
    assert_eq!(labels, ["First", "Second"], "in the order of their numbers, without empty rows");
    if put.items[0].link.value.starts_with("javascript:") {
        return Err(Invalid::field("/items/0/link/value", "must be a path").into());
    }
    Ok(Json(Menu { name, items: put.items, version: 1, updated_at: None }))
}

async fn profile() -> Json<Profile> {
    Json(Profile {
        name: "E-Mart".to_owned(),
        headline: String::new(),
        tagline: String::new(),
        contact_email: String::new(),
        contact_phone: String::new(),
        language: "en".to_owned(),
        accent: None,
        accent_dark: None,
        logo: None,
        version: 0,
        updated_at: None,
    })
}

async fn put_profile(Json(put): Json<PutProfile>) -> Result<Json<Profile>, Problem> {
    if put.accent.as_deref() == Some("#ffee00") {
        return Err(Invalid::field("/accent", "cannot be read on #fbf9f4").into());
    }
    Ok(profile().await)
}
