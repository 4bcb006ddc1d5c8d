//! Orders whole, with whose they are: for facades. Internal.

use axum::extract::State;
use emart_http::Json;
use emart_orders_api::{OwnedOrder, WholeOrdersQuery};

use crate::error::Error;
use crate::{Orders, store};

/// The most at once.
const MOST: u32 = 500;

/// Whole orders, newest first.
pub(crate) async fn whole_orders(
    State(orders): State<Orders>,
    Json(query): Json<WholeOrdersQuery>,
) -> Result<Json<Vec<OwnedOrder>>, Error> {
    let limit = query.limit.min(MOST);
    let read = orders.db.read(move |tx| async move {
        store::whole_orders(&tx, query.customer_id, query.before, limit).await
    });
    Ok(Json(read.await?))
}

/// How many orders there are.
pub(crate) async fn count(State(orders): State<Orders>) -> Result<Json<i64>, Error> {
    Ok(Json(orders.db.read(|tx| async move { store::count_orders(&tx).await }).await?))
}
