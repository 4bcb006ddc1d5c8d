//! Collections: products that belong together for a season, a reason, a campaign.

use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Image, ImageId, ProductId, Seo};

typed_id!(
    /// A collection.
    CollectionId,
    "col"
);

/// How conditions work together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Each of them holds.
    #[default]
    All,
    /// At least one of them holds.
    Any,
}

/// What a condition looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleField {
    /// One of the product's tags.
    Tag,
    /// Its vendor.
    Vendor,
    /// Its type.
    ProductType,
    /// Its title.
    Title,
    /// A category it hangs in, or one above; the value is the slug.
    Category,
    /// The cheapest variant's price; the value is an amount of the store's currency: `12.50`.
    Price,
    /// Whether it can be bought; the value is `in_stock` or `out_of_stock`.
    Stock,
}

/// How a condition compares, texts in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It is this.
    Is,
    /// It is not this.
    IsNot,
    /// It has this in it; for vendor, type and title.
    Contains,
    /// It is at least this; for prices.
    AtLeast,
    /// It is at most this; for prices.
    AtMost,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What it looks at.
    pub field: RuleField,
    /// How it compares.
    pub relation: Relation,
    /// With what: 1 to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub value: String,
}

/// Which products are in a collection by themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// How the conditions work together.
    #[serde(rename = "match", default)]
    pub matching: Match,
    /// 1 to 50.
    pub conditions: Vec<Condition>,
}

/// Makes or replaces a collection: either by rule or by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutCollection {
    /// 1 to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// Its name in URLs: lower-case letters, digits and dashes; made from the title if absent.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub handle: Option<String>,
    /// At most 64 KiB; scripts, styles, frames and forms are taken out.
    #[serde(default)]
    pub description_html: String,
    /// Whether everyone sees it.
    #[serde(default)]
    pub published: bool,
    /// Which products are in it; without, those of `product_ids`.
    #[serde(default)]
    pub rules: Option<Rules>,
    /// The products of a collection by hand, in order; at most 2,000.
    #[serde(default)]
    pub product_ids: Vec<ProductId>,
    /// A picture uploaded before.
    #[serde(default)]
    pub image_id: Option<ImageId>,
    /// For search engines.
    #[serde(default)]
    pub seo: Seo,
}

/// A collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Collection {
    /// The collection.
    pub id: CollectionId,
    /// Its name in URLs: `/collections/{handle}`.
    pub handle: String,
    /// Its name for people.
    pub title: String,
    /// Sanitised HTML.
    pub description_html: String,
    /// Whether everyone sees it.
    pub published: bool,
    /// Which products are in it; `null` when they were chosen by hand, and for shoppers.
    pub rules: Option<Rules>,
    /// Those chosen by hand; empty for shoppers.
    pub product_ids: Vec<ProductId>,
    /// A picture of it.
    pub image: Option<Image>,
    /// For search engines.
    pub seo: Seo,
    /// Active products in it.
    pub product_count: u32,
    /// Counts the changes by people: what `If-Match` takes.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
}
