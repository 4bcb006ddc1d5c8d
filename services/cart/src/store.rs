//! The SQL of `cart`, and only here.

use emart_cart_api::CartId;
use emart_store::{Db, Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use crate::domain::Cart;

/// A row of `carts`.
struct CartRow(Cart);

impl FromRow for CartRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, lines, consumed): (String, String, String) =
            (row.get(0)?, row.get(2)?, row.get(4)?);
        let coupons: String = row.get(7)?;
        let damaged = || Error::Database(format!("cart {id} cannot be read"));
        Ok(Self(Cart {
            id: id.parse().map_err(|_| damaged())?,
            customer_id: row.get(1)?,
            lines: serde_json::from_str(&lines).map_err(|_| damaged())?,
            coupons: serde_json::from_str(&coupons).map_err(|_| damaged())?,
            version: row.get(3)?,
            consumed: serde_json::from_str(&consumed).map_err(|_| damaged())?,
            created_at: Timestamp::from_millis(row.get(5)?),
            updated_at: Timestamp::from_millis(row.get(6)?),
        }))
    }
}

/// A cart.
pub(crate) async fn cart(tx: &Tx, id: &CartId) -> Result<Option<Cart>, Error> {
    let sql = "SELECT id, customer_id, lines, version, consumed, created_at, updated_at, coupons \
               FROM carts WHERE id = $1";
    Ok(tx.opt::<CartRow>(sql, vals![id.as_str()]).await?.map(|row| row.0))
}

/// The cart of a customer.
pub(crate) async fn cart_of(tx: &Tx, customer_id: &str) -> Result<Option<Cart>, Error> {
    let sql = "SELECT id, customer_id, lines, version, consumed, created_at, updated_at, coupons \
               FROM carts WHERE customer_id = $1";
    Ok(tx.opt::<CartRow>(sql, vals![customer_id]).await?.map(|row| row.0))
}

/// Carts, touched last first.
pub(crate) async fn newest(
    tx: &Tx,
    before: Option<(i64, String)>,
    limit: usize,
) -> Result<Vec<Cart>, Error> {
    let mut sql =
        "SELECT id, customer_id, lines, version, consumed, created_at, updated_at, coupons \
                   FROM carts"
            .to_owned();
    let mut values = Vec::new();
    if let Some((at, id)) = before {
        values.extend([Val::from(at), Val::from(id)]);
        sql.push_str(" WHERE (updated_at, id) < ($1, $2)");
    }
    values.push(Val::from(i64::try_from(limit).unwrap_or(i64::MAX)));
    sql.push_str(&format!(" ORDER BY updated_at DESC, id DESC LIMIT ${}", values.len()));
    let rows: Vec<CartRow> = tx.all_dyn(&sql, &values).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Adds a cart; `false` when the customer has one already.
pub(crate) async fn insert(tx: &Tx, cart: &Cart) -> Result<bool, Error> {
    let sql = "INSERT INTO carts (id, customer_id, lines, version, consumed, created_at, updated_at, \
               coupons) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let values = vals![
        cart.id.as_str(),
        cart.customer_id.clone(),
        json(&cart.lines)?,
        cart.version,
        json(&cart.consumed)?,
        cart.created_at.as_millis(),
        cart.updated_at.as_millis(),
        json(&cart.coupons)?,
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Writes a cart whose version is the one that was read; `false` when someone else wrote it meanwhile.
pub(crate) async fn update(tx: &Tx, cart: &Cart, read_version: i64) -> Result<bool, Error> {
    let sql = "UPDATE carts SET lines = $3, version = $4, consumed = $5, updated_at = $6, coupons = $7 \
               WHERE id = $1 AND version = $2";
    let values = vals![
        cart.id.as_str(),
        read_version,
        json(&cart.lines)?,
        cart.version,
        json(&cart.consumed)?,
        cart.updated_at.as_millis(),
        json(&cart.coupons)?,
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Takes a cart away if it is still in the version that was read.
pub(crate) async fn delete(tx: &Tx, id: &CartId, read_version: i64) -> Result<bool, Error> {
    let sql = "DELETE FROM carts WHERE id = $1 AND version = $2";
    Ok(tx.exec(sql, vals![id.as_str(), read_version]).await? == 1)
}

/// Forgets up to 1,000 carts that nobody has touched since; returns how many. They are locked as they are chosen: one
/// that somebody touches at this moment stays, and another copy of the service chooses others.
pub(crate) async fn delete_untouched(
    tx: &Tx,
    guests_since: Timestamp,
    customers_since: Timestamp,
) -> Result<u64, Error> {
    let sql = "DELETE FROM carts WHERE id IN (SELECT id FROM carts \
               WHERE updated_at < $1 AND (customer_id IS NULL OR updated_at < $2) LIMIT 1000 {{skip_locked}})";
    tx.exec(sql, vals![guests_since.as_millis(), customers_since.as_millis()]).await
}

/// The service's own secret, made when it is first asked for.
pub(crate) async fn secret(db: &Db) -> Result<Vec<u8>, Error> {
    let new: [u8; 32] = rand::random();
    db.write(move |tx| async move {
        let sql =
            "INSERT INTO secrets (name, value) VALUES ('cart_token', $1) ON CONFLICT DO NOTHING";
        tx.exec(sql, vals![new.to_vec()]).await?;
        let sql = "SELECT value FROM secrets WHERE name = 'cart_token'";
        Ok(tx.one::<(Vec<u8>,)>(sql, vals![]).await?.0)
    })
    .await
}

/// Takes away the cart of a customer.
pub(crate) async fn forget_customer(tx: &Tx, customer_id: &str) -> Result<(), Error> {
    tx.exec("DELETE FROM carts WHERE customer_id = $1", vals![customer_id]).await?;
    Ok(())
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Database(error.to_string()))
}
