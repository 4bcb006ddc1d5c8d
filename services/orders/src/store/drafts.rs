//! Drafts. A draft that is being paid, or was, is not changed and not deleted.

use emart_orders_api::{DraftId, DraftState, OrderId, PutDraft};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use crate::store::json;

/// A row of `drafts`.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) id: DraftId,
    pub(crate) state: DraftState,
    pub(crate) body: PutDraft,
    pub(crate) order_id: Option<OrderId>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

macro_rules! columns {
    () => {
        "id, state, body, order_id, version, created_at, updated_at"
    };
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let damaged = || Error::Database("a draft cannot be read".to_owned());
        let (id, state, body): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let order_id: Option<String> = row.get(3)?;
        Ok(Self {
            id: id.parse().map_err(|_| damaged())?,
            state: match state.as_str() {
                "open" => DraftState::Open,
                "completed" => DraftState::Completed,
                _ => return Err(damaged()),
            },
            body: serde_json::from_str(&body).map_err(|_| damaged())?,
            order_id: order_id.map(|id| id.parse()).transpose().map_err(|_| damaged())?,
            version: row.get(4)?,
            created_at: Timestamp::from_millis(row.get(5)?),
            updated_at: Timestamp::from_millis(row.get(6)?),
        })
    }
}

/// A draft.
pub(crate) async fn draft(tx: &Tx, id: &DraftId) -> Result<Option<Kept>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM drafts WHERE id = $1");
    tx.opt(sql, vals![id.as_str()]).await
}

/// A draft that nobody else changes until the transaction ends.
pub(crate) async fn draft_to_change(tx: &Tx, id: &DraftId) -> Result<Option<Kept>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM drafts WHERE id = $1 {{for_update}}");
    tx.opt(sql, vals![id.as_str()]).await
}

/// Whether a checkout for it is under way, or has made an order of it.
pub(crate) async fn is_taken(tx: &Tx, id: &DraftId) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) FROM checkouts WHERE cart_id = $1 AND state <> 'failed'";
    Ok(tx.one::<i64>(sql, vals![id.as_str()]).await? > 0)
}

/// However it was written; empty where there is none.
fn email(body: &PutDraft) -> String {
    body.email.as_deref().unwrap_or_default().to_lowercase()
}

/// Adds a draft.
pub(crate) async fn insert(tx: &Tx, draft: &Kept) -> Result<(), Error> {
    let sql = "INSERT INTO drafts (id, state, body, order_id, version, created_at, updated_at, email, \
               customer_id) VALUES ($1, 'open', $2, NULL, $3, $4, $4, $5, $6)";
    let (at, email) = (draft.created_at.as_millis(), email(&draft.body));
    let customer_id = draft.body.customer_id.as_deref();
    let values =
        vals![draft.id.as_str(), json(&draft.body)?, draft.version, at, email, customer_id];
    tx.exec(sql, values).await.map(|_| ())
}

/// Writes a draft that was read with [`draft_to_change`].
pub(crate) async fn update(tx: &Tx, draft: &Kept) -> Result<(), Error> {
    let sql = "UPDATE drafts SET body = $2, version = $3, updated_at = $4, email = $5, \
               customer_id = $6 WHERE id = $1";
    let (at, email) = (draft.updated_at.as_millis(), email(&draft.body));
    let customer_id = draft.body.customer_id.as_deref();
    let values =
        vals![draft.id.as_str(), json(&draft.body)?, draft.version, at, email, customer_id];
    tx.exec(sql, values).await.map(|_| ())
}

/// It is an order now; `false` when it was one already.
pub(crate) async fn complete(
    tx: &Tx,
    id: &DraftId,
    order_id: &OrderId,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE drafts SET state = 'completed', order_id = $2, version = version + 1, \
               updated_at = $3 WHERE id = $1 AND state = 'open'";
    Ok(tx.exec(sql, vals![id.as_str(), order_id.as_str(), now.as_millis()]).await? == 1)
}

/// Forgets a draft that was read with [`draft_to_change`].
pub(crate) async fn delete(tx: &Tx, id: &DraftId) -> Result<(), Error> {
    tx.exec("DELETE FROM drafts WHERE id = $1", vals![id.as_str()]).await.map(|_| ())
}

/// Drafts that stand somewhere, the newest first; up to one more than the limit.
pub(crate) async fn list(
    tx: &Tx,
    state: DraftState,
    before: Option<String>,
    limit: usize,
) -> Result<Vec<Kept>, Error> {
    let state = match state {
        DraftState::Open => "open",
        DraftState::Completed => "completed",
    };
    let before = before.unwrap_or_else(|| "~".to_owned());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let values: [Val; 3] = [state.into(), before.into(), limit.into()];
    tx.all(LIST, &values).await
}

pub(super) const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM drafts WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
);

pub(super) const OF_CUSTOMER: &str =
    concat!("SELECT ", columns!(), " FROM drafts WHERE customer_id = $1 ORDER BY id");
pub(super) const OF_EMAIL: &str =
    concat!("SELECT ", columns!(), " FROM drafts WHERE email = $1 ORDER BY id");
pub(super) const OF_ORDER: &str =
    concat!("SELECT ", columns!(), " FROM drafts WHERE order_id = $1 ORDER BY id");
/// Those of a version that did not note whose they are.
pub(super) const UNMARKED: &str =
    concat!("SELECT ", columns!(), " FROM drafts WHERE email IS NULL ORDER BY id");
