//! Customers who are forgotten: their orders stay for the books, without a name.

use emart_identity_api::Address;
use emart_orders_api::Order;
use emart_store::{Error, Tx, vals};

use crate::store::{index, json};

/// Stands where an address was.
const NOBODY: &str = "erased@invalid";

/// Takes the person out of their orders, and out of those somebody placed with their address without signing in;
/// returns how many.
pub(crate) async fn forget_customer(tx: &Tx, customer_id: &str, email: &str) -> Result<u64, Error> {
    let sql = "SELECT id, body, tags FROM orders WHERE customer_id = $1";
    let mut found = tx.all::<(String, String, String)>(sql, vals![customer_id]).await?;
    let sql = "SELECT id, body, tags FROM orders WHERE email = $1 AND customer_id IS NULL";
    found.extend(tx.all::<(String, String, String)>(sql, vals![email.to_lowercase()]).await?);
    let mut count = 0;
    for (id, body, tags) in found {
        let unread = |_| Error::Database(format!("order {id} cannot be read"));
        let order = nameless(serde_json::from_str(&body).map_err(unread)?);
        let tags: Vec<String> = serde_json::from_str(&tags).map_err(unread)?;
        let sql = "UPDATE orders SET customer_id = NULL, email = $2, body = $3 WHERE id = $1";
        count += tx.exec(sql, vals![&id, NOBODY, json(&order)?]).await?;
        index::update_terms(tx, &order, &tags).await?;
        tx.exec("DELETE FROM order_notes WHERE order_id = $1", vals![&id]).await?;
    }
    let sql = "DELETE FROM checkouts WHERE scope = $1 AND state IN ('completed', 'failed')";
    tx.exec(sql, vals![customer_id]).await?;
    Ok(count)
}

/// The order without the person: what tax was due where can still be seen.
fn nameless(order: Order) -> Order {
    let place = |address: &Address| Address {
        name: "(erased)".to_owned(),
        country: address.country.clone(),
        region: address.region.clone(),
        ..Address::default()
    };
    Order {
        email: NOBODY.to_owned(),
        shipping_address: place(&order.shipping_address),
        billing_address: place(&order.billing_address),
        note: None,
        ..order
    }
}
