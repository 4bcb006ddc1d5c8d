//! The category tree.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_catalog_api::{Category, CategoryId, PutCategory};
use emart_http::{Caller, Json, Page, Path, Permission, Problem};
use http::{StatusCode, header};

use crate::Catalog;
use crate::error::Error;
use crate::routes::FOR_EVERYONE;

/// The whole tree: the categories at the top, each with those below it.
#[utoipa::path(get, path = "/api/v1/catalog/categories", operation_id = "list_categories", tag = "catalog",
    responses((status = 200, body = Page<Category>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_categories(State(catalog): State<Arc<Catalog>>) -> Response {
    let json = catalog.model.snapshot().categories_json();
    ([(header::CONTENT_TYPE.as_str(), "application/json"), FOR_EVERYONE], json).into_response()
}

/// A category by its id or its slug, with those below it.
#[utoipa::path(get, path = "/api/v1/catalog/categories/{id_or_slug}", operation_id = "get_category",
    tag = "catalog", params(("id_or_slug" = String, Path)),
    responses((status = 200, body = Category), (status = "4XX", body = Problem)))]
pub(crate) async fn get_category(
    State(catalog): State<Arc<Catalog>>,
    Path(id_or_slug): Path<String>,
) -> Result<Response, Error> {
    let is_it =
        |category: &Category| category.slug == id_or_slug || category.id.as_str() == id_or_slug;
    Ok(([FOR_EVERYONE], find(&catalog, is_it)?).into_response())
}

/// Makes a category. Needs `products:write`.
#[utoipa::path(post, path = "/api/v1/catalog/categories", operation_id = "create_category", tag = "catalog",
    request_body = PutCategory,
    responses((status = 201, body = Category), (status = "4XX", body = Problem)))]
pub(crate) async fn create_category(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Json(put): Json<PutCategory>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsWrite)?;
    let id = catalog.create_category(put).await?;
    let location = [(header::LOCATION, format!("/api/v1/catalog/categories/{id}"))];
    let category = find(&catalog, |category| category.id == id)?;
    Ok((StatusCode::CREATED, location, category).into_response())
}

/// Replaces a category; without a slug it keeps its own. Needs `products:write`.
#[utoipa::path(put, path = "/api/v1/catalog/categories/{id_or_slug}", operation_id = "replace_category",
    tag = "catalog", params(("id_or_slug" = CategoryId, Path, description = "the id")), request_body = PutCategory,
    responses((status = 200, body = Category), (status = "4XX", body = Problem)))]
pub(crate) async fn replace_category(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<CategoryId>,
    Json(put): Json<PutCategory>,
) -> Result<Json<Category>, Error> {
    caller.require(Permission::ProductsWrite)?;
    catalog.replace_category(&id, put).await?;
    find(&catalog, |category| category.id == id)
}

/// Deletes a category without others below it. Its products stay. Needs `products:write`.
#[utoipa::path(delete, path = "/api/v1/catalog/categories/{id_or_slug}", operation_id = "delete_category",
    tag = "catalog", params(("id_or_slug" = CategoryId, Path, description = "the id")),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_category(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    Path(id): Path<CategoryId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::ProductsWrite)?;
    catalog.delete_category(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn find(catalog: &Catalog, wanted: impl Fn(&Category) -> bool) -> Result<Json<Category>, Error> {
    let mut branches = catalog.model.snapshot().categories();
    while let Some(mut category) = branches.pop() {
        if wanted(&category) {
            return Ok(Json(category));
        }
        branches.append(&mut category.children);
    }
    Err(Error::NotFound)
}
