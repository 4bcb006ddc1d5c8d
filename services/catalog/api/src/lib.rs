//! What others may know of `catalog`: its bodies, its client.

#![warn(missing_docs)]

mod batch;
mod client;
mod collection;
mod desk;
mod events;
mod import;
mod listing;
mod runs;
mod search;

pub use batch::{CatalogBatch, CatalogOutcome, CatalogOutcomes, MovedCategory, MovedProduct};
pub use client::Catalog;
pub use collection::{
    Collection, CollectionId, Condition, Match, PutCollection, Relation, RuleField, Rules,
};
pub use desk::{
    BulkEdit, BulkOutcome, BulkResult, BulkRow, DeskProduct, DeskQuery, DeskSort, DeskVariant,
    ProductEdit, ProductForEdit, PutMedia, PutPicture, StockFilter, VariantEdit,
};
pub use events::Audited;
pub use import::{ImportAction, ImportLine, ImportReport, ImportRow, ImportSource};
pub use listing::{Listed, ListedCategory, ListedVariant, Listing, ProductPatch};
pub use runs::{ImportRun, ImportRunId, ImportState};
pub use search::{
    Facet, FacetValue, Highlight, SearchHit, SearchResult, Sort, Suggestion, Suggestions,
};

use emart_inventory_api::StockItemId;
use emart_types::{Money, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// A product.
    ProductId,
    "prd"
);
typed_id!(
    /// What is bought: a product in one choice of its options.
    VariantId,
    "var"
);
typed_id!(
    /// A category.
    CategoryId,
    "cat"
);
typed_id!(
    /// A picture.
    ImageId,
    "img"
);

/// Who sees a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Staff only: being worked on.
    #[default]
    Draft,
    /// Everyone.
    Active,
    /// Staff only: kept for its history.
    Archived,
}

/// A picture in the sizes it is served in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Image {
    /// The picture.
    pub id: ImageId,
    /// What it shows, for who cannot see it.
    pub alt: String,
    /// Pixels of the largest size.
    pub width: u32,
    /// Pixels of the largest size.
    pub height: u32,
    /// The sizes, narrowest first. The names hold the content's hash: they can be kept for ever.
    pub sources: Vec<ImageSource>,
}

/// A picture in one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImageSource {
    /// Pixels.
    pub width: u32,
    /// `/images/<hash>-<width>.<webp|jpg|png>`
    pub url: String,
}

/// An option people choose by: a name and its values in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductOption {
    /// 1 to 60 characters: `Size`.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// Each 1 to 100 characters: `S`, `M`, `L`.
    pub values: Vec<String>,
}

/// What a search engine shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seo {
    /// At most 200 characters; the product's title if absent.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// At most 500 characters; the beginning of the description if absent.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: Option<String>,
}

/// A product as shoppers see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// The product.
    pub id: ProductId,
    /// Its name in URLs: `/p/{handle}`.
    pub handle: String,
    /// Its name for people.
    pub title: String,
    /// Sanitised HTML.
    pub description_html: String,
    /// Who makes it.
    pub vendor: Option<String>,
    /// What kind of thing it is, in the merchant's words.
    pub product_type: Option<String>,
    /// For finding and grouping.
    pub tags: Vec<String>,
    /// Who sees it.
    pub status: Status,
    /// Up to three.
    pub options: Vec<ProductOption>,
    /// At least one.
    pub variants: Vec<Variant>,
    /// In order; the first stands for the product.
    pub images: Vec<Image>,
    /// Where it hangs in the tree: each as the path from the root.
    pub categories: Vec<Vec<CategoryRef>>,
    /// For search engines.
    pub seo: Seo,
    /// Whether any variant can be bought now.
    pub in_stock: bool,
    /// Counts the changes by people; the ETag also follows stock.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A variant as shoppers see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Variant {
    /// The variant.
    pub id: VariantId,
    /// Its option values joined: `M / Red`; empty when the product has no options.
    pub title: String,
    /// One value for each option of the product, in their order.
    pub option_values: Vec<String>,
    /// The merchant's number.
    pub sku: Option<String>,
    /// EAN, UPC, ISBN.
    pub barcode: Option<String>,
    /// What it costs; whether tax is in it, `pricing` says.
    pub price: Money,
    /// What it cost before, or costs elsewhere.
    pub compare_at_price: Option<Money>,
    /// Grams.
    pub weight_grams: u32,
    /// Whether tax is due.
    pub taxable: bool,
    /// Whether it has to be sent.
    pub requires_shipping: bool,
    /// What it is counted as.
    pub stock_item_id: StockItemId,
    /// Whether it can be bought now.
    pub in_stock: bool,
    /// Pieces that can be bought now; `null` when not counted or when back-orders are taken.
    pub available: Option<i64>,
    /// Which of the product's pictures shows it.
    pub image_id: Option<ImageId>,
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProductCard {
    /// The product.
    pub id: ProductId,
    /// Its name in URLs.
    pub handle: String,
    /// Its name for people.
    pub title: String,
    /// Who makes it.
    pub vendor: Option<String>,
    /// The cheapest variant's price.
    pub price_from: Money,
    /// The dearest variant's price.
    pub price_to: Money,
    /// The cheapest variant's former price.
    pub compare_at_price: Option<Money>,
    /// The first picture.
    pub image: Option<Image>,
    /// Whether any variant can be bought now.
    pub in_stock: bool,
    /// How many variants there are; with one, it can go into the cart from the list.
    pub variant_count: u32,
    /// The only variant, when there is one.
    pub only_variant_id: Option<VariantId>,
}

