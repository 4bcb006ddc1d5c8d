//! Promotions: few rows, each a JSON body with the columns it is searched, counted and claimed by.

use emart_pricing_api::{PromotionId, PutPromotion};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

/// A row of `promotions`.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) id: PromotionId,
    pub(crate) body: PutPromotion,
    pub(crate) uses: i64,
    pub(crate) orders: i64,
    pub(crate) given_minor: i64,
    pub(crate) revenue_minor: i64,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

macro_rules! columns {
    () => {
        "id, body, uses, orders, given_minor, revenue_minor, version, created_at, updated_at"
    };
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, body): (String, String) = (row.get(0)?, row.get(1)?);
        let damaged = || Error::Database(format!("promotion {id} cannot be read"));
        Ok(Self {
            body: serde_json::from_str(&body).map_err(|_| damaged())?,
            id: id.parse().map_err(|_| damaged())?,
            uses: row.get(2)?,
            orders: row.get(3)?,
            given_minor: row.get(4)?,
            revenue_minor: row.get(5)?,
            version: row.get(6)?,
            created_at: Timestamp::from_millis(row.get(7)?),
            updated_at: Timestamp::from_millis(row.get(8)?),
        })
    }
}

/// A promotion.
pub(crate) async fn promotion(tx: &Tx, id: &PromotionId) -> Result<Option<Kept>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM promotions WHERE id = $1");
    tx.opt(sql, vals![id.as_str()]).await
}

/// The promotion of a code.
pub(crate) async fn by_code(tx: &Tx, code: &str) -> Result<Option<Kept>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM promotions WHERE code = $1");
    tx.opt(sql, vals![code]).await
}

/// Those that count by themselves and are switched on.
pub(crate) async fn automatic(tx: &Tx) -> Result<Vec<Kept>, Error> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM promotions WHERE code IS NULL AND active ORDER BY id LIMIT 100"
    );
    tx.all(sql, vals![]).await
}

/// How many count by themselves and are switched on, without one.
pub(crate) async fn count_automatic(tx: &Tx, but: &PromotionId) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM promotions WHERE code IS NULL AND active AND id <> $1";
    Ok(tx.one::<(i64,)>(sql, vals![but.as_str()]).await?.0)
}

/// Newest first.
pub(crate) async fn page(
    tx: &Tx,
    before: Option<String>,
    limit: usize,
) -> Result<Vec<Kept>, Error> {
    let limit = Val::from(i64::try_from(limit).unwrap_or(i64::MAX));
    let head = concat!("SELECT ", columns!(), " FROM promotions ");
    match before {
        None => tx.all_dyn(&format!("{head}ORDER BY id DESC LIMIT $1"), &[limit]).await,
        Some(before) => {
            let sql = format!("{head}WHERE id < $1 ORDER BY id DESC LIMIT $2");
            tx.all_dyn(&sql, &[Val::from(before), limit]).await
        }
    }
}

/// Adds one; `false` when its code is taken.
pub(crate) async fn insert(
    tx: &Tx,
    id: &PromotionId,
    body: &PutPromotion,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO promotions (id, code, active, most_uses, uses, orders, given_minor, \
               revenue_minor, body, version, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, 0, 0, 0, 0, $5, 1, $6, $6) ON CONFLICT DO NOTHING";
    let values = vals![
        id.as_str(),
        body.code.clone(),
        body.active,
        body.limits.uses.map(i64::from),
        json(body)?,
        now.as_millis()
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Changes one that is still in the version that was read.
pub(crate) async fn update(
    tx: &Tx,
    id: &PromotionId,
    body: &PutPromotion,
    read_version: i64,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE promotions SET code = $3, active = $4, most_uses = $5, body = $6, \
               version = version + 1, updated_at = $7 WHERE id = $1 AND version = $2";
    let values = vals![
        id.as_str(),
        read_version,
        body.code.clone(),
        body.active,
        body.limits.uses.map(i64::from),
        json(body)?,
        now.as_millis()
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Takes one away that is still in the version that was read. What orders say of it stays.
pub(crate) async fn delete(tx: &Tx, id: &PromotionId, read_version: i64) -> Result<bool, Error> {
    let sql = "DELETE FROM promotions WHERE id = $1 AND version = $2";
    Ok(tx.exec(sql, vals![id.as_str(), read_version]).await? == 1)
}

fn json(body: &PutPromotion) -> Result<String, Error> {
    serde_json::to_string(body).map_err(|error| Error::Database(error.to_string()))
}
