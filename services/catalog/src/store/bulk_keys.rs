//! Answers to bulk edits under their `Idempotency-Key`.

use emart_catalog_api::BulkResult;
use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

use super::to_json;

/// Whose key it is, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) caller: String,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
}

/// What became of the key before.
pub(crate) enum Before {
    Nothing,
    Answered(BulkResult),
    /// It stands for another body.
    Other,
}

/// Claims a key. Whoever sends the same one at the same time waits here.
pub(crate) async fn claim(tx: &Tx, key: &Key, now: Timestamp) -> Result<Before, Error> {
    let sql = "INSERT INTO bulk_keys (caller, idempotency_key, fingerprint, answer, created_at) \
        VALUES ($1, $2, $3, '', $4) ON CONFLICT DO NOTHING";
    let (caller, text) = (key.caller.as_str(), key.key.as_str());
    let values = vals![caller, text, key.fingerprint.as_str(), now.as_millis()];
    if tx.exec(sql, values).await? == 1 {
        return Ok(Before::Nothing);
    }
    let sql =
        "SELECT fingerprint, answer FROM bulk_keys WHERE caller = $1 AND idempotency_key = $2";
    let (fingerprint, answer): (String, String) = tx.one(sql, vals![caller, text]).await?;
    if fingerprint != key.fingerprint {
        return Ok(Before::Other);
    }
    let answer = serde_json::from_str(&answer);
    let answer = answer.map_err(|e| Error::Decode { column: 1, reason: e.to_string() })?;
    Ok(Before::Answered(answer))
}

/// Keeps the answer.
pub(crate) async fn answer(tx: &Tx, key: &Key, answer: &BulkResult) -> Result<(), Error> {
    let sql = "UPDATE bulk_keys SET answer = $3 WHERE caller = $1 AND idempotency_key = $2";
    let values = vals![key.caller.as_str(), key.key.as_str(), to_json(answer)?];
    tx.exec(sql, values).await.map(|_| ())
}
