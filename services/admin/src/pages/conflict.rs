//! Somebody else saved first: both versions side by side, and the choice between them.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use crate::error::Error;
use crate::frame::{self, Frame};

/// Both versions. "Keep mine" posts `hidden`, which is the whole form as it was sent with the ETag of what is there
/// now; "keep theirs" goes back to the page.
#[derive(Template)]
#[template(path = "conflict.html", whitespace = "minimize")]
pub(crate) struct Conflict {
    pub(crate) frame: Frame,
    pub(crate) versions: Vec<Versions>,
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
    pub(crate) back: String,
}

/// A field in both versions.
pub(crate) struct Versions {
    pub(crate) label: String,
    pub(crate) mine: String,
    pub(crate) theirs: String,
}

impl Versions {
    pub(crate) fn new(label: &str, mine: impl Into<String>, theirs: impl Into<String>) -> Self {
        Self { label: label.to_owned(), mine: mine.into(), theirs: theirs.into() }
    }

    fn differ(&self) -> bool {
        self.mine != self.theirs
    }
}

impl Conflict {
    pub(crate) fn page(&self) -> Result<Response, Error> {
        let mut response = frame::html(self)?;
        *response.status_mut() = StatusCode::PRECONDITION_FAILED;
        Ok(response)
    }
}
