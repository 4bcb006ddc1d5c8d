//! A page that is one form: for things that need no more. And the question before one of them is taken away.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;

use crate::Admin;
use crate::error::Error;
use crate::forms::{Field, Problems};
use crate::frame::Frame;
use crate::pages::confirm::Confirm;
use crate::visitor::Visitor;

/// The page. It posts to its own address.
#[derive(Template)]
#[template(path = "form.html", whitespace = "minimize")]
pub(crate) struct FormPage {
    pub(crate) frame: Frame,
    pub(crate) problems: Problems,
    pub(crate) fields: Vec<Field>,
    pub(crate) hidden: Vec<(&'static str, String)>,
    /// Where the thing is taken away; empty where it cannot be.
    pub(crate) remove: String,
    pub(crate) back: &'static str,
    pub(crate) button: &'static str,
    pub(crate) may_write: bool,
}

/// Whether somebody who takes something away was asked and is sure.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sure {
    sure: String,
}

impl Sure {
    pub(crate) fn is_yes(&self) -> bool {
        self.sure == "yes"
    }
}

/// Asks whether something is to be taken away: title, text and what it is.
pub(crate) async fn ask(
    admin: &Admin,
    visitor: &Visitor,
    (title, text, item): (&str, &str, String),
    back: &str,
) -> Result<Response, Error> {
    let confirm = Confirm {
        frame: admin.frame(visitor, title).await.back(back, "Back"),
        text: text.to_owned(),
        items: vec![item],
        action: format!("{back}/remove"),
        hidden: Vec::new(),
        button: "Delete".to_owned(),
        back: back.to_owned(),
    };
    confirm.page()
}
