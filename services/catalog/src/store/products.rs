//! Products and all that belongs to them: read whole, written whole.

use std::collections::HashMap;

use emart_catalog_api::{CategoryId, ProductId, Seo};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use super::{json, parsed, parsed_opt, to_json};
use crate::domain::product::{Picture, Record, VariantRecord, status_of, status_text};

const PRODUCT: &str = "id, handle, title, description_html, vendor, product_type, tags, status, options, \
    seo_title, seo_description, extra, version, created_at, updated_at, publish_at, unpublish_at";
const VARIANT: &str = "product_id, id, option_values, sku, barcode, price, compare_at_price, weight_grams, taxable, \
    requires_shipping, stock_item_id, track_stock, sell_when_out, imported_on_hand, image_id, image_source, extra";

/// Which products to read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'a> {
    /// All of them; for start-up.
    All,
    /// One.
    Id(&'a ProductId),
    /// Up to `limit` of those after an id, in order; for the export.
    After(&'a str, u32),
    /// Those with these ids, separated by commas. On PostgreSQL, for what other copies changed.
    These(&'a str),
}

/// Reads products in the order they were made.
pub(crate) async fn products(tx: &Tx, which: Which<'_>) -> Result<Vec<Record>, Error> {
    let (filter, params): (&str, Vec<Val>) = match which {
        Which::All => ("", vec![]),
        Which::Id(id) => (" WHERE id = $1", vec![id.as_str().into()]),
        Which::After(id, limit) => {
            (" WHERE id > $1 ORDER BY id LIMIT $2", vec![id.into(), limit.into()])
        }
        Which::These(ids) => (" WHERE id = ANY (string_to_array($1, ','))", vec![ids.into()]),
    };
    let order = if filter.contains("ORDER") { "" } else { " ORDER BY id" };
    let sql = format!("SELECT {PRODUCT} FROM products{filter}{order}");
    let mut products: Vec<Record> = tx.all_dyn(&sql, &params).await?;
    let (Some(first), Some(last)) = (products.first(), products.last()) else {
        return Ok(products);
    };
    // One product's rows are found by its id; a run of products' by the range of theirs.
    let parts = match which {
        Which::These(_) => {
            Parts::read(tx, "product_id = ANY (string_to_array($1, ','))", &params).await?
        }
        _ => {
            let range = vals![first.id.as_str(), last.id.as_str()];
            Parts::read(tx, "product_id >= $1 AND product_id <= $2", range).await?
        }
    };
    parts.give_to(&mut products);
    Ok(products)
}

/// The rows that belong to products, by product.
struct Parts {
    variants: HashMap<ProductId, Vec<VariantRecord>>,
    images: HashMap<ProductId, Vec<Picture>>,
    categories: HashMap<ProductId, Vec<CategoryId>>,
}

/// A row that belongs to a product.
struct Of<T>(ProductId, T);

impl Parts {
    async fn read(tx: &Tx, which: &str, range: &[Val]) -> Result<Self, Error> {
        let among = format!("WHERE {which} ORDER BY product_id, position");
        let sql = format!("SELECT {VARIANT} FROM variants {among}");
        let variants = grouped(tx.all_dyn(&sql, range).await?);
        let columns = "product_id, image_id, alt, source, extra";
        let sql = format!("SELECT {columns} FROM product_images {among}");
        let images = grouped(tx.all_dyn(&sql, range).await?);
        let sql = format!("SELECT product_id, category_id FROM product_categories {among}");
        let categories = grouped(tx.all_dyn(&sql, range).await?);
        Ok(Self { variants, images, categories })
    }

    fn give_to(mut self, products: &mut [Record]) {
        for product in products {
            product.variants = self.variants.remove(&product.id).unwrap_or_default();
            product.images = self.images.remove(&product.id).unwrap_or_default();
            product.category_ids = self.categories.remove(&product.id).unwrap_or_default();
        }
    }
}

fn grouped<T>(rows: Vec<Of<T>>) -> HashMap<ProductId, Vec<T>> {
    let mut groups: HashMap<ProductId, Vec<T>> = HashMap::new();
    for Of(id, row) in rows {
        groups.entry(id).or_default().push(row);
    }
    groups
}

/// Writes a new product; `false` when its handle is taken.
pub(crate) async fn insert(tx: &Tx, product: &Record) -> Result<bool, Error> {
    let sql = "INSERT INTO products (id, handle, title, description_html, vendor, product_type, tags, status, options, \
        seo_title, seo_description, extra, publish_at, unpublish_at, version, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING";
    let mut params = head(product)?;
    params.extend([
        product.version.into(),
        product.created_at.as_millis().into(),
        product.updated_at.as_millis().into(),
    ]);
    if tx.exec(sql, &params).await? == 0 {
        return Ok(false);
    }
    insert_parts(tx, product).await?;
    Ok(true)
}

/// Writes a product over the version before it; `false` when that is not the one in the database.
pub(crate) async fn update(tx: &Tx, product: &Record) -> Result<bool, Error> {
    let sql = "UPDATE products SET handle = $2, title = $3, description_html = $4, vendor = $5, product_type = $6, \
        tags = $7, status = $8, options = $9, seo_title = $10, seo_description = $11, extra = $12, publish_at = $13, \
        unpublish_at = $14, version = $15 + 1, updated_at = $16 WHERE id = $1 AND version = $15";
    let mut params = head(product)?;
    params.extend([(product.version - 1).into(), product.updated_at.as_millis().into()]);
    if tx.exec(sql, &params).await? == 0 {
        return Ok(false);
    }
    let id = vals![product.id.as_str()].to_vec();
    tx.exec("DELETE FROM variants WHERE product_id = $1", &id).await?;
    tx.exec("DELETE FROM product_images WHERE product_id = $1", &id).await?;
    tx.exec("DELETE FROM product_categories WHERE product_id = $1", &id).await?;
    insert_parts(tx, product).await?;
    Ok(true)
}

/// Deletes a product; `false` when it is not there.
pub(crate) async fn delete(tx: &Tx, id: &ProductId) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM products WHERE id = $1", vals![id.as_str()]).await? == 1)
}

/// Some of the products whose time to go on sale, or to come off it, has come; the longest waiting first.
pub(crate) async fn due(tx: &Tx, now: Timestamp, limit: u32) -> Result<Vec<String>, Error> {
    let sql = "SELECT id FROM products WHERE publish_at IS NOT NULL AND publish_at <= $1 \
        ORDER BY publish_at LIMIT $2";
    let mut ids: Vec<String> = tx.all(sql, vals![now.as_millis(), limit]).await?;
    let sql = "SELECT id FROM products WHERE unpublish_at IS NOT NULL AND unpublish_at <= $1 \
        ORDER BY unpublish_at LIMIT $2";
    let off: Vec<String> = tx.all(sql, vals![now.as_millis(), limit]).await?;
    ids.extend(off);
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// What imports kept and did not understand, of all products, variants and pictures.
pub(crate) async fn extras(tx: &Tx) -> Result<Vec<String>, Error> {
    let sql = "SELECT extra FROM products WHERE extra <> '{}' UNION SELECT extra FROM variants WHERE extra <> '{}' \
        UNION SELECT extra FROM product_images WHERE extra <> '{}'";
    tx.all(sql, &[]).await
}

fn head(product: &Record) -> Result<Vec<Val>, Error> {
    Ok(vec![
        product.id.as_str().into(),
        product.handle.as_str().into(),
        product.title.as_str().into(),
        product.description_html.as_str().into(),
        product.vendor.as_deref().into(),
        product.product_type.as_deref().into(),
        to_json(&product.tags)?.into(),
        status_text(product.status).into(),
        to_json(&product.options)?.into(),
        product.seo.title.as_deref().into(),
        product.seo.description.as_deref().into(),
        to_json(&product.extra)?.into(),
        product.publish_at.map(Timestamp::as_millis).into(),
        product.unpublish_at.map(Timestamp::as_millis).into(),
    ])
}

async fn insert_parts(tx: &Tx, product: &Record) -> Result<(), Error> {
    let id = product.id.as_str();
    let mut rows = Vec::with_capacity(product.variants.len());
    for (position, variant) in (0..).zip(&product.variants) {
        rows.push(variant_values(id, position, variant)?);
    }
    let sql = "INSERT INTO variants (product_id, position, id, option_values, sku, barcode, price, compare_at_price, \
        weight_grams, taxable, requires_shipping, stock_item_id, track_stock, sell_when_out, imported_on_hand, \
        image_id, image_source, extra) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    tx.exec_many(sql, &rows).await?;
    let mut rows = Vec::with_capacity(product.images.len());
    for (position, picture) in (0i64..).zip(&product.images) {
        let (image, extra) = (picture.image_id.as_ref().map(AsRef::<str>::as_ref), &picture.extra);
        let (alt, source) = (picture.alt.as_str(), picture.source.as_str());
        rows.push(vals![id, position, image, alt, source, to_json(extra)?].to_vec());
    }
    let sql = "INSERT INTO product_images (product_id, position, image_id, alt, source, extra) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    tx.exec_many(sql, &rows).await?;
    let places = (0i64..).zip(&product.category_ids);
    let rows: Vec<_> =
        places.map(|(at, category)| vals![id, at, category.as_str()].to_vec()).collect();
    let sql =
        "INSERT INTO product_categories (product_id, position, category_id) VALUES ($1, $2, $3)";
    tx.exec_many(sql, &rows).await.map(|_| ())
}

fn variant_values(
    product: &str,
    position: i64,
    variant: &VariantRecord,
) -> Result<Vec<Val>, Error> {
    Ok(vec![
        product.into(),
        position.into(),
        variant.id.as_str().into(),
        to_json(&variant.option_values)?.into(),
        variant.sku.as_deref().into(),
        variant.barcode.as_deref().into(),
        variant.price.into(),
        variant.compare_at_price.into(),
        variant.weight_grams.into(),
        variant.taxable.into(),
        variant.requires_shipping.into(),
        variant.stock_item_id.as_str().into(),
        variant.track_stock.into(),
        variant.sell_when_out.into(),
        variant.imported_on_hand.into(),
        variant.image_id.as_ref().map(AsRef::<str>::as_ref).into(),
        variant.image_source.as_str().into(),
        to_json(&variant.extra)?.into(),
    ])
}

impl FromRow for Record {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let status: String = row.get(7)?;
        let (publish_at, unpublish_at): (Option<i64>, Option<i64>) = (row.get(15)?, row.get(16)?);
        Ok(Self {
            id: parsed(row, 0)?,
            handle: row.get(1)?,
            title: row.get(2)?,
            description_html: row.get(3)?,
            vendor: row.get(4)?,
            product_type: row.get(5)?,
            tags: json(row, 6)?,
            status: status_of(&status)
                .ok_or_else(|| Error::Decode { column: 7, reason: "no such status".to_owned() })?,
            options: json(row, 8)?,
            variants: Vec::new(),
            images: Vec::new(),
            category_ids: Vec::new(),
            seo: Seo { title: row.get(9)?, description: row.get(10)? },
            extra: json(row, 11)?,
            publish_at: publish_at.map(Timestamp::from_millis),
            unpublish_at: unpublish_at.map(Timestamp::from_millis),
            version: row.get(12)?,
            created_at: Timestamp::from_millis(row.get(13)?),
            updated_at: Timestamp::from_millis(row.get(14)?),
        })
    }
}

impl FromRow for Of<VariantRecord> {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let variant = VariantRecord {
            id: parsed(row, 1)?,
            option_values: json(row, 2)?,
            sku: row.get(3)?,
            barcode: row.get(4)?,
            price: row.get(5)?,
            compare_at_price: row.get(6)?,
            weight_grams: row.get(7)?,
            taxable: row.get(8)?,
            requires_shipping: row.get(9)?,
            stock_item_id: parsed(row, 10)?,
            track_stock: row.get(11)?,
            sell_when_out: row.get(12)?,
            imported_on_hand: row.get(13)?,
            image_id: parsed_opt(row, 14)?,
            image_source: row.get(15)?,
            extra: json(row, 16)?,
        };
        Ok(Self(parsed(row, 0)?, variant))
    }
}

impl FromRow for Of<Picture> {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let picture = Picture {
            image_id: parsed_opt(row, 1)?,
            alt: row.get(2)?,
            source: row.get(3)?,
            extra: json(row, 4)?,
        };
        Ok(Self(parsed(row, 0)?, picture))
    }
}

impl FromRow for Of<CategoryId> {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(parsed(row, 0)?, parsed(row, 1)?))
    }
}
