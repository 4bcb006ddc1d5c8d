//! Categories.

use axum::extract::State;
use emart_catalog_api::PutCategory;
use emart_http::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::forms::Form;
use super::products::Products;
use super::signed::{Admin, Signed};
use super::{No, Yes, yes};
use crate::Classic;
use crate::domain::category;
use crate::domain::shapes::Category;
use crate::error::{Error, refused};
use crate::ops::LOOKS_FOR_OWN;

/// A new category.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "the documentation of a form")]
pub(crate) struct NewCategory {
    cat_name: String,
}

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Categories {
    categories: Vec<Category>,
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryBody {
    category: Category,
}

/// All categories, oldest first.
#[utoipa::path(get, path = "/api/shop/category", operation_id = "list_classic_categories",
    tag = "classic", responses((status = 200, body = Yes<Categories>), (status = "4XX", body = No)))]
pub(crate) async fn list_classic_categories(
    State(classic): State<Classic>,
    _: Signed,
) -> Result<Yes<Categories>, Error> {
    let shop = classic.shop().await?;
    let categories = shop.categories.iter().map(|category| shop.shown(category)).collect();
    Ok(yes(Categories { categories }))
}

/// The products of a category, by its exact name.
#[utoipa::path(get, path = "/api/shop/category/{cat_name}", operation_id = "list_classic_products_of",
    tag = "classic", params(("cat_name" = String, Path)),
    responses((status = 200, body = Yes<Products<String>>), (status = "4XX", body = No)))]
pub(crate) async fn list_classic_products_of(
    State(classic): State<Classic>,
    _: Signed,
    Path(cat_name): Path<String>,
) -> Result<Yes<Products<String>>, Error> {
    let shop = classic.shop().await?;
    let category = shop.category(&cat_name);
    let none = || Error::not_found("No products found for this category");
    Ok(yes(Products { products: shop.products_of(category.ok_or_else(none)?) }))
}

/// Makes a category.
#[utoipa::path(post, path = "/api/shop/category", operation_id = "add_category", tag = "classic",
    request_body = NewCategory,
    responses((status = 200, body = Yes<CategoryBody>), (status = "4XX", body = No)))]
pub(crate) async fn add_category(
    State(classic): State<Classic>,
    _: Admin,
    Form(fields): Form,
) -> Result<Yes<CategoryBody>, Error> {
    let name = category::name(&fields).map_err(Error::bad_request)?;
    if classic.shop().await?.category(name).is_some() {
        return Err(Error::bad_request("Category already exists"));
    }
    let created = classic.clients.catalog.create_category(&called(name)).await;
    let created = created.map_err(refused("Could not create new category"))?;
    let made = classic
        .find_soon(LOOKS_FOR_OWN, |shop| shop.branch(&created.id).map(|branch| shop.shown(branch)));
    let lost = || Error::not_found("Could not create new category");
    Ok(yes(CategoryBody { category: made.await?.ok_or_else(lost)? }))
}

/// A category at the top, by its name.
pub(super) fn called(name: &str) -> PutCategory {
    PutCategory {
        name: name.to_owned(),
        slug: None,
        description: String::new(),
        parent_id: None,
        image_id: None,
        position: 0,
    }
}
