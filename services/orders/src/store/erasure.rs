//! Customers who are forgotten: their orders stay for the books, without a name, and so do drafts for them.

use emart_identity_api::Address;
use emart_orders_api::{Order, OrderId, PutDraft};
use emart_store::{Error, Tx, vals};

use crate::store::drafts::{self, Kept};
use crate::store::personal::{self, Owned};
use crate::store::{index, json};

/// Stands where an address was.
const NOBODY: &str = "erased@invalid";

/// Takes the person out of their orders, out of those somebody placed with their address without signing in, and out of
/// drafts for them; returns the orders.
pub(crate) async fn forget_customer(
    tx: &Tx,
    customer_id: &str,
    email: &str,
) -> Result<Vec<OrderId>, Error> {
    let mut forgotten = Vec::new();
    for Owned { order, tags, checkout_id } in
        personal::owned(tx, customer_id, email, None, i64::MAX).await?
    {
        let order = nameless(order);
        let id = order.id.as_str();
        let sql = "UPDATE orders SET customer_id = NULL, email = $2, body = $3 WHERE id = $1";
        tx.exec(sql, vals![id, NOBODY, json(&order)?]).await?;
        index::update_terms(tx, &order, &tags).await?;
        tx.exec("DELETE FROM order_notes WHERE order_id = $1", vals![id]).await?;
        let sql = "DELETE FROM checkouts WHERE id = $1 AND state IN ('completed', 'failed')";
        tx.exec(sql, vals![checkout_id]).await?;
        for draft in tx.all::<Kept>(drafts::OF_ORDER, vals![id]).await? {
            forget_draft(tx, draft).await?;
        }
        forgotten.push(order.id);
    }
    for draft in personal::drafts(tx, customer_id, email).await? {
        forget_draft(tx, draft).await?;
    }
    let sql = "DELETE FROM checkouts WHERE scope = $1 AND state IN ('completed', 'failed')";
    tx.exec(sql, vals![customer_id]).await?;
    Ok(forgotten)
}

/// What was to be bought stays; for whom does not.
async fn forget_draft(tx: &Tx, mut draft: Kept) -> Result<(), Error> {
    let address = draft.body.shipping_address.as_ref().map(place);
    draft.body = PutDraft {
        email: None,
        customer_id: None,
        shipping_address: address,
        note: None,
        ..draft.body
    };
    draft.version += 1;
    drafts::update(tx, &draft).await
}

/// The order without the person: what tax was due where can still be seen.
fn nameless(order: Order) -> Order {
    Order {
        email: NOBODY.to_owned(),
        shipping_address: place(&order.shipping_address),
        billing_address: place(&order.billing_address),
        note: None,
        ..order
    }
}

fn place(address: &Address) -> Address {
    Address {
        name: "(erased)".to_owned(),
        country: address.country.clone(),
        region: address.region.clone(),
        ..Address::default()
    }
}
