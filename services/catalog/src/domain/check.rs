//! What a product that people write must be like; all that is wrong with it is found at once.

use std::collections::HashSet;

use emart_catalog_api::{
    CategoryId, ImageId, ProductId, PutProduct, PutVariant, Seo, Status, VariantId,
};
use emart_inventory_api::StockItemId;
use emart_types::{Currency, Invalid, Money, Timestamp};

use super::handle;
use super::product::{Picture, Record, VariantRecord};

pub(crate) const MOST_OPTIONS: usize = 3;
pub(crate) const MOST_VARIANTS: usize = 2048;
pub(crate) const MOST_IMAGES: usize = 250;
pub(crate) const MOST_TAGS: usize = 250;
pub(crate) const LONGEST_DESCRIPTION: usize = 64 * 1024;
pub(crate) const LONGEST_OPTION: usize = 60;
pub(crate) const LONGEST_VALUE: usize = 100;
pub(crate) const LONGEST_TEXT: usize = 255;
pub(crate) const LONGEST_BARCODE: usize = 64;
pub(crate) const LONGEST_SEO_TITLE: usize = 200;
pub(crate) const LONGEST_SEO_DESCRIPTION: usize = 500;
const MOST_CATEGORIES: usize = 50;
/// In minor units; a hundred lines of a thousand pieces each still add up.
pub(crate) const HIGHEST_PRICE: i64 = 10_000_000_000;
pub(crate) const HEAVIEST: u32 = 1_000_000_000;
pub(crate) const MOST_PIECES: i64 = 1_000_000_000;

/// What a product may refer to.
pub(crate) struct Known<'a> {
    pub(crate) currency: Currency,
    /// The text of a picture that is there.
    pub(crate) image_alt: &'a dyn Fn(&ImageId) -> Option<String>,
    pub(crate) has_category: &'a dyn Fn(&CategoryId) -> bool,
    pub(crate) has_stock_item: &'a dyn Fn(&StockItemId) -> bool,
}

/// Checks a product and makes the record of it; `before` is what it replaces.
pub(crate) fn product(
    put: PutProduct,
    before: Option<&Record>,
    known: &Known<'_>,
    now: Timestamp,
) -> Result<Record, Invalid> {
    let mut invalid = Invalid::new();
    schedule(&mut invalid, &put);
    let title = line(&mut invalid, "/title", &put.title, 1, LONGEST_TEXT);
    let handle = put.handle.unwrap_or_else(|| match before {
        Some(before) => before.handle.clone(),
        None => handle::slug(&title, "product", handle::LONGEST),
    });
    let detail = "must be 1 to 255 lower-case letters, digits and dashes";
    invalid.require(handle::is_handle(&handle, handle::LONGEST), "/handle", detail);
    let fits = put.description_html.len() <= LONGEST_DESCRIPTION;
    invalid.require(fits, "/description_html", "at most 64 KiB");
    let options = options(&mut invalid, &put.options);
    let images = images(&mut invalid, put.image_ids, before, known);
    categories(&mut invalid, &put.category_ids, known.has_category);
    let mut record = Record {
        id: before.map_or_else(ProductId::new, |before| before.id.clone()),
        handle,
        title,
        description_html: if fits {
            emart_html::sanitise(&put.description_html)
        } else {
            String::new()
        },
        vendor: optional(&mut invalid, "/vendor", put.vendor, LONGEST_TEXT),
        product_type: optional(&mut invalid, "/product_type", put.product_type, LONGEST_TEXT),
        tags: tags(&mut invalid, "/tags", &put.tags),
        status: put.status,
        options,
        variants: Vec::new(),
        images,
        category_ids: put.category_ids,
        seo: Seo {
            title: optional(&mut invalid, "/seo/title", put.seo.title, LONGEST_SEO_TITLE),
            description: optional(
                &mut invalid,
                "/seo/description",
                put.seo.description,
                LONGEST_SEO_DESCRIPTION,
            ),
        },
        extra: before.map(|before| before.extra.clone()).unwrap_or_default(),
        publish_at: put.publish_at,
        unpublish_at: put.unpublish_at,
        version: before.map_or(1, |before| before.version + 1),
        created_at: before.map_or(now, |before| before.created_at),
        updated_at: now,
    };
    record.variants = variants(&mut invalid, put.variants, &record, before, known);
    invalid.finish().map(|()| record)
}

