//! A product as it is kept: what people wrote, not yet what shoppers see.

use std::collections::BTreeMap;

use emart_catalog_api::{CategoryId, ImageId, ProductId, ProductOption, Seo, Status, VariantId};
use emart_inventory_api::StockItemId;
use emart_types::Timestamp;

/// Columns of an imported file that mean nothing here, kept for the export: name to value.
pub(crate) type Extra = BTreeMap<String, String>;

/// A product with all that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: ProductId,
    pub(crate) handle: String,
    pub(crate) title: String,
    pub(crate) description_html: String,
    pub(crate) vendor: Option<String>,
    pub(crate) product_type: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) status: Status,
    /// Names; the values follow from the variants.
    pub(crate) options: Vec<String>,
    pub(crate) variants: Vec<VariantRecord>,
    pub(crate) images: Vec<Picture>,
    pub(crate) category_ids: Vec<CategoryId>,
    pub(crate) seo: Seo,
    pub(crate) extra: Extra,
    /// When a draft goes on sale by itself.
    pub(crate) publish_at: Option<Timestamp>,
    /// When it becomes a draft again by itself.
    pub(crate) unpublish_at: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// A variant as it is kept. Prices are in minor units of the store's currency.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VariantRecord {
    pub(crate) id: VariantId,
    pub(crate) option_values: Vec<String>,
    pub(crate) sku: Option<String>,
    pub(crate) barcode: Option<String>,
    pub(crate) price: i64,
    pub(crate) compare_at_price: Option<i64>,
    pub(crate) weight_grams: u32,
    pub(crate) taxable: bool,
    pub(crate) requires_shipping: bool,
    pub(crate) stock_item_id: StockItemId,
    pub(crate) track_stock: bool,
    pub(crate) sell_when_out: bool,
    /// The count the last imported file had: only another one sets the stock again.
    pub(crate) imported_on_hand: Option<i64>,
    pub(crate) image_id: Option<ImageId>,
    /// Where an import said the picture is.
    pub(crate) image_source: String,
    pub(crate) extra: Extra,
}

/// A picture of a product.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    /// None while it could not be fetched.
    pub(crate) image_id: Option<ImageId>,
    pub(crate) alt: String,
    /// Where an import said it is; empty for an upload.
    pub(crate) source: String,
    pub(crate) extra: Extra,
}

/// The options with the values that the variants take, in order of first appearance.
pub(crate) fn options(names: &[String], variants: &[VariantRecord]) -> Vec<ProductOption> {
    let with_values = |(place, name): (usize, &String)| {
        let mut values: Vec<String> = Vec::new();
        for value in variants.iter().filter_map(|variant| variant.option_values.get(place)) {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        ProductOption { name: name.clone(), values }
    };
    names.iter().enumerate().map(with_values).collect()
}

/// What a variant is called: `M / Red`.
pub(crate) fn variant_title(option_values: &[String]) -> String {
    option_values.join(" / ")
}

/// The status in the database and in files.
pub(crate) const fn status_text(status: Status) -> &'static str {
    match status {
        Status::Draft => "draft",
        Status::Active => "active",
        Status::Archived => "archived",
    }
}

/// The status a text names.
pub(crate) fn status_of(text: &str) -> Option<Status> {
    [Status::Draft, Status::Active, Status::Archived]
        .into_iter()
        .find(|status| status_text(*status).eq_ignore_ascii_case(text))
}

/// What people call a variant of a product.
pub(crate) fn full_title(title: &str, variant: &VariantRecord) -> String {
    match variant_title(&variant.option_values) {
        choice if choice.is_empty() => title.to_owned(),
        choice => format!("{title} · {choice}"),
    }
}
