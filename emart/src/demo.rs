//! The demo catalogue: what a store that is started for the first time shows. It comes in through the import, as a
//! merchant's own file would.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bytes::Bytes;
use emart_catalog_api::{Catalog, ImportSource};
use emart_events::Tasks;
use emart_http::{Caller, Context};

const PRODUCTS: &[u8] = include_bytes!("../demo/products.csv");
const CATEGORIES: &[u8] = include_bytes!("../demo/categories.csv");
const PICTURES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/pictures.rs"));

/// While this file is there, the demo catalogue has not come in whole.
const UNFINISHED: &str = "demo-unfinished";

/// Notes, before the databases are made, whether the demo catalogue is to come in: the store is new, or was stopped
/// while it came in.
pub(crate) fn is_due(data: &Path) -> anyhow::Result<bool> {
    let unfinished = data.join(UNFINISHED);
    if !data.join("catalog.db").exists() && !unfinished.exists() {
        std::fs::write(&unfinished, "").context("note that the demo catalogue is due")?;
    }
    Ok(unfinished.exists())
}

/// Whether nobody has put a product into this store, of whatever status.
pub(crate) async fn is_empty(catalog: &Catalog) -> anyhow::Result<bool> {
    let asked = async {
        for status in ["active", "draft", "archived"] {
            let page = catalog.products(&format!("status={status}&limit=1")).await?;
            if !page.items.is_empty() {
                return Ok(false);
            }
        }
        anyhow::Ok(true)
    };
    Context::new(Caller::service("demo")).scope(asked).await.context("look for products")
}

/// Brings its products in; their pictures follow while the store is open already, for they take a while.
pub(crate) async fn fill_soon(tasks: &Tasks, catalog: Catalog, data: &Path) -> anyhow::Result<()> {
    fill(&catalog).await.context("the demo catalogue")?;
    tasks.spawn("demo pictures", fill_pictures(catalog, data.to_owned()));
    Ok(())
}

async fn fill(catalog: &Catalog) -> anyhow::Result<()> {
    let work = async {
        catalog.import_categories(Bytes::from_static(CATEGORIES), None).await?;
        let source = ImportSource { dry_run: false, skip_images: true, image_folder: None };
        catalog.import_locally(Bytes::from_static(PRODUCTS), source, |_, _| {}).await
    };
    Context::new(Caller::service("demo")).scope(work).await?;
    tracing::info!("a new store: it has a demo catalogue, whose pictures are being drawn up");
    Ok(())
}

async fn fill_pictures(catalog: Catalog, data: PathBuf) {
    let work =
        Context::new(Caller::service("demo")).scope(async { pictures(&catalog, &data).await });
    match work.await {
        Ok(count) => tracing::info!(count, "the demo catalogue has its pictures"),
        Err(error) => tracing::warn!(%error, "the demo's pictures come in at the next start"),
    }
}

async fn pictures(catalog: &Catalog, data: &Path) -> anyhow::Result<u64> {
    let folder = data.join("demo-pictures");
    std::fs::create_dir_all(&folder)?;
    for (name, picture) in PICTURES {
        std::fs::write(folder.join(name), picture)?;
    }
    let folder = folder.canonicalize()?;
    let source = ImportSource { dry_run: false, skip_images: false, image_folder: Some(&folder) };
    let report = catalog.import_locally(Bytes::from_static(PRODUCTS), source, |_, _| {}).await?;
    catalog.import_categories(Bytes::from_static(CATEGORIES), Some(&folder)).await?;
    std::fs::remove_dir_all(&folder)?;
    std::fs::remove_file(data.join(UNFINISHED))?;
    Ok(report.images)
}
