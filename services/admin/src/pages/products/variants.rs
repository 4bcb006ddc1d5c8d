//! The rows of the variants: as the product has them, as they are typed, and back.

use emart_catalog_api::{Image, PutProduct, PutVariant};
use emart_inventory_api::{StockItemId, StockLevel};
use emart_types::{Currency, Money};

use super::draft::Draft;
use crate::forms::{Choice, Problems, money_value, read_money, read_number};
use crate::sent::Sent;

/// Variants a page has room for.
const MOST_ROWS: usize = 60;
/// Empty rows for new ones, where scripts do not make them.
const SPARE: usize = 2;

/// A variant as it is typed.
#[derive(Clone)]
pub(super) struct VariantDraft {
    /// The variant's id, or `new-` and a number.
    pub(super) row: String,
    pub(super) values: [String; 3],
    pub(super) sku: String,
    pub(super) barcode: String,
    pub(super) price: String,
    pub(super) compare: String,
    pub(super) weight: String,
    pub(super) stock: String,
    pub(super) tracked: bool,
    pub(super) back_order: bool,
    pub(super) ships: bool,
    pub(super) taxed: bool,
    pub(super) image: String,
    pub(super) gone: bool,
}

impl VariantDraft {
    pub(super) fn fresh(row: &str) -> Self {
        Self {
            row: row.to_owned(),
            values: Default::default(),
            sku: String::new(),
            barcode: String::new(),
            price: String::new(),
            compare: String::new(),
            weight: String::new(),
            stock: String::new(),
            tracked: true,
            back_order: false,
            ships: true,
            taxed: true,
            image: String::new(),
            gone: false,
        }
    }

    pub(super) fn of(put: &PutVariant) -> Option<Self> {
        let mut values: [String; 3] = Default::default();
        for (to, from) in values.iter_mut().zip(&put.option_values) {
            to.clone_from(from);
        }
        Some(Self {
            row: put.id.as_ref()?.to_string(),
            values,
            sku: put.sku.clone().unwrap_or_default(),
            barcode: put.barcode.clone().unwrap_or_default(),
            price: money_value(Some(put.price)),
            compare: money_value(put.compare_at_price),
            weight: put.weight_grams.to_string(),
            stock: String::new(),
            tracked: put.track_stock,
            back_order: put.sell_when_out,
            ships: put.requires_shipping,
            taxed: put.taxable,
            image: put.image_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            gone: false,
        })
    }

    fn is_new(&self) -> bool {
        self.row.starts_with("new-")
    }

    /// A spare row that nobody wrote into.
    fn is_blank(&self) -> bool {
        let texts = [&self.sku, &self.barcode, &self.price, &self.compare, &self.stock];
        self.is_new() && self.values.iter().chain(texts).all(String::is_empty)
    }
}

/// A row of the editor.
pub(super) struct VariantRow {
    pub(super) draft: VariantDraft,
    pub(super) name: String,
    pub(super) is_new: bool,
    pub(super) on_hand: Option<i64>,
    pub(super) item: String,
    pub(super) images: Vec<Choice>,
}

/// What the variants are counted as.
pub(super) fn items(put: &PutProduct) -> Vec<StockItemId> {
    put.variants.iter().filter_map(|variant| variant.stock_item_id.clone()).collect()
}

