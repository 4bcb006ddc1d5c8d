//! Products.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use emart_catalog_api::{
    CategoryId, Image, ProductId, ProductPatch, PutProduct, PutVariant, Seo, Status, VariantId,
};
use emart_http::Path;
use emart_types::Money;
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::categories::called;
use super::forms::Form;
use super::signed::{Admin, Signed};
use super::{No, Yes, yes};
use crate::Classic;
use crate::domain::fields::Errors;
use crate::domain::shapes::{Category, CategoryName, Product};
use crate::domain::{hex, product};
use crate::error::{Error, refused};
use crate::ops::{LOOKS, LOOKS_FOR_OWN};
use crate::shop::Shop;

const NOT_MADE: &str = "Could not create new product";
const NOT_CHANGED: &str = "Failed to update product";
const NOT_DELETED: &str = "Failed to delete product";
const NO_PICTURE: &str = "Image must be a PNG or JPEG file";

/// A product form.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "the documentation of a form")]
pub(crate) struct ProductForm {
    prod_name: String,
    price: String,
    /// A category's name.
    category: String,
    /// A PNG or JPEG file.
    #[serde(rename = "imageUrl")]
    #[schema(value_type = String, format = Binary)]
    image: String,
}

/// Products.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Products<C> {
    pub(crate) products: Vec<Product<C>>,
}

/// A product, if there is one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProductBody {
    product: Option<Product<String>>,
}

/// A new product, and its category.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewProductBody {
    product: Product<String>,
    category: Category,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    message: String,
}

/// All products, the last changed first.
#[utoipa::path(get, path = "/api/shop/products", operation_id = "list_classic_products",
    tag = "classic",
    responses((status = 200, body = Yes<Products<CategoryName>>), (status = "4XX", body = No)))]
pub(crate) async fn list_classic_products(
    State(classic): State<Classic>,
    _: Signed,
) -> Result<Response, Error> {
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((json, classic.shop().await?.rendered()).into_response())
}

/// A product; `null` when there is none.
#[utoipa::path(get, path = "/api/shop/products/{id}", operation_id = "get_classic_product",
    tag = "classic", params(("id" = String, Path)),
    responses((status = 200, body = Yes<ProductBody>), (status = "4XX", body = No)))]
pub(crate) async fn get_classic_product(
    State(classic): State<Classic>,
    _: Signed,
    Path(id): Path<String>,
) -> Result<Yes<ProductBody>, Error> {
    let malformed = || Error::not_found("No product found with that ID");
    let hex = hex::parse(&id).ok_or_else(malformed)?;
    Ok(yes(ProductBody { product: classic.shop().await?.product(&hex) }))
}

/// Products with a text in their names, in any case, the last changed first.
#[utoipa::path(get, path = "/api/shop/search/{text}", operation_id = "search_classic_products",
    tag = "classic", params(("text" = String, Path)),
    responses((status = 200, body = Yes<Products<Category>>), (status = "4XX", body = No)))]
pub(crate) async fn search_classic_products(
    State(classic): State<Classic>,
    _: Signed,
    Path(text): Path<String>,
) -> Result<Yes<Products<Category>>, Error> {
    Ok(yes(Products { products: classic.shop().await?.search(&text) }))
}

/// Makes a product; a category that is not there is made too.
#[utoipa::path(post, path = "/api/shop", operation_id = "add_product", tag = "classic",
    request_body(content = ProductForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Yes<NewProductBody>), (status = "4XX", body = No)))]
pub(crate) async fn add_product(
    State(classic): State<Classic>,
    _: Admin,
    Form(fields): Form,
) -> Result<Yes<NewProductBody>, Error> {
    let form = product::new(&fields, classic.config.currency);
    let (name, category, price) = form.map_err(|errors| Error::Form("errors", errors))?;
    let file = fields.image.ok_or_else(|| Error::not_found(NOT_MADE))?;
    let image = classic.take_picture(&name, file).await?;
    let (category, is_new) = classic.category_called(&category).await?;
    let new = put(name, price, category.clone(), image);
    let created = match classic.clients.catalog.create_product(&new).await {
        Ok(created) => created,
        Err(error) => {
            if is_new {
                let undone = classic.clients.catalog.delete_category(&category).await;
                undone.map_err(refused(NOT_MADE))?;
            }
            return Err(refused(NOT_MADE)(error));
        }
    };
    let made = classic.find_soon(LOOKS_FOR_OWN, |shop| {
        let branch = shop.branch(&category)?;
        Some((shop.product_by_id(&created.id)?, shop.shown(branch)))
    });
    let (product, category) = made.await?.ok_or_else(|| Error::not_found(NOT_MADE))?;
    Ok(yes(NewProductBody { product, category }))
}

