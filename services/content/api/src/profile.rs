//! What the shop is called and looks like.

use emart_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The shop's sign: a picture that `catalog` has taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Logo {
    /// Its address: `/images/…`.
    #[schema(max_length = 300)]
    pub src: String,
    /// In pixels.
    #[schema(minimum = 1, maximum = 20_000)]
    pub width: u32,
    /// In pixels.
    #[schema(minimum = 1, maximum = 20_000)]
    pub height: u32,
}

/// What the shop is called and looks like. For everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The sentence on the home page.
    pub headline: String,
    /// What it sells, in a sentence or two.
    pub tagline: String,
    /// Where questions go; empty: nowhere.
    pub contact_email: String,
    /// Where calls go; empty: nowhere.
    pub contact_phone: String,
    /// The language of its pages (BCP 47).
    pub language: String,
    /// Its colour on light pages, `#14573c`; `null`: the shop's usual one.
    #[schema(required)]
    pub accent: Option<String>,
    /// Its colour on dark pages.
    #[schema(required)]
    pub accent_dark: Option<String>,
    /// Its sign, instead of the name in letters.
    #[schema(required)]
    pub logo: Option<Logo>,
    /// The ETag; 0 while it is what the settings say.
    pub version: i64,
    /// When it last changed.
    #[schema(required)]
    pub updated_at: Option<Timestamp>,
}

/// Sets all of it; from then on the settings are not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutProfile {
    /// Its name.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// The sentence on the home page.
    #[serde(default)]
    #[schema(max_length = 120)]
    pub headline: String,
    /// What it sells, in a sentence or two.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub tagline: String,
    /// Where questions go.
    #[serde(default)]
    #[schema(max_length = 254)]
    pub contact_email: String,
    /// Where calls go.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub contact_phone: String,
    /// The language of its pages (BCP 47).
    #[schema(max_length = 35)]
    pub language: String,
    /// Its colour on light pages: readable on them, at least 4.5 to 1.
    #[serde(default)]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    pub accent: Option<String>,
    /// Its colour on dark pages: readable on them, at least 4.5 to 1.
    #[serde(default)]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    pub accent_dark: Option<String>,
    /// Its sign.
    #[serde(default)]
    pub logo: Option<Logo>,
}

/// An entry of a menu, with where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteItem {
    /// What it says.
    pub label: String,
    /// Where it leads: a path of the shop, or an address elsewhere.
    pub href: String,
}

/// All that the frame of the shop's pages shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Site {
    /// The shop.
    pub profile: Profile,
    /// At the top of every page; empty: the categories.
    pub header: Vec<SiteItem>,
    /// At the foot of every page.
    pub footer: Vec<SiteItem>,
}
