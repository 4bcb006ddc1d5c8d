//! Which restocks were made: kept among the keys of adjustments, under a caller that no person is.

use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

use crate::domain::wanted::Claim;

const CALLER: &str = "restock";

/// What became of a restock's reference before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    New,
    /// The same pieces were put back under it.
    Before,
    /// Other pieces were.
    Other,
}

/// Notes a restock. Whoever sends the same one at the same time waits here.
pub(crate) async fn begin(
    tx: &Tx,
    reference: &str,
    pieces: &[Claim],
    now: Timestamp,
) -> Result<Begun, Error> {
    let fingerprint =
        serde_json::to_string(pieces).map_err(|error| Error::Database(error.to_string()))?;
    let sql = "INSERT INTO adjustment_keys (caller, idempotency_key, fingerprint, answer, created_at) \
               VALUES ($1, $2, $3, '', $4) ON CONFLICT DO NOTHING";
    let values = vals![CALLER, reference, fingerprint.as_str(), now.as_millis()];
    if tx.exec(sql, values).await? == 1 {
        return Ok(Begun::New);
    }
    let sql = "SELECT fingerprint FROM adjustment_keys WHERE caller = $1 AND idempotency_key = $2";
    let known: String = tx.one(sql, vals![CALLER, reference]).await?;
    Ok(if known == fingerprint { Begun::Before } else { Begun::Other })
}