fn options(invalid: &mut Invalid, names: &[String]) -> Vec<String> {
    invalid.require(names.len() <= MOST_OPTIONS, "/options", "at most three");
    let mut seen = HashSet::new();
    let mut options = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let pointer = format!("/options/{at}");
        let name = line(invalid, &pointer, name, 1, LONGEST_OPTION);
        invalid.require(seen.insert(name.to_lowercase()), &pointer, "is there twice");
        options.push(name);
    }
    options
}

fn images(
    invalid: &mut Invalid,
    ids: Vec<ImageId>,
    before: Option<&Record>,
    known: &Known<'_>,
) -> Vec<Picture> {
    invalid.require(ids.len() <= MOST_IMAGES, "/image_ids", "at most 250");
    let mut seen = HashSet::new();
    let mut pictures = Vec::new();
    for (at, id) in ids.into_iter().enumerate() {
        let pointer = format!("/image_ids/{at}");
        let Some(alt) = (known.image_alt)(&id) else {
            invalid.push(pointer, "there is no such picture");
            continue;
        };
        invalid.require(seen.insert(id.clone()), &pointer, "is there twice");
        // A picture that an import brought keeps what is remembered of it.
        let kept = before.and_then(|b| b.images.iter().find(|p| p.image_id.as_ref() == Some(&id)));
        pictures.push(kept.cloned().unwrap_or_else(|| Picture {
            image_id: Some(id),
            alt,
            source: String::new(),
            extra: Default::default(),
        }));
    }
    pictures
}

pub(crate) fn categories(
    invalid: &mut Invalid,
    ids: &[CategoryId],
    has_category: &dyn Fn(&CategoryId) -> bool,
) {
    invalid.require(ids.len() <= MOST_CATEGORIES, "/category_ids", "at most 50");
    for (at, id) in ids.iter().enumerate() {
        let pointer = format!("/category_ids/{at}");
        invalid.require(has_category(id), &pointer, "there is no such category");
        invalid.require(!ids[..at].contains(id), &pointer, "is there twice");
    }
}

/// A product can only go on sale when it is not, and before it comes off.
fn schedule(invalid: &mut Invalid, put: &PutProduct) {
    let waits = put.publish_at.is_none() || put.status == Status::Draft;
    invalid.require(waits, "/publish_at", "only a draft can go on sale by itself");
    let in_order = match (put.publish_at, put.unpublish_at) {
        (Some(on), Some(off)) => on < off,
        _ => true,
    };
    invalid.require(in_order, "/unpublish_at", "must be after `publish_at`");
    let ends = put.unpublish_at.is_none() || put.status != Status::Archived;
    invalid.require(ends, "/unpublish_at", "an archived product is off sale already");
}

pub(crate) fn tags(invalid: &mut Invalid, field: &str, tags: &[String]) -> Vec<String> {
    invalid.require(tags.len() <= MOST_TAGS, field, "at most 250");
    let mut kept: Vec<String> = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        let pointer = format!("{field}/{at}");
        let tag = line(invalid, &pointer, tag, 1, LONGEST_TEXT);
        // Files write all tags in one cell.
        invalid.require(!tag.contains(','), &pointer, "must not contain a comma");
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    kept
}

fn variants(
    invalid: &mut Invalid,
    puts: Vec<PutVariant>,
    record: &Record,
    before: Option<&Record>,
    known: &Known<'_>,
) -> Vec<VariantRecord> {
    let fits = (1..=MOST_VARIANTS).contains(&puts.len());
    invalid.require(fits, "/variants", "must be 1 to 2048");
    let (mut ids, mut combinations) = (HashSet::new(), HashSet::new());
    let mut variants = Vec::new();
    for (at, put) in puts.into_iter().enumerate() {
        let pointer = format!("/variants/{at}");
        let old = put.id.as_ref().and_then(|id| before?.variants.iter().find(|v| v.id == *id));
        let is_known = put.id.is_none() || old.is_some();
        invalid.require(is_known, &format!("{pointer}/id"), "the product has no such variant");
        if let Some(id) = &put.id {
            invalid.require(ids.insert(id.clone()), &format!("{pointer}/id"), "is there twice");
        }
        let variant = variant(invalid, &pointer, put, old, record, known);
        let values: Vec<_> =
            variant.option_values.iter().map(|value| value.to_lowercase()).collect();
        let is_new = combinations.insert(values);
        let detail = "another variant has the same option values";
        invalid.require(is_new, &format!("{pointer}/option_values"), detail);
        variants.push(variant);
    }
    variants
}

