//! Products in and out as files.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use emart_catalog_api::{ImportLine, ImportReport};
use emart_events::Tasks;
use emart_http::{Context, Json, Problem, Query, Staff};
use futures_util::{StreamExt, stream};
use http::{HeaderValue, header};
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::Catalog;
use crate::error::Error;
use crate::import::{Options, Pictures, Unreadable};

/// How to import.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// Writes nothing and says what it would do.
    #[serde(default)]
    dry_run: bool,
    /// Whether pictures are fetched; yes if absent. Those that are not can be fetched by a later run.
    #[serde(default = "yes")]
    images: bool,
}

const fn yes() -> bool {
    true
}

/// Reads products from a CSV file in Shopify's format, either generation of its columns. For staff. The same file again
/// changes nothing.
#[utoipa::path(post, path = "/api/v1/catalog/imports", operation_id = "import_products", tag = "catalog",
    params(ImportQuery), request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportReport), (status = "4XX", body = Problem)))]
pub(crate) async fn import_products(
    _: Staff,
    State(catalog): State<Arc<Catalog>>,
    Query(query): Query<ImportQuery>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ImportReport>, Error> {
    let csv = body.map_err(|_| Unreadable::TooLarge(catalog.config.import_mib))?;
    let pictures = if query.images { Pictures::Fetch(None) } else { Pictures::Skip };
    let options = Options { dry_run: query.dry_run, pictures };
    Ok(Json(catalog.import_products(csv, options, |_| {}).await?))
}

/// How a command imports.
#[derive(Debug, Deserialize)]
pub(crate) struct LocalImport {
    #[serde(default)]
    dry_run: bool,
    #[serde(default = "yes")]
    images: bool,
    /// A folder on this machine in which pictures are looked for first.
    folder: Option<PathBuf>,
}

/// The same for a command on this machine, which hears of the progress line by line. Internal.
pub(crate) async fn import_locally(
    State((catalog, tasks)): State<(Arc<Catalog>, Tasks)>,
    Query(query): Query<LocalImport>,
    csv: Bytes,
) -> Response {
    let pictures = if query.images { Pictures::Fetch(query.folder) } else { Pictures::Skip };
    let options = Options { dry_run: query.dry_run, pictures };
    let (lines, heard) = mpsc::unbounded_channel();
    // The caller's deadline is for the first line; the work takes as long as it takes.
    let caller = Context::current().unwrap_or_default().caller().clone();
    let work = async move {
        let progress = |progress: crate::import::Progress| {
            // Nobody listens any more: the work is carried to its end all the same.
            let _ = lines.send(ImportLine::Progress { done: progress.done, rows: progress.rows });
        };
        let done = catalog.import_products(csv, options, progress).await;
        let _ = lines.send(match done {
            Ok(report) => ImportLine::Report(Box::new(report)),
            Err(error) => ImportLine::Problem(Box::new(Problem::from(&error))),
        });
    };
    tasks.spawn("product import", Context::new(caller).scope(work));
    let lines = stream::unfold(heard, |mut heard| async move {
        let line = heard.recv().await?;
        let mut json = serde_json::to_vec(&line).unwrap_or_default();
        json.push(b'\n');
        Some((Ok::<_, Infallible>(Bytes::from(json)), heard))
    });
    let kind = HeaderValue::from_static("application/x-ndjson");
    ([(header::CONTENT_TYPE, kind)], Body::from_stream(lines)).into_response()
}

/// Where the pictures of categories are.
#[derive(Debug, Deserialize)]
pub(crate) struct Folder {
    folder: Option<PathBuf>,
}

/// Descriptions and pictures of categories from a file. Internal.
pub(crate) async fn import_categories(
    State(catalog): State<Arc<Catalog>>,
    Query(query): Query<Folder>,
    csv: Bytes,
) -> Result<Json<usize>, Error> {
    Ok(Json(catalog.import_categories(&csv, query.folder.as_deref()).await?))
}

/// All products as a CSV file in Shopify's format, in the order they were made. For staff. Imported into an empty store
/// and exported again, it is the same file.
#[utoipa::path(get, path = "/api/v1/catalog/exports/products.csv", operation_id = "export_products", tag = "catalog",
    responses((status = 200, content_type = "text/csv", body = String), (status = "4XX", body = Problem)))]
pub(crate) async fn export_products(
    _: Staff,
    State(catalog): State<Arc<Catalog>>,
) -> Result<Response, Error> {
    let export = catalog.export_products().await?;
    let pieces = export.pieces().map(|piece| piece.map_err(std::io::Error::other));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"products.csv\""),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
