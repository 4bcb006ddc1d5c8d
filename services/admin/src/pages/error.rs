//! What somebody sees when something is not there, not theirs, or went wrong.

use askama::Template;

use crate::assets::Assets;
use crate::frame::Frame;

#[derive(Template)]
#[template(path = "error.html", whitespace = "minimize")]
pub(crate) struct ErrorPage {
    pub(crate) frame: Frame,
    pub(crate) text: &'static str,
    pub(crate) detail: String,
    /// Trying again may help.
    pub(crate) again: bool,
    pub(crate) request_id: String,
}

/// For somebody who has an account and does not work here.
#[derive(Template)]
#[template(path = "stranger.html", whitespace = "minimize")]
pub(crate) struct Stranger<'a> {
    pub(crate) shop: &'a str,
    pub(crate) shop_path: &'a str,
    pub(crate) assets: &'static Assets,
}
