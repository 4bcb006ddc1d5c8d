//! Who uses a promotion: claims of checkouts that become uses when there is an order, and who has ordered before.

use emart_pricing_api::{PromotionId, Shopper};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

/// What a checkout's claim finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// Nothing: it is the first.
    New,
    /// It was made before.
    Known,
    /// It was given back before.
    Released,
}

/// Begins a checkout's claim. Its row is written first: whoever claims or releases for the same checkout at the same
/// time waits for this transaction.
pub(crate) async fn begin(tx: &Tx, reference: &str, now: Timestamp) -> Result<Begun, Error> {
    let sql = "INSERT INTO promotion_checkouts (reference, released_at, created_at) \
               VALUES ($1, NULL, $2) ON CONFLICT DO NOTHING";
    if tx.exec(sql, vals![reference, now.as_millis()]).await? == 1 {
        return Ok(Begun::New);
    }
    let sql = "SELECT released_at FROM promotion_checkouts WHERE reference = $1";
    let (released,): (Option<i64>,) = tx.one(sql, vals![reference]).await?;
    Ok(if released.is_some() { Begun::Released } else { Begun::Known })
}

/// Takes a use of a promotion if it has one left. Its row stays locked: the shopper's own uses can be counted.
pub(crate) async fn take(tx: &Tx, id: &PromotionId) -> Result<bool, Error> {
    let sql = "UPDATE promotions SET uses = uses + 1 \
               WHERE id = $1 AND active AND (most_uses IS NULL OR uses < most_uses)";
    Ok(tx.exec(sql, vals![id.as_str()]).await? == 1)
}

/// How many uses of a promotion are a shopper's, by account or by e-mail address.
pub(crate) async fn own_uses(tx: &Tx, id: &PromotionId, shopper: &Shopper) -> Result<i64, Error> {
    if *shopper == Shopper::default() {
        return Ok(0);
    }
    let sql = "SELECT count(*) FROM promotion_claims WHERE promotion_id = $1 \
               AND (customer_id = CAST($2 AS TEXT) OR email = CAST($3 AS TEXT))";
    let values = vals![id.as_str(), shopper.customer_id.clone(), email(shopper)];
    Ok(tx.one::<(i64,)>(sql, values).await?.0)
}

/// Writes a claim down.
pub(crate) async fn insert(
    tx: &Tx,
    id: &PromotionId,
    reference: &str,
    shopper: &Shopper,
) -> Result<(), Error> {
    let sql = "INSERT INTO promotion_claims (promotion_id, reference, customer_id, email) \
               VALUES ($1, $2, $3, $4)";
    let values = vals![id.as_str(), reference, shopper.customer_id.clone(), email(shopper)];
    tx.exec(sql, values).await.map(|_| ())
}

/// Gives a checkout's claims back, or notes that it is not to get any.
pub(crate) async fn release(tx: &Tx, reference: &str, now: Timestamp) -> Result<(), Error> {
    let at = now.as_millis();
    let stop = "INSERT INTO promotion_checkouts (reference, released_at, created_at) \
                VALUES ($1, $2, $2) ON CONFLICT DO NOTHING";
    if tx.exec(stop, vals![reference, at]).await? == 1 {
        return Ok(());
    }
    let sql = "UPDATE promotion_checkouts SET released_at = $2 \
               WHERE reference = $1 AND released_at IS NULL";
    if tx.exec(sql, vals![reference, at]).await? == 0 {
        return Ok(());
    }
    let sql = "DELETE FROM promotion_claims WHERE reference = $1 \
               RETURNING promotion_id, order_id IS NOT NULL, given_minor, total_minor";
    let mut claims: Vec<(String, bool, Option<i64>, Option<i64>)> =
        tx.all(sql, vals![reference]).await?;
    claims.sort();
    for (id, ordered, given, total) in claims {
        let sql = "UPDATE promotions SET uses = uses - 1, orders = orders - $2, \
                   given_minor = given_minor - $3, revenue_minor = revenue_minor - $4 WHERE id = $1";
        let values =
            vals![id, i64::from(ordered), given.unwrap_or_default(), total.unwrap_or_default()];
        tx.exec(sql, values).await?;
    }
    Ok(())
}

