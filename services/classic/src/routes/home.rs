//! The front page: totals for everybody, and who is calling.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::signed::Signed;
use super::{No, Yes, yes};
use crate::Classic;
use crate::domain::shapes::{Order, User};
use crate::error::Error;

/// How large the shop is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Totals {
    #[serde(rename = "productsTotal")]
    products: usize,
    #[serde(rename = "ordersTotal")]
    orders: u64,
}

/// Who is calling, and what they have bought.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Current {
    user: User,
    orders: Vec<Order>,
}

/// How many products and orders there are.
#[utoipa::path(get, path = "/api/shop/info", operation_id = "info", tag = "classic",
    responses((status = 200, body = Yes<Totals>)))]
pub(crate) async fn info(State(classic): State<Classic>) -> Result<Yes<Totals>, Error> {
    let orders = async { Ok(classic.clients.orders.count().await?) };
    let (shop, orders) = tokio::try_join!(classic.shop(), orders)?;
    Ok(yes(Totals { products: shop.products.len(), orders }))
}

/// Who is calling, and what they have bought, the last first.
#[utoipa::path(get, path = "/api/shop/current", operation_id = "current", tag = "classic",
    responses((status = 200, body = Yes<Current>), (status = "4XX", body = No)))]
pub(crate) async fn current(
    State(classic): State<Classic>,
    signed: Signed,
) -> Result<Yes<Current>, Error> {
    let (user, orders) =
        tokio::try_join!(classic.user_now(&signed.id), classic.orders(Some(signed.id.as_str())))?;
    let orders = orders.iter().map(|order| classic.shown_order(order)).collect();
    Ok(yes(Current { user, orders }))
}
