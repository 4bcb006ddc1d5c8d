//! The small changes of a product: its name, a price, its category, its picture.

use emart_catalog_api::ProductPatch;
use emart_types::{Currency, Invalid, Timestamp};

use super::check::{HIGHEST_PRICE, LONGEST_TEXT};
use super::product::{Picture, Record};

/// What the change refers to.
pub(crate) struct Known {
    pub(crate) currency: Currency,
    /// The text of the picture it names, if there is such a picture.
    pub(crate) image_alt: Option<Option<String>>,
    pub(crate) has_category: bool,
}

/// The product as it is then.
pub(crate) fn patched(
    before: &Record,
    patch: ProductPatch,
    known: Known,
    now: Timestamp,
) -> Result<Record, Invalid> {
    let mut invalid = Invalid::new();
    let mut after = before.clone();
    if let Some(title) = patch.title {
        let title = title.trim();
        let fits = (1..=LONGEST_TEXT).contains(&title.chars().count());
        invalid.require(fits, "/title", "must be 1 to 255 characters");
        invalid.require(!title.contains(char::is_control), "/title", "must be one line of text");
        title.clone_into(&mut after.title);
    }
    if let Some((id, price)) = patch.price {
        let fits =
            price.currency == known.currency && (0..=HIGHEST_PRICE).contains(&price.amount_minor);
        invalid.require(fits, "/price", "must be an amount in the store's currency, 0 or more");
        let variant = after.variants.iter_mut().find(|variant| variant.id == id);
        invalid.require(variant.is_some(), "/price", "there is no such variant");
        if let Some(variant) = variant {
            variant.price = price.amount_minor;
        }
    }
    invalid.require(known.has_category, "/category_id", "there is no such category");
    if let Some(id) = patch.category_id {
        after.category_ids = vec![id];
    }
    if let Some(id) = patch.image_id {
        let alt = known.image_alt.flatten();
        invalid.require(alt.is_some(), "/image_id", "there is no such picture");
        let (alt, source) = (alt.unwrap_or_default(), String::new());
        after.images = vec![Picture { image_id: Some(id), alt, source, extra: Default::default() }];
        for variant in &mut after.variants {
            variant.image_id = None;
        }
    }
    after.version += 1;
    after.updated_at = now;
    invalid.finish().map(|()| after)
}
