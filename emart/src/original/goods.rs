//! Categories and products, with their pictures out of a folder.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::ensure;
use emart_catalog_api::{
    CatalogBatch, CatalogOutcome, CategoryId, MovedCategory, MovedProduct, ProductId, ProductPatch,
    PutCategory, PutProduct, PutVariant, Seo, Status, VariantId,
};
use emart_classic_api::{IdSearch, Kind, KnownId};
use emart_types::{Money, Timestamp};

use super::json::{self, Record};
use super::pictures::{Pictured, file_in};
use super::report::Tally;
use super::{BATCH, Move};

/// Products at once: each may bring a picture.
const PRODUCTS: usize = 50;

/// A category's record, read.
struct CategoryDraft {
    number: usize,
    hex: String,
    moved: MovedCategory,
}

/// A product's record, read.
struct Draft {
    number: usize,
    hex: String,
    picture: Option<PathBuf>,
    moved: MovedProduct,
}

impl Move<'_> {
    /// Moves categories in: one that the store has by its name is that one.
    pub(super) async fn categories(&mut self, records: &[Record]) -> anyhow::Result<()> {
        let mut tally = Tally::of("categories");
        for batch in records.chunks(BATCH) {
            let drafts: Vec<_> = batch.iter().filter_map(category).collect();
            tally.skipped += batch.len() - drafts.len();
            let categories = drafts.iter().map(|draft| draft.moved.clone()).collect();
            let put = CatalogBatch { categories, dry_run: self.dry_run, ..CatalogBatch::default() };
            let outcomes = self.catalog.put_batch(&put).await?.categories;
            ensure!(outcomes.len() == drafts.len(), "`catalog` did not answer for every category");
            let mut ids = Vec::new();
            for (draft, outcome) in drafts.into_iter().zip(outcomes) {
                let id = match outcome {
                    CatalogOutcome::Created => {
                        tally.created += 1;
                        draft.moved.id
                    }
                    CatalogOutcome::Unchanged { .. } => {
                        tally.unchanged += 1;
                        draft.moved.id
                    }
                    CatalogOutcome::Same { id } => {
                        tally.unchanged += 1;
                        id
                    }
                    CatalogOutcome::Refused { reason } => {
                        tally.skipped += 1;
                        let said = format!("skipped: {reason}");
                        self.report.say("category", draft.number, &draft.hex, said);
                        continue;
                    }
                };
                let (kind, hex) = (Kind::Category, draft.hex.clone());
                ids.push(KnownId { kind, hex, id: id.to_string() });
                self.known_categories.insert(draft.hex, id);
            }
            if !self.dry_run {
                self.classic.put_ids(&ids).await?;
            }
            self.bar.inc(batch.len() as u64);
        }
        self.report.add(tally);
        Ok(())
    }

    /// Moves products in. Those that are here stay as they are, but get a picture where they had none.
    pub(super) async fn products(&mut self, records: &[Record]) -> anyhow::Result<()> {
        let mut tally = Tally::of("products");
        self.find_categories(records).await?;
        for batch in records.chunks(PRODUCTS) {
            let mut drafts = Vec::new();
            for record in batch {
                match self.draft_product(record) {
                    Ok(draft) => drafts.push(draft),
                    Err(why) => {
                        tally.skipped += 1;
                        let id = record.id().unwrap_or_default();
                        self.report.say("product", record.number, &id, format!("skipped: {why}"));
                    }
                }
            }
            self.take_products(drafts, &mut tally).await?;
            self.bar.inc(batch.len() as u64);
        }
        self.report.add(tally);
        Ok(())
    }

    /// Finds the categories of products that are not in this import's file: those of an earlier one.
    async fn find_categories(&mut self, records: &[Record]) -> anyhow::Result<()> {
        let unknown = records.iter().filter_map(|record| json::oid(record.get("category")));
        let mut unknown: Vec<String> =
            unknown.filter(|hex| !self.known_categories.contains_key(hex)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        for hexes in unknown.chunks(BATCH) {
            let search = IdSearch { kind: Kind::Category, hexes: hexes.to_vec() };
            for known in self.classic.known_ids(&search).await? {
                if let Ok(id) = known.id.parse() {
                    self.known_categories.insert(known.hex, id);
                }
            }
        }
        Ok(())
    }

    fn draft_product(&mut self, record: &Record) -> Result<Draft, &'static str> {
        let hex = record.id().ok_or("its _id cannot be read")?;
        let price = json::money(record.get("price"), self.currency);
        let price = price.filter(|price| price.amount_minor >= 0).ok_or("its price is none")?;
        let title = json::text(record.get("prod_name")).trim().to_owned();
        let category = json::oid(record.get("category"));
        let category = category.and_then(|hex| self.known_categories.get(&hex).cloned());
        if category.is_none() {
            let said = "is in no category that is known";
            self.report.say("product", record.number, &hex, said);
        }
        let url = json::text(record.get("imageUrl"));
        let picture = self.images.as_deref().and_then(|folder| file_in(folder, &url));
        if picture.is_none() && self.images.is_some() {
            let said = format!("its picture is not in the folder: {url}");
            self.report.say("product", record.number, &hex, said);
        }
        let created_at = json::date(record.get("createdAt")).unwrap_or_else(|| json::born(&hex));
        let updated_at = json::date(record.get("updatedAt")).unwrap_or(created_at);
        let moved = moved(&hex, put(title, price, category), created_at, updated_at);
        Ok(Draft { number: record.number, hex, picture, moved })
    }

    async fn take_products(
        &mut self,
        mut drafts: Vec<Draft>,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        // Which of them need their pictures is asked first: a picture takes a while.
        let asked = self.put_products(&drafts, true).await?;
        let mut late = Vec::new();
        for (draft, outcome) in drafts.iter_mut().zip(&asked) {
            let wanted = match outcome {
                CatalogOutcome::Created => true,
                CatalogOutcome::Unchanged { has_image } => !has_image,
                _ => false,
            };
            if !wanted || self.dry_run {
                continue;
            }
            let pictured = Pictured {
                number: draft.number,
                hex: &draft.hex,
                title: &draft.moved.product.title,
                picture: draft.picture.as_deref(),
            };
            let Some(image) = self.take_picture(&pictured).await? else { continue };
            if *outcome == CatalogOutcome::Created {
                draft.moved.product.image_ids = vec![image];
            } else {
                late.push((draft.moved.id.clone(), image));
            }
        }
        let outcomes = if self.dry_run { asked } else { self.put_products(&drafts, false).await? };
        let mut ids = Vec::new();
        for (draft, outcome) in drafts.iter().zip(outcomes) {
            match outcome {
                CatalogOutcome::Created => tally.created += 1,
                CatalogOutcome::Unchanged { .. } | CatalogOutcome::Same { .. } => {
                    tally.unchanged += 1;
                }
                CatalogOutcome::Refused { reason } => {
                    tally.skipped += 1;
                    let said = format!("skipped: {reason}");
                    self.report.say("product", draft.number, &draft.hex, said);
                    continue;
                }
            }
            ids.push(known_product(&draft.hex));
        }
        if self.dry_run {
            return Ok(());
        }
        self.classic.put_ids(&ids).await?;
        for (id, image) in late {
            let patch = ProductPatch { image_id: Some(image), ..ProductPatch::default() };
            self.catalog.patch_product(&id, &patch).await?;
        }
        Ok(())
    }

    async fn put_products(
        &self,
        drafts: &[Draft],
        dry_run: bool,
    ) -> anyhow::Result<Vec<CatalogOutcome>> {
        let products = drafts.iter().map(|draft| draft.moved.clone()).collect();
        let put = CatalogBatch { products, dry_run, ..CatalogBatch::default() };
        let outcomes = self.catalog.put_batch(&put).await?.products;
        ensure!(outcomes.len() == drafts.len(), "`catalog` did not answer for every product");
        Ok(outcomes)
    }
}

