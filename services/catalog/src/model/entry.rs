//! A product in memory, and its answers as they go out: rendered once, again only after a change of stock or tree.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use axum::http::HeaderValue;
use bytes::Bytes;
use emart_catalog_api::{
    CategoryId, Image, ImageId, Product, ProductCard, Status, Variant, VariantInfo,
};
use emart_http::ETag;
use emart_types::{Currency, Money, Timestamp};
use sha2::{Digest, Sha256};

use super::stock::{Cell, Stock};
use super::tree::Tree;
use crate::domain::product::{Record, VariantRecord, options, variant_title};

/// A product in memory.
#[derive(Debug)]
pub(crate) struct Entry {
    /// All but its stock and the names of its categories, which change by themselves.
    product: Product,
    category_ids: Vec<CategoryId>,
    /// One for each variant.
    cells: Vec<Arc<Cell>>,
    /// For sorting by title.
    pub(crate) title_key: String,
    /// For finding it at the desk: all that it goes by, in lower case.
    pub(super) find_key: String,
    pub(super) publish_at: Option<Timestamp>,
    pub(super) unpublish_at: Option<Timestamp>,
    detail: ArcSwapOption<Rendered>,
    card: ArcSwapOption<Rendered>,
}

/// A piece of JSON that is ready to go out.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) json: Bytes,
    pub(crate) etag: HeaderValue,
    stock: u64,
    tree: u64,
}

impl Entry {
    /// `image` finds a picture by its id.
    pub(crate) fn new(
        record: Record,
        currency: Currency,
        stock: &Stock,
        image: impl Fn(&ImageId) -> Option<Image>,
    ) -> Self {
        let cells = record.variants.iter().map(|v| stock.cell(v.stock_item_id.as_str())).collect();
        let images = record.images.iter();
        let images = images.filter_map(|picture| image(picture.image_id.as_ref()?)).collect();
        let title_key = record.title.to_lowercase();
        let find_key = find_key(&record);
        let (publish_at, unpublish_at) = (record.publish_at, record.unpublish_at);
        let options = options(&record.options, &record.variants);
        let variants = record.variants.into_iter().map(|v| seen(v, currency)).collect();
        let product = Product {
            id: record.id,
            handle: record.handle,
            title: record.title,
            description_html: record.description_html,
            vendor: record.vendor,
            product_type: record.product_type,
            tags: record.tags,
            status: record.status,
            options,
            variants,
            images,
            categories: Vec::new(),
            seo: record.seo,
            in_stock: false,
            version: record.version,
            created_at: record.created_at,
            updated_at: record.updated_at,
        };
        let category_ids = record.category_ids;
        let (detail, card) = Default::default();
        Self {
            product,
            category_ids,
            cells,
            title_key,
            find_key,
            publish_at,
            unpublish_at,
            detail,
            card,
        }
    }

    /// The product without its stock and categories: what does not change by itself.
    pub(crate) const fn fixed(&self) -> &Product {
        &self.product
    }

    /// The categories it hangs in.
    pub(crate) fn category_ids(&self) -> &[CategoryId] {
        &self.category_ids
    }

    pub(crate) fn is_active(&self) -> bool {
        self.product.status == Status::Active
    }

    /// Whether any variant can be bought now.
    pub(crate) fn in_stock(&self) -> bool {
        self.cells.iter().any(|cell| cell.level().in_stock())
    }

    /// Whether the variant at this place can be bought now.
    pub(crate) fn variant_in_stock(&self, place: usize) -> bool {
        self.cells.get(place).is_some_and(|cell| cell.level().in_stock())
    }

    /// Pieces of the variant at this place that can be bought; `None` when there is no limit.
    pub(super) fn available(&self, place: usize) -> Option<i64> {
        self.cells.get(place)?.level().available()
    }

    /// The cheapest variant's price, in minor units.
    pub(crate) fn price_from(&self) -> i64 {
        self.product.variants.iter().map(|v| v.price.amount_minor).min().unwrap_or(0)
    }

    /// The product as shoppers see it now.
    pub(crate) fn product(&self, tree: &Tree) -> Product {
        let mut product = self.product.clone();
        for (variant, cell) in product.variants.iter_mut().zip(&self.cells) {
            let level = cell.level();
            variant.in_stock = level.in_stock();
            variant.available = level.available();
        }
        product.in_stock = product.variants.iter().any(|variant| variant.in_stock);
        product.categories = self.category_ids.iter().filter_map(|id| tree.path(id)).collect();
        product
    }

