//! What a visitor sees when something is not there or went wrong.

use askama::Template;

use crate::view::Layout;

#[derive(Template)]
#[template(path = "error.html", whitespace = "minimize")]
pub(crate) struct ErrorPage {
    pub(crate) layout: Layout,
    pub(crate) status: u16,
    pub(crate) heading: &'static str,
    pub(crate) text: &'static str,
    pub(crate) request_id: String,
}