/// The variant that a product of the original is here.
pub(super) fn variant_of(hex: &str) -> VariantId {
    VariantId::derived(json::born(hex), json::name_of("variant", hex))
}

/// What `classic` is told of a product.
pub(super) fn known_product(hex: &str) -> KnownId {
    let (hex, id) = (hex.to_owned(), variant_of(hex).to_string());
    KnownId { kind: Kind::Product, hex, id }
}

fn category(record: &Record) -> Option<CategoryDraft> {
    let hex = record.id()?;
    let id = CategoryId::derived(json::born(&hex), json::name_of("category", &hex));
    let category = PutCategory {
        name: json::text(record.get("cat_name")),
        slug: None,
        description: String::new(),
        parent_id: None,
        image_id: None,
        position: 0,
    };
    Some(CategoryDraft { number: record.number, hex, moved: MovedCategory { id, category } })
}

fn moved(
    hex: &str,
    product: PutProduct,
    created_at: Timestamp,
    updated_at: Timestamp,
) -> MovedProduct {
    let id = ProductId::derived(created_at, json::name_of("product", hex));
    MovedProduct { id, variant_ids: vec![variant_of(hex)], created_at, updated_at, product }
}

/// A product as the original has them: one variant, sold without being counted.
fn put(title: String, price: Money, category: Option<CategoryId>) -> PutProduct {
    let variant = PutVariant {
        id: None,
        option_values: Vec::new(),
        sku: None,
        barcode: None,
        price,
        compare_at_price: None,
        weight_grams: 0,
        taxable: true,
        requires_shipping: true,
        stock_item_id: None,
        track_stock: false,
        sell_when_out: false,
        on_hand: None,
        image_id: None,
    };
    PutProduct {
        handle: None,
        title,
        description_html: String::new(),
        vendor: None,
        product_type: None,
        tags: Vec::new(),
        status: Status::Active,
        options: Vec::new(),
        variants: vec![variant],
        image_ids: Vec::new(),
        category_ids: category.into_iter().collect(),
        seo: Seo::default(),
        publish_at: None,
        unpublish_at: None,
    }
}

/// Categories by the ids they had.
pub(super) type Categories = HashMap<String, CategoryId>;
