//! Every address of the back office: what all pages share, and the areas as `nav` lists them.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use emart_http::{Context, Permission};
use utoipa_axum::router::OpenApiRouter;

use crate::nav::{AREAS, Area};
use crate::{Admin, assets, pages};

pub(crate) fn routes(admin: Admin) -> OpenApiRouter {
    let shared = Router::new()
        .route("/admin/static/{name}", get(assets::file))
        .merge(pages::search::routes())
        .merge(pages::live::routes());
    let all = AREAS.iter().filter_map(area).fold(shared, Router::merge);
    OpenApiRouter::from(all.with_state(admin))
}

/// An area's pages, for those who may see it.
fn area(area: &Area) -> Option<Router<Admin>> {
    let router = area.pages?();
    let Some(needed) = area.needs else { return Some(router) };
    Some(router.route_layer(from_fn(move |request, next| allowed(needed, request, next))))
}

async fn allowed(needed: Permission, request: Request, next: Next) -> Response {
    let context = Context::current().unwrap_or_default();
    match context.caller().require(needed) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