/// The rows there is room for, and how many variants there is none for.
pub(super) fn rows(
    draft: &Draft,
    put: Option<&PutProduct>,
    levels: &[StockLevel],
    images: &[Image],
) -> (Vec<VariantRow>, usize) {
    let hidden = draft.variants.len().saturating_sub(MOST_ROWS);
    let mut shown: Vec<_> = draft.variants.iter().take(MOST_ROWS).cloned().collect();
    let used = shown.iter().filter(|row| row.is_new()).count();
    if put.is_some() && hidden == 0 && !shown.iter().any(VariantDraft::is_blank) {
        shown.extend((used..used + SPARE).map(|at| VariantDraft::fresh(&format!("new-{at}"))));
    }
    let item = |row: &VariantDraft| {
        let variant =
            put?.variants.iter().find(|v| v.id.as_ref().is_some_and(|id| id.as_str() == row.row));
        variant?.stock_item_id.clone()
    };
    let row = |draft: VariantDraft| {
        let item = item(&draft);
        let level = levels.iter().find(|level| Some(&level.id) == item.as_ref());
        let words: Vec<_> =
            draft.values.iter().filter(|v| !v.is_empty()).map(String::as_str).collect();
        let picture = |(at, image): (usize, &Image)| {
            let id = image.id.to_string();
            Choice::new(&id, &format!("Picture {}", at + 1), id == draft.image)
        };
        VariantRow {
            name: if words.is_empty() { "the product".to_owned() } else { words.join(" / ") },
            is_new: draft.is_new(),
            on_hand: level.map(|level| level.on_hand),
            item: item.map(|item| item.to_string()).unwrap_or_default(),
            images: images.iter().enumerate().map(picture).collect(),
            draft,
        }
    };
    (shown.into_iter().map(row).collect(), hidden)
}

/// The variants as a form sent them, in their order, then those it had no room for.
pub(super) fn read_drafts(sent: &Sent, before: Option<&PutProduct>) -> Vec<VariantDraft> {
    let mut drafts: Vec<VariantDraft> = Vec::new();
    for row in sent.all("variant") {
        let get = |field: &str| sent.get(&format!("{row}.{field}")).to_owned();
        let on = |field: &str| sent.is_on(&format!("{row}.{field}"));
        drafts.push(VariantDraft {
            row: row.to_owned(),
            values: [get("value.0"), get("value.1"), get("value.2")],
            sku: get("sku"),
            barcode: get("barcode"),
            price: get("price"),
            compare: get("compare"),
            weight: get("weight"),
            stock: get("stock"),
            tracked: on("tracked"),
            back_order: on("back_order"),
            ships: on("ships"),
            taxed: on("taxed"),
            image: get("image"),
            gone: on("gone"),
        });
    }
    let mut others: Vec<_> =
        before.iter().flat_map(|put| &put.variants).filter_map(VariantDraft::of).collect();
    others.retain(|other| !drafts.iter().any(|draft| draft.row == other.row));
    drafts.extend(others);
    drafts
}

/// The variants as `catalog` takes them; what cannot be read is told beside its field.
pub(super) fn read(
    drafts: &[VariantDraft],
    before: Option<&PutProduct>,
    (options, currency): (usize, Currency),
    problems: &mut Problems,
) -> Vec<PutVariant> {
    let kept: Vec<_> = drafts.iter().filter(|draft| !draft.gone && !draft.is_blank()).collect();
    let mut variants = Vec::with_capacity(kept.len());
    for draft in kept {
        let old = before.iter().flat_map(|put| &put.variants);
        let mut old = old.filter(|old| old.id.as_ref().is_some_and(|id| id.as_str() == draft.row));
        let old = old.next();
        let field = |name: &str| format!("{}.{name}", draft.row);
        let price = read_money(&field("price"), &draft.price, currency, problems);
        if price.is_none() && problems.of(&field("price")).is_none() {
            problems.add(&field("price"), "Enter a price");
        }
        let weight = read_number(&field("weight"), &draft.weight, problems).unwrap_or(0);
        variants.push(PutVariant {
            id: old.and_then(|old| old.id.clone()),
            option_values: draft.values.iter().take(options).cloned().collect(),
            sku: Some(draft.sku.clone()),
            barcode: Some(draft.barcode.clone()),
            price: price.unwrap_or_else(|| Money::zero(currency)),
            compare_at_price: read_money(&field("compare"), &draft.compare, currency, problems),
            weight_grams: u32::try_from(weight).unwrap_or(u32::MAX),
            taxable: draft.taxed,
            requires_shipping: draft.ships,
            stock_item_id: old.and_then(|old| old.stock_item_id.clone()),
            track_stock: draft.tracked,
            sell_when_out: draft.back_order,
            on_hand: read_number(&field("stock"), &draft.stock, problems),
            image_id: draft.image.parse().ok(),
        });
    }
    variants
}
