//! The first page: how the shop is doing and what waits for somebody.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use crate::Admin;
use crate::error::Error;
use crate::frame::{self, Frame};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "home.html", whitespace = "minimize")]
struct Home {
    frame: Frame,
}

pub(crate) fn routes() -> Router<Admin> {
    Router::new().route("/admin", get(show)).route("/admin/", get(show))
}

/// `GET /admin`
async fn show(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    frame::html(&Home { frame: admin.frame(&visitor, "Home").await })
}
