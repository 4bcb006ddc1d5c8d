//! Counts of attempts, by a digest of who tried what.

use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

/// Until when no attempt counts. A statement of its own, for a look before anything is written.
pub(crate) const BLOCKED_UNTIL: &str = "SELECT blocked_until FROM throttle WHERE key = $1";

/// Counts an attempt; `None` when it comes too early. Of attempts made at once each is counted before the next.
pub(crate) async fn count_attempt(
    tx: &Tx,
    key: &str,
    now: Timestamp,
    forget_before: Timestamp,
) -> Result<Option<u32>, Error> {
    let sql = "INSERT INTO throttle (key, attempts, last_at, blocked_until) VALUES ($1, 1, $2, 0)
        ON CONFLICT (key) DO UPDATE SET last_at = $2,
            attempts = CASE WHEN throttle.last_at < $3 THEN 1 ELSE throttle.attempts + 1 END
        WHERE throttle.blocked_until <= $2 RETURNING attempts";
    tx.opt(sql, vals![key, now.as_millis(), forget_before.as_millis()]).await
}

/// Says until when no attempt counts.
pub(crate) async fn block(tx: &Tx, key: &str, until: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE throttle SET blocked_until = $2 WHERE key = $1";
    tx.exec(sql, vals![key, until.as_millis()]).await?;
    Ok(())
}

/// Until when no attempt counts.
pub(crate) async fn blocked_until(tx: &Tx, key: &str) -> Result<Option<Timestamp>, Error> {
    Ok(tx.opt::<i64>(BLOCKED_UNTIL, vals![key]).await?.map(Timestamp::from_millis))
}

/// Forgets all attempts.
pub(crate) async fn forget(tx: &Tx, key: &str) -> Result<(), Error> {
    tx.exec("DELETE FROM throttle WHERE key = $1", vals![key]).await?;
    Ok(())
}

/// Takes one attempt back: it was a good one, or it was never made.
pub(crate) async fn take_back(tx: &Tx, key: &str) -> Result<(), Error> {
    let sql = "UPDATE throttle SET attempts = attempts - 1, blocked_until = 0 WHERE key = $1 AND attempts > 0";
    tx.exec(sql, vals![key]).await?;
    Ok(())
}
