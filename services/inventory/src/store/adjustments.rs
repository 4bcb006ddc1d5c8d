//! Answers to what people change, under their `Idempotency-Key`.

use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::damaged;

/// Whose key it is, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) caller: String,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
}

/// What became of the key before.
pub(crate) enum Before<T> {
    Nothing,
    Answered(T),
    /// It stands for another body.
    Other,
}

/// Claims a key. Whoever sends the same one at the same time waits here.
pub(crate) async fn claim<T: DeserializeOwned>(
    tx: &Tx,
    key: &Key,
    now: Timestamp,
) -> Result<Before<T>, Error> {
    let sql = "INSERT INTO adjustment_keys (caller, idempotency_key, fingerprint, answer, created_at) \
               VALUES ($1, $2, $3, '', $4) ON CONFLICT DO NOTHING";
    let (caller, text) = (key.caller.as_str(), key.key.as_str());
    let values = vals![caller, text, key.fingerprint.as_str(), now.as_millis()];
    if tx.exec(sql, values).await? == 1 {
        return Ok(Before::Nothing);
    }
    let sql = "SELECT fingerprint, answer FROM adjustment_keys \
               WHERE caller = $1 AND idempotency_key = $2";
    let (fingerprint, answer): (String, String) = tx.one(sql, vals![caller, text]).await?;
    if fingerprint != key.fingerprint {
        return Ok(Before::Other);
    }
    let answer = serde_json::from_str(&answer).map_err(|_| damaged("an answer"))?;
    Ok(Before::Answered(answer))
}

/// Keeps the answer.
pub(crate) async fn answer<T: Serialize>(tx: &Tx, key: &Key, answer: &T) -> Result<(), Error> {
    let sql = "UPDATE adjustment_keys SET answer = $3 WHERE caller = $1 AND idempotency_key = $2";
    let json = serde_json::to_string(answer).map_err(|error| Error::Database(error.to_string()))?;
    tx.exec(sql, vals![key.caller.as_str(), key.key.as_str(), json]).await.map(|_| ())
}
