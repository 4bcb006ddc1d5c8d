//! The menus at the top and the foot of the shop's pages.

use std::fmt;
use std::str::FromStr;

use emart_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MenuName {
    /// At the top of every page; while it is empty, the categories are there.
    Header,
    /// At the foot of every page.
    Footer,
}

impl MenuName {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Header, Self::Footer];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Footer => "footer",
        }
    }
}

impl fmt::Display for MenuName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MenuName {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or(())
    }
}

/// What an entry leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A category, by its slug.
    Category,
    /// A collection, by its handle.
    Collection,
    /// A page, by its handle. Shown while it is published.
    Page,
    /// A path of the shop (`/books`), or an http, https, mailto or tel address.
    Url,
}

impl LinkKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Category, Self::Collection, Self::Page, Self::Url];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Collection => "collection",
            Self::Page => "page",
            Self::Url => "url",
        }
    }
}

/// Where an entry leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuLink {
    /// To what.
    pub kind: LinkKind,
    /// To which.
    #[schema(min_length = 1, max_length = 2000)]
    pub value: String,
}

/// An entry of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuItem {
    /// What it says.
    #[schema(min_length = 1, max_length = 60)]
    pub label: String,
    /// Where it leads.
    pub link: MenuLink,
}

/// A menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Menu {
    /// Which.
    pub name: MenuName,
    /// Its entries, in order.
    pub items: Vec<MenuItem>,
    /// The ETag; 0 before anybody has set it.
    pub version: i64,
    /// When it last changed.
    #[schema(required)]
    pub updated_at: Option<Timestamp>,
}

/// Sets a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutMenu {
    /// Its entries, in order.
    #[schema(max_items = 20)]
    pub items: Vec<MenuItem>,
}
