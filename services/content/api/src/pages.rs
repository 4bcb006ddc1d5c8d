//! Pages that staff write: about the shop, terms, privacy.

use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// A page.
    PageId,
    "pag"
);

/// Who sees a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// Staff only.
    #[default]
    Draft,
    /// Everybody.
    Published,
}

impl PageState {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
        }
    }
}

/// A page in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ContentPageHead)]
pub struct PageHead {
    /// The page.
    pub id: PageId,
    /// Its address: `/pages/{handle}`.
    pub handle: String,
    /// What stands above it.
    pub title: String,
    /// Who sees it.
    pub state: PageState,
    /// The ETag.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A page with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ContentPage)]
pub struct Page {
    /// Its head.
    #[serde(flatten)]
    pub head: PageHead,
    /// Its text: HTML in which nothing acts.
    pub body: String,
    /// Its title for search engines; empty: the title.
    pub seo_title: String,
    /// What search engines say of it.
    pub seo_description: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// Adds a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NewContentPage)]
#[serde(deny_unknown_fields)]
pub struct NewPage {
    /// Its address: letters a to z, digits and hyphens.
    #[schema(min_length = 1, max_length = 80)]
    pub handle: String,
    /// What stands above it.
    #[schema(min_length = 1, max_length = 120)]
    pub title: String,
    /// Its text: HTML, of which formatting, lists, tables, links and the shop's own pictures are kept; or plain text with
    /// an empty line between paragraphs.
    #[serde(default)]
    #[schema(max_length = 200_000)]
    pub body: String,
    /// Who sees it.
    #[serde(default)]
    pub state: PageState,
    /// Its title for search engines.
    #[serde(default)]
    #[schema(max_length = 120)]
    pub seo_title: String,
    /// What search engines say of it.
    #[serde(default)]
    #[schema(max_length = 320)]
    pub seo_description: String,
}

/// Changes what is named of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ContentPagePatch)]
#[serde(deny_unknown_fields)]
pub struct PagePatch {
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 80)]
    pub handle: Option<String>,
    /// What stands above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 120)]
    pub title: Option<String>,
    /// Its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200_000)]
    pub body: Option<String>,
    /// Who sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<PageState>,
    /// Its title for search engines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 120)]
    pub seo_title: Option<String>,
    /// What search engines say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 320)]
    pub seo_description: Option<String>,
}
