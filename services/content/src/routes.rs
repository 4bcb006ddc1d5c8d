//! All routes of `content`: everybody reads, staff write.

mod menus;
mod pages;
mod profile;

use axum::response::{IntoResponse, Response};
use emart_http::{ETag, Json, Problem};
use http::{StatusCode, header};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Content;

pub(crate) fn routes(content: Content) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(profile::get_site))
        .routes(routes!(profile::get_profile, profile::put_profile, profile::reset_profile))
        .routes(routes!(pages::list_pages, pages::create_page))
        .routes(routes!(pages::get_page, pages::patch_page, pages::delete_page))
        .routes(routes!(pages::get_page_by_handle))
        .routes(routes!(pages::preview_page))
        .routes(routes!(menus::get_menu, menus::put_menu))
        .with_state(content)
}

/// An answer with its version.
fn tagged(version: i64, body: &impl Serialize) -> Response {
    ([(header::ETAG, ETag::new(version).header())], Json(body)).into_response()
}

/// 412: somebody else was faster.
fn overtaken() -> Problem {
    let title = "Changed by someone else meanwhile";
    Problem::new(StatusCode::PRECONDITION_FAILED, "version-conflict", title)
}
