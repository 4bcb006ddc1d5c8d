//! How others call `catalog`.

use std::path::Path;

use bytes::Bytes;
use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};
use http::Request;
use http_body_util::BodyExt;

use crate::{
    BulkEdit, BulkResult, CatalogBatch, CatalogOutcomes, Category, CategoryId, Collection,
    CollectionId, DeskProduct, Image, ImportLine, ImportReport, ImportRun, ImportRunId,
    ImportSource, Listing, Product, ProductCard, ProductForEdit, ProductId, ProductPatch,
    PutCategory, PutCollection, PutMedia, PutProduct, SearchResult, Suggestions, VariantId,
    VariantInfo,
};

/// A typed handle to `catalog`.
#[derive(Clone, Debug)]
pub struct Catalog(pub Peer);

impl Catalog {
    /// Active products; `query` as in `GET /api/v1/catalog/products`.
    pub async fn products(&self, query: &str) -> Result<Page<ProductCard>, CallError> {
        Call::get(&self.0, "/api/v1/catalog/products").query(query).send().await
    }

    /// A product by its id or handle; `None` when there is none that the caller may see.
    pub async fn product(&self, id_or_handle: &str) -> Result<Option<Product>, CallError> {
        Call::get(&self.0, format!("/api/v1/catalog/products/{id_or_handle}")).optional().await
    }

    /// The whole category tree.
    pub async fn categories(&self) -> Result<Vec<Category>, CallError> {
        let page: Page<Category> = Call::get(&self.0, "/api/v1/catalog/categories").send().await?;
        Ok(page.items)
    }

    /// Searches; `query` as in `GET /api/v1/catalog/search`.
    pub async fn search(&self, query: &str) -> Result<SearchResult, CallError> {
        Call::get(&self.0, "/api/v1/catalog/search").query(query).send().await
    }

    /// Proposes while typing; `query` as in `GET /api/v1/catalog/suggestions`.
    pub async fn suggestions(&self, query: &str) -> Result<Suggestions, CallError> {
        Call::get(&self.0, "/api/v1/catalog/suggestions").query(query).send().await
    }

    /// Variants by id, for carts, quotes and orders; unknown ones are left out.
    pub async fn variants(&self, ids: &[VariantId]) -> Result<Vec<VariantInfo>, CallError> {
        let ids: Vec<&str> = ids.iter().map(VariantId::as_str).collect();
        let path = format!("/internal/catalog/variants?ids={}", ids.join(","));
        Call::get(&self.0, path).send().await
    }

    /// Everything that is sold, in short; `None` when that is still what `etag` names.
    pub async fn listing(&self, etag: &str) -> Result<Option<Listing>, CallError> {
        Call::get(&self.0, format!("/internal/catalog/listing?etag={etag}")).send().await
    }

    /// Makes a product. Staff only.
    pub async fn create_product(&self, product: &PutProduct) -> Result<Product, CallError> {
        Call::post(&self.0, "/api/v1/catalog/products").json(product).send().await
    }

    /// Changes a product; `None` when there is none. Staff only.
    pub async fn patch_product(
        &self,
        id: &ProductId,
        patch: &ProductPatch,
    ) -> Result<Option<Product>, CallError> {
        let path = format!("/internal/catalog/products/{id}");
        Call::patch(&self.0, path).json(patch).optional().await
    }

    /// Deletes a product. Staff only.
    pub async fn delete_product(&self, id: &ProductId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/catalog/products/{id}")).done().await
    }

    /// Products in every status; `query` as in `GET /api/v1/catalog/desk/products`. Needs `products:read`.
    pub async fn desk_products(&self, query: &str) -> Result<Page<DeskProduct>, CallError> {
        Call::get(&self.0, "/api/v1/catalog/desk/products").query(query).send().await
    }

    /// A product as it was written; `None` when there is none. Needs `products:read`.
    pub async fn product_for_edit(
        &self,
        id: &ProductId,
    ) -> Result<Option<ProductForEdit>, CallError> {
        Call::get(&self.0, format!("/api/v1/catalog/desk/products/{id}")).optional().await
    }

