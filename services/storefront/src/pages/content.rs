//! A page that the shop's staff have written. Whoever may write it sees its draft, too.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_content_api::PageState;
use emart_http::Path;

use crate::Storefront;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::view::Layout;

#[derive(Template)]
#[template(path = "content.html", whitespace = "minimize")]
pub(crate) struct ContentPage {
    pub(crate) layout: Layout,
    pub(crate) title: String,
    /// HTML that `content` has cleaned.
    pub(crate) body: String,
    pub(crate) draft: bool,
}

/// `GET /pages/{handle}`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(handle): Path<String>,
) -> Result<Response, Error> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if handle.len() > 80 || !handle.bytes().all(plain) {
        return Err(Error::NotFound);
    }
    let page = storefront.clients.content.page_by_handle(&handle).await?.ok_or(Error::NotFound)?;
    let draft = page.head.state == PageState::Draft;
    let title = if page.seo_title.is_empty() { &page.head.title } else { &page.seo_title };
    let mut layout = storefront.layout(&visitor, title, &format!("/pages/{handle}")).await;
    layout.private = draft;
    layout.description = page.seo_description;
    let html =
        frame::html(&ContentPage { layout, title: page.head.title, body: page.body, draft })?;
    Ok(frame::for_strangers(&visitor, html))
}