    /// The product in a list, as shoppers see it now.
    pub(crate) fn card(&self) -> Option<ProductCard> {
        let product = &self.product;
        let cheapest = product.variants.iter().min_by_key(|v| v.price.amount_minor)?;
        let dearest = product.variants.iter().max_by_key(|v| v.price.amount_minor)?;
        let only = (product.variants.len() == 1).then(|| cheapest.id.clone());
        Some(ProductCard {
            id: product.id.clone(),
            handle: product.handle.clone(),
            title: product.title.clone(),
            vendor: product.vendor.clone(),
            price_from: cheapest.price,
            price_to: dearest.price,
            compare_at_price: cheapest.compare_at_price,
            image: product.images.first().cloned(),
            in_stock: self.in_stock(),
            variant_count: u32::try_from(product.variants.len()).unwrap_or(u32::MAX),
            only_variant_id: only,
        })
    }

    /// What carts, quotes and orders need to know of the variant at this place.
    pub(crate) fn variant_info(&self, place: usize, tree: &Tree) -> Option<VariantInfo> {
        let (product, variant) = (&self.product, self.product.variants.get(place)?);
        let level = self.cells.get(place)?.level();
        let shown = variant.image_id.as_ref();
        let image = product.images.iter().find(|image| Some(&image.id) == shown);
        Some(VariantInfo {
            id: variant.id.clone(),
            product_id: product.id.clone(),
            handle: product.handle.clone(),
            title: product.title.clone(),
            variant_title: variant.title.clone(),
            sku: variant.sku.clone(),
            price: variant.price,
            weight_grams: variant.weight_grams,
            taxable: variant.taxable,
            requires_shipping: variant.requires_shipping,
            stock_item_id: variant.stock_item_id.clone(),
            for_sale: self.is_active(),
            in_stock: level.in_stock(),
            available: level.available(),
            image: image.or_else(|| product.images.first()).cloned(),
            category_ids: self
                .category_ids
                .iter()
                .flat_map(|id| tree.upwards(id))
                .map(|above| above.id.clone())
                .collect(),
        })
    }

    /// The product as JSON.
    pub(crate) fn detail_json(&self, tree: &Tree) -> Arc<Rendered> {
        self.rendered(&self.detail, tree.version(), || serde_json::to_vec(&self.product(tree)))
    }

    /// The card as JSON.
    pub(crate) fn card_json(&self) -> Arc<Rendered> {
        self.rendered(&self.card, 0, || serde_json::to_vec(&self.card()))
    }

    fn rendered(
        &self,
        slot: &ArcSwapOption<Rendered>,
        tree: u64,
        json: impl FnOnce() -> serde_json::Result<Vec<u8>>,
    ) -> Arc<Rendered> {
        // Read before the levels: a change in between is rendered once more the next time.
        let stock = self.cells.iter().map(|cell| cell.changes()).sum();
        if let Some(rendered) = &*slot.load()
            && (rendered.stock, rendered.tree) == (stock, tree)
        {
            return Arc::clone(rendered);
        }
        let json = Bytes::from(json().expect("products have no maps with keys other than text"));
        let etag = self.etag(&json).header();
        let rendered = Arc::new(Rendered { json, etag, stock, tree });
        slot.store(Some(Arc::clone(&rendered)));
        rendered
    }

    /// `<version>.<hash>`: the version is what people change, the hash follows stock too.
    fn etag(&self, json: &[u8]) -> ETag {
        let hash = Sha256::digest(json);
        let short = u64::from_be_bytes([
            hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7],
        ]);
        ETag::new(format_args!("{}.{short:016x}", self.product.version))
    }
}

fn find_key(record: &Record) -> String {
    let head =
        [Some(record.title.as_str()), Some(record.handle.as_str()), record.vendor.as_deref()];
    let variants = record.variants.iter();
    let codes = variants.flat_map(|variant| [variant.sku.as_deref(), variant.barcode.as_deref()]);
    let texts = head.into_iter().chain(codes).flatten();
    texts.map(str::to_lowercase).collect::<Vec<_>>().join("\n")
}

fn seen(variant: VariantRecord, currency: Currency) -> Variant {
    Variant {
        id: variant.id,
        title: variant_title(&variant.option_values),
        option_values: variant.option_values,
        sku: variant.sku,
        barcode: variant.barcode,
        price: Money::new(variant.price, currency),
        compare_at_price: variant.compare_at_price.map(|price| Money::new(price, currency)),
        weight_grams: variant.weight_grams,
        taxable: variant.taxable,
        requires_shipping: variant.requires_shipping,
        stock_item_id: variant.stock_item_id,
        in_stock: false,
        available: None,
        image_id: variant.image_id,
    }
}
