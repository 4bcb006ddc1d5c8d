//! Ways to send things: few rows, each a JSON body.

use emart_pricing_api::{PutShippingMethod, ShippingMethod, ShippingMethodId};
use emart_store::{Error, FromRow, Row, Tx, vals};

/// A row of `shipping_methods`.
struct MethodRow(ShippingMethod);

impl FromRow for MethodRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, body): (String, String) = (row.get(0)?, row.get(1)?);
        let damaged = || Error::Database(format!("shipping method {id} cannot be read"));
        let method = ShippingMethod {
            body: serde_json::from_str(&body).map_err(|_| damaged())?,
            id: id.parse().map_err(|_| damaged())?,
            version: row.get(2)?,
        };
        Ok(Self(method))
    }
}

/// All of them, in the order they were made.
pub(crate) async fn methods(tx: &Tx) -> Result<Vec<ShippingMethod>, Error> {
    let sql = "SELECT id, body, version FROM shipping_methods ORDER BY id LIMIT 100";
    Ok(tx.all::<MethodRow>(sql, vals![]).await?.into_iter().map(|row| row.0).collect())
}

/// One of them.
pub(crate) async fn method(
    tx: &Tx,
    id: &ShippingMethodId,
) -> Result<Option<ShippingMethod>, Error> {
    let sql = "SELECT id, body, version FROM shipping_methods WHERE id = $1";
    Ok(tx.opt::<MethodRow>(sql, vals![id.as_str()]).await?.map(|row| row.0))
}

/// How many there are.
pub(crate) async fn count(tx: &Tx) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>("SELECT count(*) FROM shipping_methods", vals![]).await?.0)
}

/// Adds one.
pub(crate) async fn insert(
    tx: &Tx,
    id: &ShippingMethodId,
    body: &PutShippingMethod,
) -> Result<(), Error> {
    let sql = "INSERT INTO shipping_methods (id, body) VALUES ($1, $2)";
    tx.exec(sql, vals![id.as_str(), json(body)?]).await.map(|_| ())
}

/// Changes one that is still in the version that was read.
pub(crate) async fn update(
    tx: &Tx,
    id: &ShippingMethodId,
    body: &PutShippingMethod,
    read_version: i64,
) -> Result<bool, Error> {
    let sql = "UPDATE shipping_methods SET body = $3, version = version + 1 \
               WHERE id = $1 AND version = $2";
    Ok(tx.exec(sql, vals![id.as_str(), read_version, json(body)?]).await? == 1)
}

/// Takes one away that is still in the version that was read.
pub(crate) async fn delete(
    tx: &Tx,
    id: &ShippingMethodId,
    read_version: i64,
) -> Result<bool, Error> {
    let sql = "DELETE FROM shipping_methods WHERE id = $1 AND version = $2";
    Ok(tx.exec(sql, vals![id.as_str(), read_version]).await? == 1)
}

fn json(body: &PutShippingMethod) -> Result<String, Error> {
    serde_json::to_string(body).map_err(|error| Error::Database(error.to_string()))
}