/// Changes a product; what is not sent stays.
#[utoipa::path(put, path = "/api/shop/{id}", operation_id = "edit_product", tag = "classic",
    params(("id" = String, Path)),
    request_body(content = ProductForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Yes<ProductBody>), (status = "4XX", body = No)))]
pub(crate) async fn edit_product(
    State(classic): State<Classic>,
    _: Admin,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Yes<ProductBody>, Error> {
    let failed = || Error::not_found(NOT_CHANGED);
    let hex = hex::parse(&id).ok_or_else(failed)?;
    let (id, title, variant) = classic.thing(&hex).await?.ok_or_else(failed)?;
    let form = product::change(&fields, classic.config.currency).map_err(|_| failed())?;
    let category_id = match &form.category {
        Some(name) => {
            let known = |shop: &Shop| shop.category(name).and_then(|branch| branch.id.clone());
            Some(classic.find_soon(LOOKS, known).await?.ok_or_else(failed)?)
        }
        None => None,
    };
    let image_id = match fields.image {
        Some(file) => Some(classic.take_picture(&title, file).await?.id),
        None => None,
    };
    let price = form.price.map(|price| (variant, price));
    let patch = ProductPatch { title: form.name, price, category_id, image_id };
    let patched = classic.clients.catalog.patch_product(&id, &patch).await;
    let patched = patched.map_err(refused(NOT_CHANGED))?.ok_or_else(failed)?;
    let changed = classic.find_soon(LOOKS_FOR_OWN, |shop| {
        shop.product(&hex).filter(|product| product.updated_at >= patched.updated_at)
    });
    Ok(yes(ProductBody { product: Some(changed.await?.ok_or_else(failed)?) }))
}

/// Deletes a product.
#[utoipa::path(delete, path = "/api/shop/{id}", operation_id = "remove_product", tag = "classic",
    params(("id" = String, Path)),
    responses((status = 200, body = Yes<Message>), (status = "4XX", body = No)))]
pub(crate) async fn remove_product(
    State(classic): State<Classic>,
    _: Admin,
    Path(id): Path<String>,
) -> Result<Yes<Message>, Error> {
    let failed = || Error::not_found(NOT_DELETED);
    let hex = hex::parse(&id).ok_or_else(failed)?;
    let (id, title, _) = classic.thing(&hex).await?.ok_or_else(failed)?;
    let deleted = classic.clients.catalog.delete_product(&id).await;
    deleted.map_err(refused(NOT_DELETED))?;
    Ok(yes(Message { message: format!("{title} was deleted") }))
}

impl Classic {
    /// A product by the id a client knows: ours, its name, the variant.
    pub(super) async fn thing(
        &self,
        hex: &str,
    ) -> Result<Option<(ProductId, String, VariantId)>, Error> {
        let find = |shop: &Shop| {
            let (thing, variant, _) = shop.find(hex)?;
            Some((thing.id.clone(), thing.title.clone(), variant.clone()))
        };
        self.find_soon(LOOKS, find).await
    }

    /// Takes a picture in; what is none is told at the form's field.
    async fn take_picture(&self, alt: &str, file: Bytes) -> Result<Image, Error> {
        let no_picture =
            || Error::Form("errors", Errors::from([("imageUrl", NO_PICTURE.to_owned())]));
        if !product::is_picture(&file) {
            return Err(no_picture());
        }
        let taken = self.clients.catalog.create_image(alt, file).await;
        taken.map_err(|error| if error.is_refusal() { no_picture() } else { error.into() })
    }

    /// A category by its name, made if there is none; and whether it was.
    async fn category_called(&self, name: &str) -> Result<(CategoryId, bool), Error> {
        let shop = self.shop().await?;
        if let Some(id) = shop.category(name).and_then(|branch| branch.id.clone()) {
            return Ok((id, false));
        }
        let created = self.clients.catalog.create_category(&called(name)).await;
        Ok((created.map_err(refused(NOT_MADE))?.id, true))
    }
}

/// A product as the original has them: one variant, sold without being counted.
fn put(title: String, price: Money, category: CategoryId, image: Image) -> PutProduct {
    let variant = PutVariant {
        id: None,
        option_values: Vec::new(),
        sku: None,
        barcode: None,
        price,
        compare_at_price: None,
        weight_grams: 0,
        taxable: true,
        requires_shipping: true,
        stock_item_id: None,
        track_stock: false,
        sell_when_out: false,
        on_hand: None,
        image_id: None,
    };
    PutProduct {
        handle: None,
        title,
        description_html: String::new(),
        vendor: None,
        product_type: None,
        tags: Vec::new(),
        status: Status::Active,
        options: Vec::new(),
        variants: vec![variant],
        image_ids: vec![image.id],
        category_ids: vec![category],
        seo: Seo::default(),
        publish_at: None,
        unpublish_at: None,
    }
}
