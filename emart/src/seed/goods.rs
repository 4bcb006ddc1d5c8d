//! Categories and products.

use anyhow::ensure;
use emart_catalog_api::{
    Catalog, CatalogBatch, CatalogOutcome, CategoryId, MovedCategory, MovedProduct, ProductId,
    PutCategory, PutProduct, PutVariant, Seo, Status, VariantId,
};
use emart_types::{Money, Timestamp};

use super::chance::{Chance, name_of};
use super::{BATCH, DAY_MS, Plan, bar, done};

const THINGS: [&str; 24] = [
    "Lamp", "Chair", "Kettle", "Mug", "Backpack", "Notebook", "Candle", "Blanket", "Jacket",
    "Scarf", "Knife", "Pan", "Bottle", "Tent", "Clock", "Vase", "Shelf", "Cushion", "Basket",
    "Mirror", "Teapot", "Rug", "Table", "Umbrella",
];
const MANNERS: [&str; 20] = [
    "Oak", "Linen", "Copper", "Walnut", "Ceramic", "Woollen", "Enamel", "Steel", "Leather",
    "Glass", "Cotton", "Marble", "Bamboo", "Felt", "Cork", "Brass", "Birch", "Slate", "Velvet",
    "Paper",
];
const VENDORS: [&str; 12] = [
    "Aster", "Birk", "Cobalt", "Dune", "Ember", "Fjord", "Grove", "Harbour", "Isle", "Juniper",
    "Kiln", "Loom",
];
const CATEGORIES: [&str; 6] = ["Living", "Kitchen", "Outdoors", "Clothing", "Desk", "Gifts"];

/// A product as orders remember it.
pub(super) struct Thing {
    pub(super) variant_id: VariantId,
    pub(super) handle: String,
    pub(super) title: String,
    pub(super) sku: String,
    pub(super) price: Money,
    made_at: Timestamp,
    thing: usize,
}

/// The `n`-th of them.
pub(super) fn thing(plan: &Plan, n: u32) -> Thing {
    let mut chance = Chance::of(2, plan.variation, n);
    let thing = chance.below(24) as usize;
    let (manner, vendor) = (chance.one(&MANNERS), chance.one(&VENDORS));
    let title = format!("{manner} {} {vendor} {n}", THINGS[thing]);
    let whole = 3 + chance.low(300);
    let price = Money::new(i64::from(whole) * 100 + 95, plan.currency);
    let back = i64::from(plan.products - n) * 60_000 + 740 * DAY_MS;
    let made_at = Timestamp::from_millis(plan.today.as_millis() - back);
    let variation = plan.variation;
    Thing {
        variant_id: VariantId::derived(made_at, name_of("variant", variation, n)),
        handle: format!("seed-{variation}-{n}"),
        title,
        sku: format!("SD{variation}-{n:06}"),
        price,
        made_at,
        thing,
    }
}

/// Whether the `n`-th can be bought: a few are being worked on, or were taken out.
pub(super) fn is_active(plan: &Plan, n: u32) -> bool {
    status(plan, n) == Status::Active
}

fn status(plan: &Plan, n: u32) -> Status {
    match Chance::of(3, plan.variation, n).below(100) {
        0..3 => Status::Draft,
        3..5 => Status::Archived,
        _ => Status::Active,
    }
}

/// Makes them all.
pub(super) async fn make(plan: &Plan, catalog: &Catalog) -> anyhow::Result<()> {
    let categories = categories(plan, catalog).await?;
    let bar = bar("products", plan.products)?;
    for from in (0..plan.products).step_by(BATCH as usize) {
        let to = plan.products.min(from + BATCH);
        let products = (from..to).map(|n| product(plan, n, &categories)).collect();
        let batch = CatalogBatch { products, ..CatalogBatch::default() };
        for outcome in catalog.put_batch(&batch).await?.products {
            if let CatalogOutcome::Refused { reason } = outcome {
                anyhow::bail!("{reason}");
            }
        }
        bar.inc((to - from).into());
    }
    done("products", plan.products, &bar);
    Ok(())
}

async fn categories(plan: &Plan, catalog: &Catalog) -> anyhow::Result<Vec<CategoryId>> {
    let moved: Vec<MovedCategory> = (0..)
        .zip(CATEGORIES)
        .map(|(n, name)| {
            let id = CategoryId::derived(plan.today, name_of("category", plan.variation, n));
            let category = PutCategory {
                name: name.to_owned(),
                slug: None,
                description: String::new(),
                parent_id: None,
                image_id: None,
                position: n.into(),
            };
            MovedCategory { id, category }
        })
        .collect();
    let categories = moved.clone();
    let batch = CatalogBatch { categories, ..CatalogBatch::default() };
    let outcomes = catalog.put_batch(&batch).await?.categories;
    ensure!(outcomes.len() == moved.len(), "`catalog` did not answer for every category");
    let id = |(moved, outcome): (MovedCategory, CatalogOutcome)| match outcome {
        CatalogOutcome::Same { id } => Ok(id),
        CatalogOutcome::Refused { reason } => Err(anyhow::anyhow!("{reason}")),
        _ => Ok(moved.id),
    };
    moved.into_iter().zip(outcomes).map(id).collect()
}

fn product(plan: &Plan, n: u32, categories: &[CategoryId]) -> MovedProduct {
    let mut chance = Chance::of(4, plan.variation, n);
    let Thing { variant_id, handle, title, sku, price, made_at, thing } = thing(plan, n);
    let variant = PutVariant {
        id: None,
        option_values: Vec::new(),
        sku: Some(sku),
        barcode: None,
        price,
        compare_at_price: chance
            .happens(15)
            .then(|| Money::new(price.amount_minor + 1000, price.currency)),
        weight_grams: 100 + chance.below(4000),
        taxable: true,
        requires_shipping: true,
        stock_item_id: None,
        track_stock: true,
        sell_when_out: false,
        on_hand: Some(if chance.happens(4) { 0 } else { 5 + i64::from(chance.below(300)) }),
        image_id: None,
    };
    let vendor = title.split(' ').nth(2).map(ToOwned::to_owned);
    let product = PutProduct {
        handle: Some(handle),
        description_html: format!("<p>{title}: made with care, and repaired for life.</p>"),
        vendor,
        product_type: Some(THINGS[thing].to_owned()),
        tags: vec![THINGS[thing].to_lowercase()],
        title,
        status: status(plan, n),
        options: Vec::new(),
        variants: vec![variant],
        image_ids: Vec::new(),
        category_ids: vec![categories[thing % categories.len()].clone()],
        seo: Seo::default(),
        publish_at: None,
        unpublish_at: None,
    };
    let id = ProductId::derived(made_at, name_of("product", plan.variation, n));
    MovedProduct {
        id,
        variant_ids: vec![variant_id],
        created_at: made_at,
        updated_at: made_at,
        product,
    }
}