    /// Replaces a product of this version. Needs `products:write`.
    pub async fn replace_product(
        &self,
        id: &ProductId,
        version: i64,
        product: &PutProduct,
    ) -> Result<Product, CallError> {
        Call::put(&self.0, format!("/api/v1/catalog/products/{id}"))
            .header("if-match", &format!("\"{version}\""))
            .json(product)
            .send()
            .await
    }

    /// Makes a draft like a product. Needs `products:write`.
    pub async fn duplicate_product(&self, id: &ProductId) -> Result<ProductForEdit, CallError> {
        let path = format!("/api/v1/catalog/desk/products/{id}/duplicate");
        Call::post(&self.0, path).send().await
    }

    /// Says which pictures a product of this version has. Needs `products:write`.
    pub async fn put_media(
        &self,
        id: &ProductId,
        version: i64,
        media: &PutMedia,
    ) -> Result<ProductForEdit, CallError> {
        Call::put(&self.0, format!("/api/v1/catalog/desk/products/{id}/media"))
            .header("if-match", &format!("\"{version}\""))
            .json(media)
            .send()
            .await
    }

    /// Changes many products, once for each key. Needs `products:write`.
    pub async fn bulk_edit(&self, edit: &BulkEdit, key: &str) -> Result<BulkResult, CallError> {
        Call::post(&self.0, "/api/v1/catalog/desk/products/bulk").once(key).json(edit).send().await
    }

    /// Collections that everyone sees; with `products:read` and `query` of `all=true`, all of them.
    pub async fn collections(&self, query: &str) -> Result<Page<Collection>, CallError> {
        Call::get(&self.0, "/api/v1/catalog/collections").query(query).send().await
    }

    /// A collection by its id or handle; `None` when there is none that the caller may see.
    pub async fn collection(&self, id_or_handle: &str) -> Result<Option<Collection>, CallError> {
        Call::get(&self.0, format!("/api/v1/catalog/collections/{id_or_handle}")).optional().await
    }

    /// Makes a collection. Needs `products:write`.
    pub async fn create_collection(&self, put: &PutCollection) -> Result<Collection, CallError> {
        Call::post(&self.0, "/api/v1/catalog/collections").json(put).send().await
    }

    /// Replaces a collection of this version. Needs `products:write`.
    pub async fn replace_collection(
        &self,
        id: &CollectionId,
        version: i64,
        put: &PutCollection,
    ) -> Result<Collection, CallError> {
        Call::put(&self.0, format!("/api/v1/catalog/collections/{id}"))
            .header("if-match", &format!("\"{version}\""))
            .json(put)
            .send()
            .await
    }

    /// Deletes a collection; its products stay. Needs `products:write`.
    pub async fn delete_collection(&self, id: &CollectionId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/catalog/collections/{id}")).done().await
    }

    /// Begins an import that goes on by itself. Needs `products:write`.
    pub async fn start_import(
        &self,
        csv: Bytes,
        file_name: &str,
        dry_run: bool,
    ) -> Result<ImportRun, CallError> {
        let name: String = url::form_urlencoded::byte_serialize(file_name.as_bytes()).collect();
        Call::post(&self.0, "/api/v1/catalog/imports/runs")
            .query(&format!("dry_run={dry_run}&file_name={name}"))
            .body("text/csv", csv)
            .send()
            .await
    }

    /// How far an import is; `None` when there is none. Needs `products:write`.
    pub async fn import_run(&self, id: &ImportRunId) -> Result<Option<ImportRun>, CallError> {
        Call::get(&self.0, format!("/api/v1/catalog/imports/runs/{id}")).optional().await
    }

    /// Does what a preview said. Needs `products:write`.
    pub async fn apply_import(&self, id: &ImportRunId) -> Result<ImportRun, CallError> {
        Call::post(&self.0, format!("/api/v1/catalog/imports/runs/{id}/apply")).send().await
    }