/// An order as its promotions remember it.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) reference: String,
    pub(crate) order_id: String,
    pub(crate) order_number: i64,
    pub(crate) given_minor: i64,
    pub(crate) total_minor: i64,
    pub(crate) placed_at: Timestamp,
}

impl FromRow for Use {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            reference: row.get(0)?,
            order_id: row.get(1)?,
            order_number: row.get(2)?,
            given_minor: row.get(3)?,
            total_minor: row.get(4)?,
            placed_at: Timestamp::from_millis(row.get(5)?),
        })
    }
}

/// There is an order: a claim has become a use. Nothing happens when the claim was given back.
pub(crate) async fn used(tx: &Tx, id: &PromotionId, by: &Use) -> Result<(), Error> {
    let sql = "UPDATE promotion_claims SET order_id = $3, order_number = $4, given_minor = $5, \
               total_minor = $6, placed_at = $7 \
               WHERE promotion_id = $1 AND reference = $2 AND order_id IS NULL";
    let values = vals![
        id.as_str(),
        by.reference.as_str(),
        by.order_id.as_str(),
        by.order_number,
        by.given_minor,
        by.total_minor,
        by.placed_at.as_millis()
    ];
    if tx.exec(sql, values).await? == 0 {
        return Ok(());
    }
    let sql = "UPDATE promotions SET orders = orders + 1, given_minor = given_minor + $2, \
               revenue_minor = revenue_minor + $3 WHERE id = $1";
    tx.exec(sql, vals![id.as_str(), by.given_minor, by.total_minor]).await.map(|_| ())
}

/// The orders that were placed with a promotion, newest first.
pub(crate) async fn uses(
    tx: &Tx,
    id: &PromotionId,
    before: Option<String>,
    limit: usize,
) -> Result<Vec<Use>, Error> {
    let mut values = vec![Val::from(id.as_str())];
    let mut sql = "SELECT reference, order_id, order_number, given_minor, total_minor, placed_at \
                   FROM promotion_claims WHERE promotion_id = $1 AND order_id IS NOT NULL"
        .to_owned();
    if let Some(before) = before {
        values.push(Val::from(before));
        sql.push_str(" AND reference < $2");
    }
    values.push(Val::from(i64::try_from(limit).unwrap_or(i64::MAX)));
    sql.push_str(&format!(" ORDER BY reference DESC LIMIT ${}", values.len()));
    tx.all_dyn(&sql, &values).await
}

/// Notes that somebody has ordered.
pub(crate) async fn note_buyer(tx: &Tx, shopper: &Shopper) -> Result<(), Error> {
    let mut names: Vec<String> = shopper.customer_id.clone().into_iter().collect();
    names.extend(email(shopper));
    names.sort();
    for name in names {
        let sql = "INSERT INTO buyers (name, orders) VALUES ($1, 1) \
                   ON CONFLICT (name) DO UPDATE SET orders = buyers.orders + 1";
        tx.exec(sql, vals![name]).await?;
    }
    Ok(())
}

/// Whether somebody has ordered before.
pub(crate) async fn has_ordered(tx: &Tx, shopper: &Shopper) -> Result<bool, Error> {
    let sql =
        "SELECT count(*) FROM buyers WHERE name = CAST($1 AS TEXT) OR name = CAST($2 AS TEXT)";
    let values = vals![shopper.customer_id.clone(), email(shopper)];
    Ok(tx.one::<(i64,)>(sql, values).await?.0 > 0)
}

/// However it was written.
fn email(shopper: &Shopper) -> Option<String> {
    shopper.email.as_ref().map(|email| email.trim().to_lowercase())
}
