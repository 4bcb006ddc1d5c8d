//! What a file says, laid over what is there. What the file does not speak of stays.

use std::collections::HashMap;

use emart_catalog_api::{ImageId, ProductId, Seo, Status, VariantId};
use emart_inventory_api::StockItemId;
use emart_types::Timestamp;

use super::draft::{Draft, DraftImage, DraftVariant, Note};
use super::tree::Branches;
use crate::domain::product::{Picture, Record, VariantRecord};

/// A picture by where it is and what is said of it.
pub(super) type Taken = HashMap<(String, String), ImageId>;

/// What a file makes of a product.
pub(super) struct Merged {
    pub(super) record: Record,
    /// The counts to set, one for each variant.
    pub(super) on_hand: Vec<Option<i64>>,
}

/// What there is beside the product.
pub(super) struct World<'a> {
    pub(super) taken: &'a Taken,
    /// The name of a picture's own file.
    pub(super) file_name: &'a dyn Fn(&ImageId) -> Option<String>,
    pub(super) now: Timestamp,
}

/// Lays a draft over the product it is about. An error is why it is left out.
pub(super) fn merge(
    draft: Draft,
    handle: String,
    before: Option<&Record>,
    branches: &mut Branches,
    world: &World<'_>,
) -> Result<Merged, Note> {
    let line = draft.line;
    let title = draft.title.or_else(|| before.map(|before| before.title.clone()));
    let Some(title) = title else { return Err((line, "it has no title".to_owned())) };
    let mut record = before.cloned().unwrap_or_else(|| blank(handle, world.now));
    record.title = title;
    replace(&mut record.description_html, draft.description_html);
    replace(&mut record.vendor, draft.vendor);
    replace(&mut record.product_type, draft.product_type);
    replace(&mut record.tags, draft.tags);
    replace(&mut record.status, draft.status);
    replace(&mut record.seo.title, draft.seo_title);
    replace(&mut record.seo.description, draft.seo_description);
    if let Some(path) = draft.category {
        let others = match draft.other_categories {
            Some(paths) => paths.iter().filter_map(|path| branches.at(path)).collect(),
            None => record.category_ids.iter().skip(1).cloned().collect::<Vec<_>>(),
        };
        record.category_ids.clear();
        for id in branches.at(&path).into_iter().chain(others) {
            if !record.category_ids.contains(&id) {
                record.category_ids.push(id);
            }
        }
    }
    record.options = draft.options;
    record.extra = draft.extra;
    if let Some(images) = draft.images {
        record.images = pictures(images, before, world);
    }
    let old = before.map_or(&[][..], |before| &before.variants);
    let mut used = vec![false; old.len()];
    let (mut variants, mut on_hand) = (Vec::new(), Vec::new());
    for variant in draft.variants {
        let same = find(old, &variant, &mut used);
        let (variant, count) = merge_variant(variant, same, &record.images, world)?;
        variants.push(variant);
        on_hand.push(count);
    }
    record.variants = variants;
    Ok(Merged { record, on_hand })
}

fn replace<T>(old: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *old = new;
    }
}

