//! Products as those who look after them see them: in every status, as they were written.

use emart_inventory_api::StockItemId;
use emart_types::{FieldError, Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CategoryId, Image, ImageId, ProductId, PutProduct, Status, VariantId};

/// The order of a list for staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskSort {
    /// Last made first.
    #[default]
    Newest,
    /// Last changed first.
    Updated,
    /// By title.
    Title,
    /// Cheapest first.
    PriceAsc,
    /// Dearest first.
    PriceDesc,
}

/// Whether there is any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockFilter {
    /// A variant can be bought.
    InStock,
    /// No variant can be bought.
    OutOfStock,
}

/// What a list for staff is narrowed to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeskQuery {
    /// Words that title, vendor, handle, a SKU or a barcode contain, each of them somewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Who sees them; everything if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub status: Option<Status>,
    /// The slug of a category: products in it and below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The handle of a collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
    /// Exactly this vendor, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Exactly this tag, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Whether there is any of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub stock: Option<StockFilter>,
    /// In which order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub sort: Option<DeskSort>,
    /// How many entries a page holds: 1 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A product in a list for staff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeskProduct {
    /// The product.
    pub id: ProductId,
    /// Its name in URLs.
    pub handle: String,
    /// Its name for people.
    pub title: String,
    /// Who sees it.
    pub status: Status,
    /// Who makes it.
    pub vendor: Option<String>,
    /// What kind of thing it is.
    pub product_type: Option<String>,
    /// For finding and grouping.
    pub tags: Vec<String>,
    /// The first picture.
    pub image: Option<Image>,
    /// The cheapest variant's price.
    pub price_from: Money,
    /// The dearest variant's price.
    pub price_to: Money,
    /// Pieces of all variants that can be bought; `null` when one is not counted or taken on back-order.
    pub available: Option<i64>,
    /// Whether any variant can be bought now.
    pub in_stock: bool,
    /// Its variants; of more than ten, the first ten.
    pub variants: Vec<DeskVariant>,
    /// How many variants there are.
    pub variant_count: u32,
    /// When it goes on sale by itself.
    pub publish_at: Option<Timestamp>,
    /// When it comes off sale by itself.
    pub unpublish_at: Option<Timestamp>,
    /// Counts the changes by people: what `If-Match` takes.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A variant in a list for staff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeskVariant {
    /// The variant.
    pub id: VariantId,
    /// Its option values joined; empty when the product has no options.
    pub title: String,
    /// The merchant's number.
    pub sku: Option<String>,
    /// What it costs.
    pub price: Money,
    /// What it cost before.
    pub compare_at_price: Option<Money>,
    /// What it is counted as.
    pub stock_item_id: StockItemId,
    /// Pieces that can be bought; `null` when not counted or when back-orders are taken.
    pub available: Option<i64>,
}

/// A product as it was written: changed, `product` can be sent back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProductForEdit {
    /// The product.
    pub id: ProductId,
    /// What `If-Match` takes.
    pub version: i64,
    /// What `PUT` takes; `on_hand` is absent throughout.
    pub product: PutProduct,
    /// The pictures that `product` names.
    pub images: Vec<Image>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Changes of many products at once.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkEdit {
    /// 1 to 500, each of another product.
    pub products: Vec<ProductEdit>,
}

/// Changes of a product; what is absent stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductEdit {
    /// The product.
    pub id: ProductId,
    /// The version that was seen; whatever there is, if absent.
    #[serde(default)]
    pub version: Option<i64>,
    /// Its name.
    #[serde(default)]
    pub title: Option<String>,
    /// Who sees it.
    #[serde(default)]
    pub status: Option<Status>,
    /// Who makes it; an empty text for nobody.
    #[serde(default)]
    pub vendor: Option<String>,
    /// Tags it gets.
    #[serde(default)]
    pub add_tags: Vec<String>,
    /// Tags it loses.
    #[serde(default)]
    pub remove_tags: Vec<String>,
    /// All categories it hangs in from now on.
    #[serde(default)]
    pub category_ids: Option<Vec<CategoryId>>,
    /// Changes of its variants.
    #[serde(default)]
    pub variants: Vec<VariantEdit>,
}

impl ProductEdit {
    /// An edit that changes nothing yet.
    #[must_use]
    pub const fn new(id: ProductId) -> Self {
        Self {
            id,
            version: None,
            title: None,
            status: None,
            vendor: None,
            add_tags: Vec::new(),
            remove_tags: Vec::new(),
            category_ids: None,
            variants: Vec::new(),
        }
    }
}

/// Changes of a variant; what is absent stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantEdit {
    /// The variant.
    pub id: VariantId,
    /// What it costs.
    #[serde(default)]
    pub price: Option<Money>,
    /// What it cost before.
    #[serde(default)]
    pub compare_at_price: Option<Money>,
    /// Forgets what it cost before.
    #[serde(default)]
    pub clear_compare_at_price: bool,
    /// The merchant's number; an empty text for none.
    #[serde(default)]
    pub sku: Option<String>,
    /// Pieces in the house. Needs `inventory:write`.
    #[serde(default)]
    pub on_hand: Option<i64>,
}

impl VariantEdit {
    /// An edit that changes nothing yet.
    #[must_use]
    pub const fn new(id: VariantId) -> Self {
        Self {
            id,
            price: None,
            compare_at_price: None,
            clear_compare_at_price: false,
            sku: None,
            on_hand: None,
        }
    }
}

/// What became of a product of a bulk edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkOutcome {
    /// It is as was asked.
    Changed,
    /// It was so already.
    Unchanged,
    /// Nothing of it was changed; `errors` says why.
    Refused,
}

/// A product of a bulk edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkRow {
    /// The product.
    pub id: ProductId,
    /// What became of it.
    pub outcome: BulkOutcome,
    /// Its version now; `null` when there is no such product.
    pub version: Option<i64>,
    /// Why it was refused; pointers begin at the product's own edit.
    pub errors: Vec<FieldError>,
}

/// What became of a bulk edit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkResult {
    /// Products that changed.
    pub changed: u32,
    /// Products that were so already.
    pub unchanged: u32,
    /// Products that were left as they were.
    pub refused: u32,
    /// Each product, in the order of the edit.
    pub rows: Vec<BulkRow>,
}

/// The pictures of a product: which, in which order, with which texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutMedia {
    /// At most 250. Those that are left out are the product's no more.
    pub images: Vec<PutPicture>,
}

/// A picture of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutPicture {
    /// The picture.
    pub id: ImageId,
    /// What it shows, for who cannot see it: at most 500 characters.
    #[schema(max_length = 500)]
    pub alt: String,
}
