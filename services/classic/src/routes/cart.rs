//! The cart: somebody's own, the one they have in the storefront too.

use axum::extract::State;
use emart_cart_api::{CartView, NewCart, NewLine};
use emart_http::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use super::forms::Form;
use super::people::UserBody;
use super::signed::Signed;
use super::{No, Yes, yes};
use crate::Classic;
use crate::domain::cart::{Status, quantity};
use crate::domain::hex;
use crate::error::{Error, refused};

const NOT_ADDED: &str = "Failed adding product to cart";
const NOT_REMOVED: &str = "Failed to remove product from cart";
const NOT_EMPTIED: &str = "Failed to empty cart";
const EMPTY: &str = "Your cart is empty";

/// How many.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "the documentation of a form")]
pub(crate) struct Quantity {
    quantity: u32,
}

/// Puts so many more of a product in.
#[utoipa::path(put, path = "/api/shop/cart/{user_id}/{product_id}", operation_id = "add_to_cart",
    tag = "classic", params(("user_id" = String, Path), ("product_id" = String, Path)),
    request_body = Quantity,
    responses((status = 200, body = Yes<UserBody>), (status = "4XX", body = No)))]
pub(crate) async fn add_to_cart(
    State(classic): State<Classic>,
    signed: Signed,
    Path((user_id, product_id)): Path<(String, String)>,
    Form(fields): Form,
) -> Result<Yes<UserBody>, Error> {
    signed.must_be(&classic, &user_id)?;
    let failed = || Error::not_found(NOT_ADDED);
    let quantity = quantity(fields.value("quantity")).ok_or_else(failed)?;
    let hex = hex::parse(&product_id).ok_or_else(failed)?;
    let (_, _, variant_id) = classic.thing(&hex).await?.ok_or_else(failed)?;
    let lines = vec![NewLine { variant_id, quantity }];
    let cart = classic.clients.cart.create_cart(&NewCart { lines }).await;
    let cart = cart.map_err(refused(NOT_ADDED))?;
    let standing = classic.standing(&signed.id).await?;
    if let Some(open) = standing.filled(classic.clock.now()) {
        classic.note(&signed.id, open).await?;
    }
    answer(&classic, &signed, Some(&cart)).await
}

/// Takes a product out, whether it was in or not.
#[utoipa::path(put, path = "/api/shop/cart/delete/{user_id}/{product_id}",
    operation_id = "remove_from_cart", tag = "classic",
    params(("user_id" = String, Path), ("product_id" = String, Path)),
    responses((status = 200, body = Yes<UserBody>), (status = "4XX", body = No)))]
pub(crate) async fn remove_from_cart(
    State(classic): State<Classic>,
    signed: Signed,
    Path((user_id, product_id)): Path<(String, String)>,
) -> Result<Yes<UserBody>, Error> {
    signed.must_be(&classic, &user_id)?;
    let hex = hex::parse(&product_id).ok_or_else(|| Error::not_found(NOT_REMOVED))?;
    let mut cart = classic.cart().await?;
    if let Some(before) = cart.take() {
        let is_it = |variant: &str| classic.hex("product", variant) == hex;
        cart = Some(take_out(&classic, before, is_it, NOT_REMOVED).await?);
    }
    answer(&classic, &signed, cart.as_ref()).await
}

/// Takes everything out.
#[utoipa::path(put, path = "/api/shop/empty-cart/{user_id}", operation_id = "empty_cart",
    tag = "classic", params(("user_id" = String, Path)),
    responses((status = 200, body = Yes<UserBody>), (status = "4XX", body = No)))]
pub(crate) async fn empty_cart(
    State(classic): State<Classic>,
    signed: Signed,
    Path(user_id): Path<String>,
) -> Result<Yes<UserBody>, Error> {
    signed.must_be(&classic, &user_id)?;
    let mut cart = classic.cart().await?;
    if let Some(before) = cart.take() {
        cart = Some(take_out(&classic, before, |_| true, NOT_EMPTIED).await?);
    }
    let status = if classic.has_ordered(&signed.id).await? { Status::Open } else { Status::New };
    let standing = classic.standing(&signed.id).await?;
    classic.note(&signed.id, standing.at(status)).await?;
    answer(&classic, &signed, cart.as_ref()).await
}

/// Goes back from ordering to choosing.
#[utoipa::path(put, path = "/api/shop/open-cart/{user_id}", operation_id = "open_cart",
    tag = "classic", params(("user_id" = String, Path)),
    responses((status = 200, body = Yes<UserBody>), (status = "4XX", body = No)))]
pub(crate) async fn open_cart(
    State(classic): State<Classic>,
    signed: Signed,
    Path(user_id): Path<String>,
) -> Result<Yes<UserBody>, Error> {
    move_to(&classic, &signed, &user_id, Status::Open).await
}

/// Moves a cart that holds something.
pub(super) async fn move_to(
    classic: &Classic,
    signed: &Signed,
    user_id: &str,
    status: Status,
) -> Result<Yes<UserBody>, Error> {
    signed.must_be(classic, user_id)?;
    let cart = classic.cart().await?.filter(|cart| !cart.lines.is_empty());
    let cart = cart.ok_or_else(|| Error::not_found(EMPTY))?;
    let standing = classic.standing(&signed.id).await?.shown(Some(cart.updated_at));
    classic.note(&signed.id, standing.at(status)).await?;
    answer(classic, signed, Some(&cart)).await
}

async fn take_out(
    classic: &Classic,
    mut cart: CartView,
    is_it: impl Fn(&str) -> bool,
    said: &'static str,
) -> Result<CartView, Error> {
    let lines = std::mem::take(&mut cart.lines);
    let mut left = CartView { lines: lines.clone(), ..cart };
    for line in lines.iter().filter(|line| is_it(line.variant_id.as_str())) {
        match classic.clients.cart.delete_line(&left.id, "", &line.id).await {
            Ok(cart) => left = cart,
            // Somebody else has just taken it out.
            Err(error) if error.is("not-found") => left.lines.retain(|other| other.id != line.id),
            Err(error) => return Err(refused(said)(error)),
        }
    }
    Ok(left)
}

async fn answer(
    classic: &Classic,
    signed: &Signed,
    cart: Option<&CartView>,
) -> Result<Yes<UserBody>, Error> {
    Ok(yes(UserBody { user: classic.user(&signed.id, cart).await? }))
}
