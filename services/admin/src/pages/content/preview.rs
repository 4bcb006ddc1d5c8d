//! A page's text as it would be kept, in a frame in which nothing runs.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::Form;
use http::header::{CONTENT_SECURITY_POLICY, HeaderValue, X_FRAME_OPTIONS};

use super::page::Sent;
use crate::Admin;
use crate::assets::ASSETS;
use crate::error::{Error, form_problems};
use crate::frame;

const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'self'; sandbox";

#[derive(Template)]
#[template(path = "content/preview.html", whitespace = "minimize")]
struct Preview {
    css: &'static str,
    title: String,
    /// HTML that `content` has cleaned.
    body: String,
    problems: Vec<String>,
}

/// `POST /admin/content/pages/preview`: what would be kept of the text, in a frame.
pub(super) async fn show(
    State(admin): State<Admin>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let mut new = sent.new_page();
    if new.handle.is_empty() {
        "preview".clone_into(&mut new.handle);
    }
    let css = &ASSETS.css;
    let page = match admin.clients.content.preview_page(&new).await {
        Ok(kept) => Preview { css, title: kept.title, body: kept.body, problems: Vec::new() },
        Err(error) => {
            let problems = form_problems(error)?.0.into_iter().map(|problem| problem.text);
            let (title, body) = (String::new(), String::new());
            Preview { css, title, body, problems: problems.collect() }
        }
    };
    Ok(framed(frame::html(&page)?, POLICY))
}

/// A page that one of ours shows in a frame, and in which nothing runs.
pub(in crate::pages) fn framed(mut page: Response, policy: &'static str) -> Response {
    let headers = page.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    page
}
