//! Lines: put in, changed, taken out.

use axum::extract::State;
use emart_cart_api::{CartId, CartView, LineId, LinePatch, NewLine};
use emart_catalog_api::{VariantId, VariantInfo};
use emart_http::{Json, Path, Problem};
use emart_types::Invalid;
use http::StatusCode;

use crate::Carts;
use crate::domain::Cart;
use crate::error::Error;
use crate::routes::open::Key;
use crate::view::Variants;

/// Puts something in. A variant that is in already gets more of it.
#[utoipa::path(post, path = "/api/v1/carts/{id}/lines", operation_id = "create_line", tag = "cart",
    params(("id" = CartId, Path), ("Cart-Token" = Option<String>, Header, description = "Opens a guest's cart")),
    request_body = NewLine,
    responses((status = 201, body = CartView), (status = "4XX", body = Problem)))]
pub(crate) async fn create_line(
    State(carts): State<Carts>,
    key: Key,
    Path(id): Path<CartId>,
    Json(line): Json<NewLine>,
) -> Result<(StatusCode, Json<CartView>), Error> {
    check_line(&line, "", carts.config.quantity)?;
    let mut ids: Vec<VariantId> = variant_ids(&carts.open(&key, &id).await?);
    ids.push(line.variant_id.clone());
    let variants = carts.variants(&ids).await?;
    let variant = find(&variants, &line.variant_id)?;
    let cart = carts
        .change(&key, &id, |cart| {
            cart.add(&line, variant.price, carts.limits())?;
            check_stock(cart, variant)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(carts.shown_with(&cart, &variants)?)))
}

/// Changes a line's quantity; 0 takes it out.
#[utoipa::path(patch, path = "/api/v1/carts/{id}/lines/{line_id}", operation_id = "patch_line", tag = "cart",
    params(("id" = CartId, Path), ("line_id" = LineId, Path),
        ("Cart-Token" = Option<String>, Header, description = "Opens a guest's cart")),
    request_body = LinePatch,
    responses((status = 200, body = CartView), (status = "4XX", body = Problem)))]
pub(crate) async fn patch_line(
    State(carts): State<Carts>,
    key: Key,
    Path((id, line_id)): Path<(CartId, LineId)>,
    Json(patch): Json<LinePatch>,
) -> Result<Json<CartView>, Error> {
    if patch.quantity > carts.config.quantity {
        let detail = format!("must be from 0 to {}", carts.config.quantity);
        return Err(Invalid::field("/quantity", detail).into());
    }
    let variants = carts.variants(&variant_ids(&carts.open(&key, &id).await?)).await?;
    let cart = carts
        .change(&key, &id, |cart| {
            let before = cart.lines.iter().find(|line| line.id == line_id).cloned();
            let before = before.ok_or(Error::NotFound)?;
            cart.set_quantity(&line_id, patch.quantity);
            // Fewer is always possible, also of what is not to be had any more.
            match variants.get(&before.variant_id) {
                Some(variant) if patch.quantity > before.quantity => check_stock(cart, variant),
                _ => Ok(()),
            }
        })
        .await?;
    Ok(Json(carts.shown_with(&cart, &variants)?))
}

/// Takes a line out.
#[utoipa::path(delete, path = "/api/v1/carts/{id}/lines/{line_id}", operation_id = "delete_line", tag = "cart",
    params(("id" = CartId, Path), ("line_id" = LineId, Path),
        ("Cart-Token" = Option<String>, Header, description = "Opens a guest's cart")),
    responses((status = 200, body = CartView), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_line(
    State(carts): State<Carts>,
    key: Key,
    Path((id, line_id)): Path<(CartId, LineId)>,
) -> Result<Json<CartView>, Error> {
    let cart = carts
        .change(&key, &id, |cart| {
            if cart.set_quantity(&line_id, 0) { Ok(()) } else { Err(Error::NotFound) }
        })
        .await?;
    Ok(Json(carts.shown(&cart).await?))
}

/// A quantity that a cart can hold.
pub(crate) fn check_line(line: &NewLine, at: &str, most: u32) -> Result<(), Invalid> {
    if (1..=most).contains(&line.quantity) {
        return Ok(());
    }
    Err(Invalid::field(format!("{at}/quantity"), format!("must be from 1 to {most}")))
}

/// A variant that can be bought.
pub(crate) fn find<'a>(variants: &'a Variants, id: &VariantId) -> Result<&'a VariantInfo, Error> {
    let variant = variants.get(id).ok_or_else(|| Error::UnknownVariant(id.clone()))?;
    if variant.for_sale { Ok(variant) } else { Err(Error::NotForSale(variant.title.clone())) }
}

/// More than there is cannot go in, as far as is known; the checkout decides for good.
pub(crate) fn check_stock(cart: &Cart, variant: &VariantInfo) -> Result<(), Error> {
    if !variant.in_stock {
        return Err(Error::SoldOut(variant.title.clone()));
    }
    let held: i64 = cart
        .lines
        .iter()
        .filter(|line| line.variant_id == variant.id)
        .map(|line| i64::from(line.quantity))
        .sum();
    match variant.available {
        Some(available) if held > available => {
            Err(Error::NotEnough { title: variant.title.clone(), available })
        }
        _ => Ok(()),
    }
}

fn variant_ids(cart: &Cart) -> Vec<VariantId> {
    cart.lines.iter().map(|line| line.variant_id.clone()).collect()
}