fn variant(
    invalid: &mut Invalid,
    pointer: &str,
    put: PutVariant,
    old: Option<&VariantRecord>,
    record: &Record,
    known: &Known<'_>,
) -> VariantRecord {
    let at = |field: &str| format!("{pointer}/{field}");
    let one_each = put.option_values.len() == record.options.len();
    invalid.require(one_each, &at("option_values"), "must be one for each option");
    let mut option_values = Vec::new();
    for (place, value) in put.option_values.iter().enumerate() {
        let pointer = at(&format!("option_values/{place}"));
        option_values.push(line(invalid, &pointer, value, 1, LONGEST_VALUE));
    }
    let price = price(invalid, &at("price"), put.price, known);
    let compare_at_price = put
        .compare_at_price
        .map(|money| self::price(invalid, &at("compare_at_price"), money, known));
    invalid.require(put.weight_grams <= HEAVIEST, &at("weight_grams"), "at most 1000000000");
    let counts = put.on_hand.is_none_or(|n| (-MOST_PIECES..=MOST_PIECES).contains(&n));
    invalid.require(counts, &at("on_hand"), "must be from -1000000000 to 1000000000");
    if let Some(id) = &put.image_id {
        let shown = record.images.iter().any(|picture| picture.image_id.as_ref() == Some(id));
        invalid.require(shown, &at("image_id"), "must be one of the product's pictures");
    }
    let kept_item = old.map(|old| old.stock_item_id.clone());
    if let Some(item) = put.stock_item_id.as_ref().filter(|item| kept_item.as_ref() != Some(*item))
    {
        let detail = "there is no such stock item";
        invalid.require((known.has_stock_item)(item), &at("stock_item_id"), detail);
    }
    let kept_source =
        old.filter(|old| old.image_id == put.image_id).map(|old| old.image_source.clone());
    VariantRecord {
        id: old.map_or_else(VariantId::new, |old| old.id.clone()),
        option_values,
        sku: optional(invalid, &at("sku"), put.sku, LONGEST_TEXT),
        barcode: optional(invalid, &at("barcode"), put.barcode, LONGEST_BARCODE),
        price,
        compare_at_price,
        weight_grams: put.weight_grams,
        taxable: put.taxable,
        requires_shipping: put.requires_shipping,
        stock_item_id: put.stock_item_id.or(kept_item).unwrap_or_else(StockItemId::new),
        track_stock: put.track_stock,
        sell_when_out: put.sell_when_out,
        imported_on_hand: old.and_then(|old| old.imported_on_hand),
        image_id: put.image_id,
        image_source: kept_source.unwrap_or_default(),
        extra: old.map(|old| old.extra.clone()).unwrap_or_default(),
    }
}

fn price(invalid: &mut Invalid, pointer: &str, money: Money, known: &Known<'_>) -> i64 {
    let detail = format!("must be in {}", known.currency);
    invalid.require(money.currency == known.currency, &format!("{pointer}/currency"), &detail);
    let fits = (0..=HIGHEST_PRICE).contains(&money.amount_minor);
    invalid.require(fits, &format!("{pointer}/amount_minor"), "must be from 0 to 10000000000");
    money.amount_minor
}

/// A line of text, trimmed.
pub(crate) fn line(
    invalid: &mut Invalid,
    pointer: &str,
    text: &str,
    least: usize,
    most: usize,
) -> String {
    let text = text.trim();
    let fits = (least..=most).contains(&text.chars().count());
    invalid.require(fits, pointer, &format!("must be {least} to {most} characters"));
    invalid.require(!text.contains(char::is_control), pointer, "must be one line of text");
    text.to_owned()
}

/// A line of text that may be missing; an empty one is missing.
pub(crate) fn optional(
    invalid: &mut Invalid,
    pointer: &str,
    text: Option<String>,
    most: usize,
) -> Option<String> {
    let text = line(invalid, pointer, &text?, 0, most);
    (!text.is_empty()).then_some(text)
}
