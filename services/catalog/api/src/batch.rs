//! Categories and products that were made elsewhere, many at once. Internal.

use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CategoryId, ProductId, PutCategory, PutProduct, VariantId};

/// Categories and products with ids that are known before. What is here already stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogBatch {
    /// At most 1,000, each after the one it hangs in.
    #[serde(default)]
    pub categories: Vec<MovedCategory>,
    /// At most 1,000; they may hang in the batch's own categories.
    #[serde(default)]
    pub products: Vec<MovedProduct>,
    /// Says what would become of them, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// A category that was made elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedCategory {
    /// Its id here.
    pub id: CategoryId,
    /// What it is like.
    pub category: PutCategory,
}

/// A product that was made elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedProduct {
    /// Its id here.
    pub id: ProductId,
    /// The ids of its variants, in their order.
    pub variant_ids: Vec<VariantId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What it is like. The variants have no ids here.
    pub product: PutProduct,
}

/// What became of a batch, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogOutcomes {
    /// Of its categories.
    pub categories: Vec<CatalogOutcome>,
    /// Of its products.
    pub products: Vec<CatalogOutcome>,
}

/// What became of a category or a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum CatalogOutcome {
    /// It is new.
    Created,
    /// It is here already.
    Unchanged {
        /// Whether it has a picture.
        has_image: bool,
    },
    /// A category of the same name stands in the same place: it is that one.
    Same {
        /// Which.
        id: CategoryId,
    },
    /// It cannot be kept.
    Refused {
        /// Why.
        reason: String,
    },
}
