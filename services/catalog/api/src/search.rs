//! Search: what is found, in which order, and by what it can be narrowed.

use emart_types::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Image, ProductCard};

/// In which order products come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The best match first; without a query, the newest.
    #[default]
    Relevance,
    /// The newest first.
    Newest,
    /// The cheapest first.
    PriceAsc,
    /// The dearest first.
    PriceDesc,
    /// By title, A to Z.
    Title,
}

/// Where a text matches: `parts` joined is the whole text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Highlight {
    /// A piece of the text.
    pub text: String,
    /// Whether it is a match.
    pub hit: bool,
}

/// A product that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchHit {
    /// The product.
    pub product: ProductCard,
    /// Its title, with the matches marked.
    pub title: Vec<Highlight>,
    /// A piece of its description around the first match, marked; empty when only the title matches.
    pub snippet: Vec<Highlight>,
}

/// A value by which results can be narrowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetValue {
    /// What to send as the parameter's value.
    pub value: String,
    /// What to show.
    pub label: String,
    /// How many results would be left (of those that match everything but this facet's own choice).
    pub count: u32,
    /// Whether it is chosen now.
    pub selected: bool,
}

/// Something by which results can be narrowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facet {
    /// The query parameter: `category`, `vendor`, `in_stock`, `price`, or `option.<name>`.
    pub parameter: String,
    /// What to show: `Vendor`, `Size`.
    pub label: String,
    /// The values, most results first (sizes and prices in their natural order).
    pub values: Vec<FacetValue>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchResult {
    /// This page of results.
    pub items: Vec<SearchHit>,
    /// Send it as `cursor` for the next page; `null` on the last.
    pub next_cursor: Option<String>,
    /// How many results there are.
    pub total: u32,
    /// By what they can be narrowed.
    pub facets: Vec<Facet>,
    /// The query as it was understood, when a typo was forgiven: `lamp` for `lmap`.
    pub corrected: Option<String>,
    /// The cheapest and dearest of all results before the price filter.
    pub price_range: Option<(Money, Money)>,
}

/// A product proposed while typing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    /// The product's name in URLs.
    pub handle: String,
    /// Its title, with the matches marked.
    pub title: Vec<Highlight>,
    /// The cheapest variant's price.
    pub price_from: Money,
    /// The first picture.
    pub image: Option<Image>,
}

/// What is proposed while typing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestions {
    /// Products, best first; at most 8.
    pub products: Vec<Suggestion>,
    /// Words that continue what was typed; at most 5.
    pub queries: Vec<String>,
}
