//! A question before something that cannot be undone: a page of its own, so that it is asked without scripts too.

use askama::Template;
use axum::response::Response;

use crate::error::Error;
use crate::frame::{self, Frame};

/// The question. Its form posts `hidden` to `action` when the answer is yes; a `sure=yes` goes with it.
#[derive(Template)]
#[template(path = "confirm.html", whitespace = "minimize")]
pub(crate) struct Confirm {
    pub(crate) frame: Frame,
    pub(crate) text: String,
    /// What it concerns, line by line.
    pub(crate) items: Vec<String>,
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
    pub(crate) button: String,
    pub(crate) back: String,
}

impl Confirm {
    pub(crate) fn page(&self) -> Result<Response, Error> {
        frame::html(self)
    }
}
