//! A product and a collection as people write them, and as the audit log keeps them.

use emart_catalog_api::{PutCollection, PutProduct, PutVariant};
use emart_types::{Currency, Money};
use serde_json::{Map, Value, json};

use super::category::CategoryRecord;
use super::collection::CollectionRecord;
use super::product::{Record, VariantRecord, status_text, variant_title};

/// Descriptions are longer than the audit log needs.
const DESCRIPTION: usize = 500;

/// The product as it would be sent to make it so.
pub(crate) fn put(record: &Record, currency: Currency) -> PutProduct {
    PutProduct {
        handle: Some(record.handle.clone()),
        title: record.title.clone(),
        description_html: record.description_html.clone(),
        vendor: record.vendor.clone(),
        product_type: record.product_type.clone(),
        tags: record.tags.clone(),
        status: record.status,
        options: record.options.clone(),
        variants: record.variants.iter().map(|variant| put_variant(variant, currency)).collect(),
        image_ids: record.images.iter().filter_map(|picture| picture.image_id.clone()).collect(),
        category_ids: record.category_ids.clone(),
        seo: record.seo.clone(),
        publish_at: record.publish_at,
        unpublish_at: record.unpublish_at,
    }
}

fn put_variant(variant: &VariantRecord, currency: Currency) -> PutVariant {
    PutVariant {
        id: Some(variant.id.clone()),
        option_values: variant.option_values.clone(),
        sku: variant.sku.clone(),
        barcode: variant.barcode.clone(),
        price: Money::new(variant.price, currency),
        compare_at_price: variant.compare_at_price.map(|price| Money::new(price, currency)),
        weight_grams: variant.weight_grams,
        taxable: variant.taxable,
        requires_shipping: variant.requires_shipping,
        stock_item_id: Some(variant.stock_item_id.clone()),
        track_stock: variant.track_stock,
        sell_when_out: variant.sell_when_out,
        on_hand: None,
        image_id: variant.image_id.clone(),
    }
}

/// A draft like it, with variants and stock of its own.
pub(crate) fn copy(record: &Record, currency: Currency) -> PutProduct {
    let mut copy = put(record, currency);
    let title = format!("Copy of {}", record.title);
    copy.title = title.chars().take(super::check::LONGEST_TEXT).collect();
    (copy.handle, copy.publish_at, copy.unpublish_at) = (None, None, None);
    copy.status = emart_catalog_api::Status::Draft;
    for variant in &mut copy.variants {
        // A number names one thing.
        (variant.id, variant.stock_item_id) = (None, None);
        (variant.sku, variant.barcode) = (None, None);
    }
    copy
}

/// The product for the audit log: flat, so that only what changed is kept of it.
pub(crate) fn audited(record: &Record) -> Value {
    let mut fields = Map::new();
    let description: String = record.description_html.chars().take(DESCRIPTION).collect();
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    put("title", json!(record.title));
    put("handle", json!(record.handle));
    put("description_html", json!(description));
    put("vendor", json!(record.vendor));
    put("product_type", json!(record.product_type));
    put("tags", json!(record.tags));
    put("status", json!(status_text(record.status)));
    put("options", json!(record.options));
    put("categories", json!(record.category_ids));
    let images = record.images.iter().map(|picture| &picture.image_id);
    put("images", json!(images.collect::<Vec<_>>()));
    put("seo_title", json!(record.seo.title));
    put("seo_description", json!(record.seo.description));
    put("publish_at", json!(record.publish_at));
    put("unpublish_at", json!(record.unpublish_at));
    for variant in &record.variants {
        let name = match variant_title(&variant.option_values) {
            title if title.is_empty() => "variant".to_owned(),
            title => title,
        };
        put(&format!("{name}: price"), json!(variant.price));
        put(&format!("{name}: compare_at_price"), json!(variant.compare_at_price));
        put(&format!("{name}: sku"), json!(variant.sku));
        put(&format!("{name}: barcode"), json!(variant.barcode));
        put(&format!("{name}: weight_grams"), json!(variant.weight_grams));
        put(&format!("{name}: taxable"), json!(variant.taxable));
        put(&format!("{name}: requires_shipping"), json!(variant.requires_shipping));
        put(&format!("{name}: track_stock"), json!(variant.track_stock));
        put(&format!("{name}: sell_when_out"), json!(variant.sell_when_out));
    }
    Value::Object(fields)
}

/// What is new or gone in a line: the product itself says the rest, or said it.
pub(crate) fn in_short(record: &Record) -> Value {
    json!({
        "title": record.title,
        "handle": record.handle,
        "status": status_text(record.status),
        "variants": record.variants.len(),
    })
}

/// The collection as it would be sent to make it so; for the audit log too.
pub(crate) fn put_collection(record: &CollectionRecord) -> PutCollection {
    PutCollection {
        title: record.title.clone(),
        handle: Some(record.handle.clone()),
        description_html: record.description_html.clone(),
        published: record.published,
        rules: record.rules.clone(),
        product_ids: record.product_ids.clone(),
        image_id: record.image_id.clone(),
        seo: record.seo.clone(),
    }
}

/// The category for the audit log.
pub(crate) fn audited_category(record: &CategoryRecord) -> Value {
    json!({
        "name": record.name,
        "slug": record.slug,
        "description": record.description,
        "parent_id": record.parent_id,
        "image_id": record.image_id,
        "position": record.position,
    })
}
