//! Products in and out as files.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use emart_catalog_api::{ImportLine, ImportReport, ImportRun, ImportRunId};
use emart_events::Tasks;
use emart_http::{Caller, Context, Json, Path, Permission, Problem, Query};
use futures_util::{StreamExt, stream};
use http::{HeaderValue, StatusCode, header};
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

/// Reads products from a CSV file in Shopify's format, either generation of its columns. Needs `products:write`. The same file again
/// changes nothing.
#[utoipa::path(post, path = "/api/v1/catalog/imports", operation_id = "import_products", tag = "catalog",
    params(ImportQuery), request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportReport), (status = "4XX", body = Problem)))]
pub(crate) async fn import_products(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Query(query): Query<ImportQuery>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ImportReport>, Error> {
    caller.require(Permission::ProductsWrite)?;
    let csv = body.map_err(|_| Unreadable::TooLarge(catalog.config.import_mib))?;
    let pictures = if query.images { Pictures::Fetch(None) } else { Pictures::Skip };
    let options = Options { dry_run: query.dry_run, pictures };
    Ok(Json(catalog.import_products(csv, options, |_| {}).await?))
}

/// How to import a file that is taken now and dealt with by and by.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunQuery {
    /// Writes nothing and says what it would do; such a preview can be applied afterwards.
    #[serde(default)]
    dry_run: bool,
    /// What the file is called; for people.
    #[serde(default)]
    #[param(max_length = 200)]
    file_name: String,
}

/// Takes a CSV file in Shopify's format; it is read by and by, and `GET` says how far that is. Needs `products:write`.
#[utoipa::path(post, path = "/api/v1/catalog/imports/runs", operation_id = "start_import", tag = "catalog",
    params(RunQuery), request_body(content = String, content_type = "text/csv"),
    responses((status = 202, body = ImportRun), (status = "4XX", body = Problem)))]
pub(crate) async fn start_import(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Query(query): Query<RunQuery>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<ImportRun>), Error> {
    caller.require(Permission::ProductsWrite)?;
    let csv = body.map_err(|_| Unreadable::TooLarge(catalog.config.import_mib))?;
    let run = catalog.start_import(csv, &query.file_name, query.dry_run).await?;
    Ok((StatusCode::ACCEPTED, Json(run)))
}

/// How far an import is, and what became of it. Needs `products:write`.
#[utoipa::path(get, path = "/api/v1/catalog/imports/runs/{id}", operation_id = "get_import", tag = "catalog",
    params(("id" = ImportRunId, Path)),
    responses((status = 200, body = ImportRun), (status = "4XX", body = Problem)))]
pub(crate) async fn get_import(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<ImportRunId>,
) -> Result<Json<ImportRun>, Error> {
    caller.require(Permission::ProductsWrite)?;
    Ok(Json(catalog.import_run(&id).await?))
}

/// Does what a preview said. Asked again, it answers how far that is. Needs `products:write`.
#[utoipa::path(post, path = "/api/v1/catalog/imports/runs/{id}/apply", operation_id = "apply_import", tag = "catalog",
    params(("id" = ImportRunId, Path)),
    responses((status = 202, body = ImportRun), (status = "4XX", body = Problem)))]
pub(crate) async fn apply_import(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<ImportRunId>,
) -> Result<(StatusCode, Json<ImportRun>), Error> {
    caller.require(Permission::ProductsWrite)?;
    Ok((StatusCode::ACCEPTED, Json(catalog.apply_import(&id).await?)))
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

/// All products as a CSV file in Shopify's format, in the order they were made. Needs `products:read`. Imported into an empty store
/// and exported again, it is the same file.
#[utoipa::path(get, path = "/api/v1/catalog/exports/products.csv", operation_id = "export_products", tag = "catalog",
    responses((status = 200, content_type = "text/csv", body = String), (status = "4XX", body = Problem)))]
pub(crate) async fn export_products(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsRead)?;
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
