//! Export: all products in today's form of Shopify's CSV files, with what an import kept and did not understand.
//!
//! What an import brought comes out as it was; a cell that a spreadsheet would take for a formula has an apostrophe in
//! front, which an import takes away again.

mod rows;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use emart_catalog_api::ProductId;
use emart_inventory_api::StockItemId;
use emart_store::Tx;
use emart_types::spreadsheet::guarded;
use futures_util::{Stream, stream};

use crate::Catalog;
use crate::domain::product::{Extra, Record};
use crate::error::Error;
use crate::import::columns::COLUMNS;
use crate::store;
use crate::store::products::Which;

/// Products of a piece.
const PIECE: u32 = 200;

/// A file that is being written.
pub(crate) struct Export {
    catalog: Arc<Catalog>,
    /// Columns that mean nothing here, behind those that do.
    unknown: Vec<String>,
}

/// How many pieces there are of an item.
type Counts = HashMap<StockItemId, i64>;

impl Catalog {
    /// Begins an export: looks for the columns it needs.
    pub(crate) async fn export_products(self: Arc<Self>) -> Result<Export, Error> {
        let unknown = self.db.read_blocking(|tx| async move { unknown_columns(&tx).await }).await?;
        Ok(Export { catalog: self, unknown })
    }
}

async fn unknown_columns(tx: &Tx) -> Result<Vec<String>, Error> {
    let mut names = BTreeSet::new();
    for extra in store::products::extras(tx).await? {
        let extra: Extra = serde_json::from_str(&extra).unwrap_or_default();
        names.extend(extra.into_keys());
    }
    Ok(names.into_iter().filter(|name| !COLUMNS.iter().any(|(known, ..)| known == name)).collect())
}

impl Export {
    /// The file, piece by piece: the header, then products in the order they were made.
    pub(crate) fn pieces(self) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::try_unfold((self, Some(String::new()), true), |(export, after, first)| async move {
            let Some(after) = after else { return Ok(None) };
            let read = move |tx: Tx| async move {
                store::products::products(&tx, Which::After(&after, PIECE)).await
            };
            let products = export.catalog.db.read(read).await?;
            let full = products.len() == PIECE as usize;
            let next = products.last().filter(|_| full).map(|last: &Record| last.id.clone());
            let piece = export.piece(&products, first).await?;
            Ok::<_, Error>(Some((piece, (export, next.map(|id: ProductId| id.to_string()), false))))
        })
    }

    async fn piece(&self, products: &[Record], first: bool) -> Result<Bytes, Error> {
        let counts = self.counts(products).await?;
        let snapshot = self.catalog.model.snapshot_full();
        let context = rows::Context {
            currency: self.catalog.config.currency,
            unknown: &self.unknown,
            counts: &counts,
            tree: &snapshot.tree,
            file_name: &|id| self.catalog.file_name(id),
        };
        let mut csv = csv::Writer::from_writer(Vec::new());
        let failed = |error: csv::Error| Error::Disk(error.into());
        if first {
            csv.write_record(context.header().map(|cell| guarded(cell).into_owned()))
                .map_err(failed)?;
        }
        for product in products {
            for row in context.rows(product) {
                csv.write_record(row.iter().map(|cell| guarded(cell).into_owned()))
                    .map_err(failed)?;
            }
        }
        let bytes = csv.into_inner().map_err(|error| Error::Disk(error.into_error()))?;
        Ok(bytes.into())
    }

    async fn counts(&self, products: &[Record]) -> Result<Counts, Error> {
        let variants = products.iter().flat_map(|product| &product.variants);
        let ids: Vec<_> = variants.map(|variant| variant.stock_item_id.clone()).collect();
        if ids.is_empty() {
            return Ok(Counts::new());
        }
        let levels = self.catalog.inventory.levels(&ids).await?;
        Ok(levels.into_iter().map(|level| (level.id, level.on_hand)).collect())
    }
}
