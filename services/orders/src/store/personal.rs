//! What is kept of a person: their orders, those placed with their address by nobody who was signed in, and their drafts.

use emart_orders_api::{Order, OrderId, PersonalOrder};
use emart_store::{Error, FromRow, Row, Tx, vals};

use crate::store::drafts::{self, Kept};
use crate::store::notes;

/// An order of a person, as its row says it.
pub(super) struct Owned {
    pub(super) order: Order,
    pub(super) tags: Vec<String>,
    pub(super) checkout_id: String,
}

impl FromRow for Owned {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, body, tags): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let unread = |_| Error::Database(format!("order {id} cannot be read"));
        Ok(Self {
            order: serde_json::from_str(&body).map_err(unread)?,
            tags: serde_json::from_str(&tags).map_err(unread)?,
            checkout_id: row.get(3)?,
        })
    }
}

/// Some of their orders, the newest first.
pub(super) async fn owned(
    tx: &Tx,
    customer_id: &str,
    email: &str,
    before: Option<&OrderId>,
    limit: i64,
) -> Result<Vec<Owned>, Error> {
    let number = match before {
        Some(id) => {
            let sql = "SELECT number FROM orders WHERE id = $1";
            tx.opt::<(i64,)>(sql, vals![id.as_str()]).await?.map_or(i64::MAX, |(number,)| number)
        }
        None => i64::MAX,
    };
    let mut found: Vec<Owned> = tx.all(OF_CUSTOMER, vals![customer_id, number, limit]).await?;
    let values = vals![email.to_lowercase(), number, limit];
    found.extend(tx.all::<Owned>(OF_EMAIL, values).await?);
    found.sort_by_key(|owned| std::cmp::Reverse(owned.order.number));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// The same, with what staff say of them.
pub(crate) async fn orders(
    tx: &Tx,
    customer_id: &str,
    email: &str,
    before: Option<&OrderId>,
    limit: i64,
) -> Result<Vec<PersonalOrder>, Error> {
    let mut orders = Vec::new();
    for Owned { order, tags, .. } in owned(tx, customer_id, email, before, limit).await? {
        let notes = notes::of_order(tx, &order.id).await?;
        orders.push(PersonalOrder { order, tags, notes });
    }
    Ok(orders)
}

/// Their drafts: made for them, or to be sent to their address.
pub(crate) async fn drafts(tx: &Tx, customer_id: &str, email: &str) -> Result<Vec<Kept>, Error> {
    let email = email.to_lowercase();
    let mut found: Vec<Kept> = tx.all(drafts::OF_CUSTOMER, vals![customer_id]).await?;
    found.extend(tx.all::<Kept>(drafts::OF_EMAIL, vals![&email]).await?);
    // What a version before this one wrote says whose it is in its body only.
    let older: Vec<Kept> = tx.all(drafts::UNMARKED, vals![]).await?;
    found.extend(older.into_iter().filter(|draft| {
        let of = draft.body.email.as_deref().unwrap_or_default();
        of.to_lowercase() == email || draft.body.customer_id.as_deref() == Some(customer_id)
    }));
    found.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    found.dedup_by(|a, b| a.id == b.id);
    Ok(found)
}

const OF_CUSTOMER: &str = "SELECT id, body, tags, checkout_id FROM orders \
     WHERE customer_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3";
const OF_EMAIL: &str = "SELECT id, body, tags, checkout_id FROM orders \
     WHERE email = $1 AND number < $2 AND customer_id IS NULL ORDER BY number DESC LIMIT $3";

#[cfg(test)]
mod tests {
    use emart_testkit::{assert_no_scan, databases};

    use super::*;
    use crate::MIGRATIONS;

    #[tokio::test]
    async fn nobodys_orders_or_drafts_are_found_by_reading_everybodys() {
        for db in databases("orders", MIGRATIONS).await {
            assert_no_scan(&db, OF_CUSTOMER, vals!["usr_1", 1, 1]).await;
            assert_no_scan(&db, OF_EMAIL, vals!["ada@example.com", 1, 1]).await;
            assert_no_scan(&db, drafts::OF_CUSTOMER, vals!["usr_1"]).await;
            assert_no_scan(&db, drafts::OF_EMAIL, vals!["ada@example.com"]).await;
            assert_no_scan(&db, drafts::UNMARKED, vals![]).await;
        }
    }
}