    /// Replaces a category. Needs `products:write`.
    pub async fn replace_category(
        &self,
        id: &CategoryId,
        category: &PutCategory,
    ) -> Result<Category, CallError> {
        let path = format!("/api/v1/catalog/categories/{id}");
        Call::put(&self.0, path).json(category).send().await
    }

    /// Makes a category. Staff only.
    pub async fn create_category(&self, category: &PutCategory) -> Result<Category, CallError> {
        Call::post(&self.0, "/api/v1/catalog/categories").json(category).send().await
    }

    /// Deletes a category that has none below it. Staff only.
    pub async fn delete_category(&self, id: &CategoryId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/catalog/categories/{id}")).done().await
    }

    /// Takes categories and products in that were made elsewhere; says of each what became of it, or would. Internal.
    pub async fn put_batch(&self, batch: &CatalogBatch) -> Result<CatalogOutcomes, CallError> {
        Call::post(&self.0, "/internal/catalog/batches").json(batch).send().await
    }

    /// Takes a picture in. Staff only.
    pub async fn create_image(&self, alt: &str, picture: Bytes) -> Result<Image, CallError> {
        Call::post(&self.0, "/api/v1/catalog/media")
            .header("emart-image-alt", alt)
            .body("application/octet-stream", picture)
            .send()
            .await
    }

    /// Reads products from a CSV file in Shopify's format. Staff only.
    pub async fn import_products(
        &self,
        csv: Bytes,
        dry_run: bool,
    ) -> Result<ImportReport, CallError> {
        let path = format!("/api/v1/catalog/imports?dry_run={dry_run}");
        Call::post(&self.0, path).body("text/csv", csv).send().await
    }

    /// The same for a command on the store's machine: however long it takes, and with its progress (rows dealt with, rows
    /// there are). Internal.
    pub async fn import_locally(
        &self,
        csv: Bytes,
        source: ImportSource<'_>,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<ImportReport, CallError> {
        let ImportSource { dry_run, skip_images, image_folder } = source;
        let images = !skip_images;
        let path = format!(
            "/internal/catalog/imports?dry_run={dry_run}&images={images}{}",
            folder_query('&', image_folder)
        );
        let request = Request::post(path).body(csv).map_err(malformed)?;
        let mut body = self.0.forward(request).await?.into_body();
        let mut text = Vec::new();
        while let Some(frame) = body.frame().await {
            text.extend_from_slice(&frame.map_err(malformed)?.into_data().unwrap_or_default());
            while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = text.drain(..=end).collect();
                match serde_json::from_slice(&line).map_err(malformed)? {
                    ImportLine::Progress { done, rows } => progress(done, rows),
                    ImportLine::Report(report) => return Ok(*report),
                    ImportLine::Problem(problem) => return Err(CallError::Problem(problem)),
                }
            }
        }
        Err(malformed("the import ended without a report"))
    }

    /// Makes or changes categories from a file with the columns `path, slug, description, image`; returns how many.
    /// Internal.
    pub async fn import_categories(
        &self,
        csv: Bytes,
        image_folder: Option<&Path>,
    ) -> Result<u64, CallError> {
        let path = format!("/internal/catalog/categories{}", folder_query('?', image_folder));
        Call::post(&self.0, path).body("text/csv", csv).send().await
    }

    /// Writes all products as a CSV file in Shopify's format. Staff only.
    pub async fn export_products(&self) -> Result<Bytes, CallError> {
        let (_, body) = Call::get(&self.0, "/api/v1/catalog/exports/products.csv").bytes().await?;
        Ok(body)
    }
}

fn folder_query(before: char, folder: Option<&Path>) -> String {
    let Some(folder) = folder else { return String::new() };
    let folder = url::form_urlencoded::byte_serialize(folder.as_os_str().as_encoded_bytes());
    format!("{before}folder={}", folder.collect::<String>())
}

#[expect(clippy::needless_pass_by_value, reason = "it is the function of a `map_err`")]
fn malformed(error: impl ToString) -> CallError {
    CallError::Malformed(error.to_string())
}