/// A category on the way from the root to a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryRef {
    /// Its name in URLs: `/c/{slug}`.
    pub slug: String,
    /// Its name for people.
    pub name: String,
}

/// A category with its children.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// The category.
    pub id: CategoryId,
    /// Its name in URLs, unique in the store.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// A sentence or two; plain text.
    pub description: String,
    /// A picture of it.
    pub image: Option<Image>,
    /// Active products in it and below.
    pub product_count: u32,
    /// Where it stands among its siblings.
    pub position: i64,
    /// Those below it, in order.
    #[schema(no_recursion)]
    pub children: Vec<Self>,
}

/// Makes or changes a category.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutCategory {
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Lower-case letters, digits and dashes; made from the name if absent.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub slug: Option<String>,
    /// At most 2,000 characters.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: String,
    /// The category above; none for the top. At most five levels.
    #[serde(default)]
    pub parent_id: Option<CategoryId>,
    /// A picture uploaded before.
    #[serde(default)]
    pub image_id: Option<ImageId>,
    /// Where it stands among its siblings.
    #[serde(default)]
    pub position: i64,
}

/// Makes or replaces a product with all its variants. Staff only.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutProduct {
    /// Lower-case letters, digits and dashes; made from the title if absent.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub handle: Option<String>,
    /// 1 to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// At most 64 KiB; scripts, styles, frames and forms are taken out.
    #[serde(default)]
    pub description_html: String,
    /// At most 255 characters.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub vendor: Option<String>,
    /// At most 255 characters.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub product_type: Option<String>,
    /// At most 250, each at most 255 characters.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Who sees it.
    #[serde(default)]
    pub status: Status,
    /// The names of up to three options.
    #[serde(default)]
    pub options: Vec<String>,
    /// 1 to 2,048; no two with the same option values.
    pub variants: Vec<PutVariant>,
    /// Pictures uploaded before, in order; at most 250.
    #[serde(default)]
    pub image_ids: Vec<ImageId>,
    /// Where it hangs.
    #[serde(default)]
    pub category_ids: Vec<CategoryId>,
    /// For search engines.
    #[serde(default)]
    pub seo: Seo,
    /// When a draft goes on sale by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Timestamp>,
    /// When it comes off sale by itself, and is a draft again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpublish_at: Option<Timestamp>,
}

/// A variant to be made, or changed where `id` names one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutVariant {
    /// The variant to change; a new one if absent.
    #[serde(default)]
    pub id: Option<VariantId>,
    /// One value for each option.
    #[serde(default)]
    pub option_values: Vec<String>,
    /// At most 255 characters.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub sku: Option<String>,
    /// At most 64 characters.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub barcode: Option<String>,
    /// In the store's currency, 0 or more.
    pub price: Money,
    /// In the store's currency.
    #[serde(default)]
    pub compare_at_price: Option<Money>,
    /// Grams.
    #[serde(default)]
    #[schema(maximum = 1_000_000_000)]
    pub weight_grams: u32,
    /// Whether tax is due; yes if absent.
    #[serde(default = "yes")]
    pub taxable: bool,
    /// Whether it has to be sent; yes if absent.
    #[serde(default = "yes")]
    pub requires_shipping: bool,
    /// Share the stock of another item; an item of its own if absent.
    #[serde(default)]
    pub stock_item_id: Option<StockItemId>,
    /// Whether it is counted; yes if absent.
    #[serde(default = "yes")]
    pub track_stock: bool,
    /// Whether it can be bought when there is none left.
    #[serde(default)]
    pub sell_when_out: bool,
    /// Pieces in the house; unchanged if absent (0 for a new variant).
    #[serde(default)]
    pub on_hand: Option<i64>,
    /// Which of the product's pictures shows it.
    #[serde(default)]
    pub image_id: Option<ImageId>,
}

const fn yes() -> bool {
    true
}

/// A variant with what a cart, a quote and an order need to know of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VariantInfo {
    /// The variant.
    pub id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's name in URLs.
    pub handle: String,
    /// The product's name.
    pub title: String,
    /// The variant's name: `M / Red`.
    pub variant_title: String,
    /// The merchant's number.
    pub sku: Option<String>,
    /// What it costs now.
    pub price: Money,
    /// Grams.
    pub weight_grams: u32,
    /// Whether tax is due.
    pub taxable: bool,
    /// Whether it has to be sent.
    pub requires_shipping: bool,
    /// What it is counted as.
    pub stock_item_id: StockItemId,
    /// Whether its product is active; only then it can be bought.
    pub for_sale: bool,
    /// Whether there is any to be had, as far as catalog has heard.
    pub in_stock: bool,
    /// Pieces that can be bought, as far as catalog has heard; `null` when not counted or back-orders are taken.
    pub available: Option<i64>,
    /// A picture of it.
    pub image: Option<Image>,
    /// The categories its product hangs in, and all above them.
    #[serde(default)]
    pub category_ids: Vec<CategoryId>,
}

/// What a list of products is narrowed to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// The slug of a category: products in it and below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The handle of a collection: products in it, in its own order where no other is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
    /// In which order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub sort: Option<Sort>,
    /// Who sees them: active ones if absent. Anything else is for staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How many entries a page holds: 1 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