fn blank(handle: String, now: Timestamp) -> Record {
    Record {
        id: ProductId::new(),
        handle,
        title: String::new(),
        description_html: String::new(),
        vendor: None,
        product_type: None,
        tags: Vec::new(),
        status: Status::Active,
        options: Vec::new(),
        variants: Vec::new(),
        images: Vec::new(),
        category_ids: Vec::new(),
        seo: Seo::default(),
        extra: Default::default(),
        publish_at: None,
        unpublish_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// The pictures as the file has them, then those that people uploaded here.
fn pictures(drafts: Vec<DraftImage>, before: Option<&Record>, world: &World<'_>) -> Vec<Picture> {
    let old = before.map_or(&[][..], |before| &before.images);
    let own_name = |picture: &Picture| (world.file_name)(picture.image_id.as_ref()?);
    let mut pictures: Vec<Picture> = Vec::new();
    for DraftImage { source, alt, extra, .. } in drafts {
        let uploaded = |p: &&Picture| p.source.is_empty() && own_name(p).as_ref() == Some(&source);
        if let Some(uploaded) = old.iter().find(uploaded) {
            pictures.push(Picture { extra, ..uploaded.clone() });
            continue;
        }
        let known = old.iter().find(|p| p.source == source && p.alt == alt);
        let known = known.and_then(|picture| picture.image_id.clone());
        let image_id = known.or_else(|| world.taken.get(&(source.clone(), alt.clone())).cloned());
        pictures.push(Picture { image_id, alt, source, extra });
    }
    for uploaded in old.iter().filter(|picture| picture.source.is_empty()) {
        if !pictures.iter().any(|picture| picture.image_id == uploaded.image_id) {
            pictures.push(uploaded.clone());
        }
    }
    pictures
}

/// The variant there is with the same option values, or else with the same SKU.
fn find<'a>(
    old: &'a [VariantRecord],
    draft: &DraftVariant,
    used: &mut [bool],
) -> Option<&'a VariantRecord> {
    let lower = |values: &[String]| values.iter().map(|v| v.to_lowercase()).collect::<Vec<_>>();
    let values = lower(&draft.option_values);
    let by_values =
        (0..old.len()).find(|at| !used[*at] && lower(&old[*at].option_values) == values);
    let at = by_values.or_else(|| {
        let sku = draft.sku.as_ref()?.as_ref()?;
        (0..old.len()).find(|at| !used[*at] && old[*at].sku.as_ref() == Some(sku))
    })?;
    used[at] = true;
    Some(&old[at])
}

fn merge_variant(
    draft: DraftVariant,
    old: Option<&VariantRecord>,
    images: &[Picture],
    world: &World<'_>,
) -> Result<(VariantRecord, Option<i64>), Note> {
    let price = draft.price.or_else(|| old.map(|old| old.price));
    let Some(price) = price else { return Err((draft.line, "it has no price".to_owned())) };
    // Without such a column the picture stays that somebody chose here.
    let chosen =
        if draft.image_source.is_none() { old.and_then(|old| old.image_id.clone()) } else { None };
    let image_source =
        draft.image_source.or_else(|| old.map(|o| o.image_source.clone())).unwrap_or_default();
    let image_id = if image_source.is_empty() {
        chosen.filter(|id| images.iter().any(|picture| picture.image_id.as_ref() == Some(id)))
    } else {
        shown(images, &image_source, world)
    };
    // Only a count the file did not have the last time is news; sales in between stay.
    let is_news = draft.on_hand.is_some() && draft.on_hand != old.and_then(|o| o.imported_on_hand);
    let count = if is_news { draft.on_hand } else { None };
    let record = VariantRecord {
        id: old.map_or_else(VariantId::new, |old| old.id.clone()),
        option_values: draft.option_values,
        sku: draft.sku.unwrap_or_else(|| old.and_then(|old| old.sku.clone())),
        barcode: draft.barcode.unwrap_or_else(|| old.and_then(|old| old.barcode.clone())),
        price,
        compare_at_price: draft
            .compare_at_price
            .unwrap_or_else(|| old.and_then(|old| old.compare_at_price)),
        weight_grams: draft.weight_grams.or_else(|| old.map(|o| o.weight_grams)).unwrap_or(0),
        taxable: draft.taxable.or_else(|| old.map(|old| old.taxable)).unwrap_or(true),
        requires_shipping: draft
            .requires_shipping
            .or_else(|| old.map(|old| old.requires_shipping))
            .unwrap_or(true),
        stock_item_id: old.map_or_else(StockItemId::new, |old| old.stock_item_id.clone()),
        track_stock: draft
            .track_stock
            .or_else(|| old.map(|old| old.track_stock))
            .unwrap_or_else(|| draft.on_hand.is_some()),
        sell_when_out: draft
            .sell_when_out
            .or_else(|| old.map(|old| old.sell_when_out))
            .unwrap_or(false),
        imported_on_hand: draft.on_hand.or_else(|| old.and_then(|old| old.imported_on_hand)),
        image_id,
        image_source,
        extra: draft.extra,
    };
    Ok((record, count))
}

/// Which of the product's pictures is at this place; an upload is where its own file is.
fn shown(images: &[Picture], source: &str, world: &World<'_>) -> Option<ImageId> {
    let is_it = |picture: &&Picture| {
        let own = || (world.file_name)(picture.image_id.as_ref()?);
        picture.source == source || (picture.source.is_empty() && own().as_deref() == Some(source))
    };
    images.iter().find(is_it).and_then(|picture| picture.image_id.clone())
}
