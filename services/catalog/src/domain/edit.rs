//! The changes of a product in a bulk edit.

use emart_catalog_api::{CategoryId, ProductEdit, VariantEdit};
use emart_types::{Currency, Invalid, Money, Timestamp};

use super::check::{
    HIGHEST_PRICE, LONGEST_TEXT, MOST_PIECES, MOST_TAGS, categories, line, optional, tags,
};
use super::product::{Record, VariantRecord};

/// What an edit may refer to.
pub(crate) struct Known<'a> {
    pub(crate) currency: Currency,
    pub(crate) has_category: &'a dyn Fn(&CategoryId) -> bool,
}

/// A product as an edit wants it.
pub(crate) struct Edited {
    pub(crate) record: Record,
    /// The counts to set, one for each variant.
    pub(crate) on_hand: Vec<Option<i64>>,
}

/// The product as it is then; its version and time are those from before when nothing changes.
pub(crate) fn edited(
    before: &Record,
    edit: ProductEdit,
    known: &Known<'_>,
    now: Timestamp,
) -> Result<Edited, Invalid> {
    let mut invalid = Invalid::new();
    let mut record = before.clone();
    if edit.version.is_some_and(|version| version != before.version) {
        return Err(Invalid::field("/version", "somebody else has changed it meanwhile"));
    }
    if let Some(title) = edit.title {
        record.title = line(&mut invalid, "/title", &title, 1, LONGEST_TEXT);
    }
    if let Some(status) = edit.status {
        record.status = status;
    }
    if edit.vendor.is_some() {
        record.vendor = optional(&mut invalid, "/vendor", edit.vendor, LONGEST_TEXT);
    }
    let removed = tags(&mut invalid, "/remove_tags", &edit.remove_tags);
    record.tags.retain(|tag| !removed.contains(tag));
    for tag in tags(&mut invalid, "/add_tags", &edit.add_tags) {
        if !record.tags.contains(&tag) {
            record.tags.push(tag);
        }
    }
    invalid.require(record.tags.len() <= MOST_TAGS, "/add_tags", "at most 250 tags");
    if let Some(ids) = edit.category_ids {
        categories(&mut invalid, &ids, known.has_category);
        record.category_ids = ids;
    }
    let mut on_hand = vec![None; record.variants.len()];
    for (at, change) in edit.variants.into_iter().enumerate() {
        let pointer = format!("/variants/{at}");
        let Some(place) = record.variants.iter().position(|variant| variant.id == change.id) else {
            invalid.push(format!("{pointer}/id"), "the product has no such variant");
            continue;
        };
        if change.on_hand.is_some() {
            on_hand[place] = change.on_hand;
        }
        variant(&mut invalid, &pointer, change, &mut record.variants[place], known.currency);
    }
    invalid.finish()?;
    if record != *before {
        record.version += 1;
        record.updated_at = now;
    }
    Ok(Edited { record, on_hand })
}

fn variant(
    invalid: &mut Invalid,
    pointer: &str,
    change: VariantEdit,
    variant: &mut VariantRecord,
    currency: Currency,
) {
    let amount = |invalid: &mut Invalid, field: &str, money: Money| {
        let fits = money.currency == currency && (0..=HIGHEST_PRICE).contains(&money.amount_minor);
        let detail = format!("must be from 0 to 10000000000 minor units of {currency}");
        invalid.require(fits, &format!("{pointer}/{field}"), &detail);
        money.amount_minor
    };
    if let Some(price) = change.price {
        variant.price = amount(invalid, "price", price);
    }
    if let Some(price) = change.compare_at_price {
        variant.compare_at_price = Some(amount(invalid, "compare_at_price", price));
    }
    if change.clear_compare_at_price {
        variant.compare_at_price = None;
    }
    if change.sku.is_some() {
        variant.sku = optional(invalid, &format!("{pointer}/sku"), change.sku, LONGEST_TEXT);
    }
    let counts = change.on_hand.is_none_or(|n| (-MOST_PIECES..=MOST_PIECES).contains(&n));
    let detail = "must be from -1000000000 to 1000000000";
    invalid.require(counts, &format!("{pointer}/on_hand"), detail);
}
