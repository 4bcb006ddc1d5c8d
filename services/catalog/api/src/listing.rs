//! Everything that is sold, in short: for facades that show the whole shop at once. Internal.

use emart_types::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{CategoryId, ImageId, ProductId, VariantId};

/// Everything that is sold, as of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// Stands for all that is in it; send it back to learn that nothing has changed.
    pub etag: String,
    /// Active products, oldest first.
    pub products: Vec<Listed>,
    /// All categories, oldest first.
    pub categories: Vec<ListedCategory>,
}

/// A product in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// The product.
    pub id: ProductId,
    /// Its name for people.
    pub title: String,
    /// Where the largest size of its first picture is.
    pub image_url: Option<String>,
    /// Where it hangs; the first is its own.
    pub category_ids: Vec<CategoryId>,
    /// Its variants, oldest first: the first stands for it.
    pub variants: Vec<ListedVariant>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When somebody last changed it.
    pub updated_at: Timestamp,
}

/// A variant in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedVariant {
    /// The variant.
    pub id: VariantId,
    /// What it costs.
    pub price: Money,
}

/// A category in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedCategory {
    /// The category.
    pub id: CategoryId,
    /// Its name for people.
    pub name: String,
    /// The category above.
    pub parent_id: Option<CategoryId>,
}

/// Changes of a product; what is absent stays. Staff only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductPatch {
    /// Its name.
    #[serde(default)]
    pub title: Option<String>,
    /// What this variant costs.
    #[serde(default)]
    pub price: Option<(VariantId, Money)>,
    /// The only category it hangs in.
    #[serde(default)]
    pub category_id: Option<CategoryId>,
    /// The only picture it has.
    #[serde(default)]
    pub image_id: Option<ImageId>,
}
