//! Codes for promotions: put in and taken out. What they do, a quote says.

use axum::extract::State;
use emart_cart_api::{CartId, CartView, NewCoupon};
use emart_http::{Json, Path, Problem};
use emart_types::Invalid;
use http::StatusCode;

use crate::Carts;
use crate::domain::coupon;
use crate::error::Error;
use crate::routes::open::Key;

/// Puts a code for a promotion in; at most 5. Whether it counts, a quote with it says.
#[utoipa::path(post, path = "/api/v1/carts/{id}/coupons", operation_id = "create_coupon", tag = "cart",
    params(("id" = CartId, Path), ("Cart-Token" = Option<String>, Header, description = "Opens a guest's cart")),
    request_body = NewCoupon,
    responses((status = 201, body = CartView), (status = "4XX", body = Problem)))]
pub(crate) async fn create_coupon(
    State(carts): State<Carts>,
    key: Key,
    Path(id): Path<CartId>,
    Json(new): Json<NewCoupon>,
) -> Result<(StatusCode, Json<CartView>), Error> {
    let code = coupon(&new.code);
    let detail = "must be 1 to 40 letters, digits and -";
    let code = code.ok_or_else(|| Invalid::field("/code", detail))?;
    let cart = carts.change(&key, &id, |cart| Ok(cart.add_coupon(&code)?)).await?;
    Ok((StatusCode::CREATED, Json(carts.shown(&cart).await?)))
}

/// Takes a code out. One that is not in is no mistake.
#[utoipa::path(delete, path = "/api/v1/carts/{id}/coupons/{code}", operation_id = "delete_coupon", tag = "cart",
    params(("id" = CartId, Path), ("code" = String, Path, max_length = 40),
        ("Cart-Token" = Option<String>, Header, description = "Opens a guest's cart")),
    responses((status = 200, body = CartView), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_coupon(
    State(carts): State<Carts>,
    key: Key,
    Path((id, code)): Path<(CartId, String)>,
) -> Result<Json<CartView>, Error> {
    let code = coupon(&code).ok_or(Error::NotFound)?;
    let held = carts.open(&key, &id).await?;
    if !held.coupons.contains(&code) {
        return Ok(Json(carts.shown(&held).await?));
    }
    let take_out = |cart: &mut crate::domain::Cart| {
        cart.coupons.retain(|held| *held != code);
        Ok(())
    };
    let cart = carts.change(&key, &id, take_out).await?;
    Ok(Json(carts.shown(&cart).await?))
}
