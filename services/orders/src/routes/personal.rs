//! What is kept of a person, to be handed to them. Internal.

use axum::extract::State;
use emart_http::{Caller, Json, Permission};
use emart_orders_api::{PersonalOrders, PersonalOrdersQuery};

use super::drafts::view;
use crate::error::Error;
use crate::{Orders, store};

/// Orders at once.
const AT_ONCE: i64 = 100;

/// Some orders of a person, and with the first of them their drafts.
pub(crate) async fn personal_orders(
    State(orders): State<Orders>,
    caller: Caller,
    Json(query): Json<PersonalOrdersQuery>,
) -> Result<Json<PersonalOrders>, Error> {
    caller.require(Permission::CustomersWrite)?;
    let read = orders.db.read(|tx| async move {
        let PersonalOrdersQuery { customer_id, email, before } = &query;
        let before = before.as_ref();
        let found = store::personal::orders(&tx, customer_id, email, before, AT_ONCE).await?;
        let drafts = match before {
            None => store::personal::drafts(&tx, customer_id, email).await?,
            Some(_) => Vec::new(),
        };
        Ok::<_, Error>((found, drafts))
    });
    let (found, drafts) = read.await?;
    let is_full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= AT_ONCE;
    let last = found.last().map(|last| last.order.id.clone());
    Ok(Json(PersonalOrders {
        orders: found,
        drafts: drafts.into_iter().map(|kept| view(&orders, kept)).collect(),
        next: last.filter(|_| is_full),
    }))
}
