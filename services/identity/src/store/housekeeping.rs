//! What is over and can go.

use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

/// Since when each kind of row is of no use any more.
pub(crate) struct Over {
    /// Links, sessions and tokens that expired before this.
    pub(crate) expired: Timestamp,
    /// Sessions not used since.
    pub(crate) idle: Timestamp,
    /// Attempts not repeated since.
    pub(crate) attempted: Timestamp,
    /// Devices not seen since.
    pub(crate) seen: Timestamp,
}

/// Deletes what is over; returns how many rows that were.
pub(crate) async fn clean(tx: &Tx, over: &Over) -> Result<u64, Error> {
    let expired = vals![over.expired.as_millis()];
    let mut rows = 0;
    rows += tx.exec("DELETE FROM registrations WHERE expires_at <= $1", expired).await?;
    rows += tx.exec("DELETE FROM password_resets WHERE expires_at <= $1", expired).await?;
    rows += tx.exec("DELETE FROM invitations WHERE expires_at <= $1", expired).await?;
    rows += tx.exec("DELETE FROM challenges WHERE expires_at <= $1", expired).await?;
    rows += tx.exec("DELETE FROM provider_sign_ins WHERE expires_at <= $1", expired).await?;
    rows += tx.exec("DELETE FROM passkey_questions WHERE expires_at <= $1", expired).await?;
    rows += tx.exec("DELETE FROM offered_links WHERE expires_at <= $1", expired).await?;
    let sql = "DELETE FROM sessions WHERE expires_at <= $1 OR used_at <= $2";
    rows += tx.exec(sql, vals![over.expired.as_millis(), over.idle.as_millis()]).await?;
    // Used tokens stay as long as their family: they are what betrays a stolen one.
    rows += tx.exec("DELETE FROM token_families WHERE expires_at <= $1", expired).await?;
    let sql = "DELETE FROM throttle WHERE last_at <= $1 AND blocked_until <= $2";
    rows += tx.exec(sql, vals![over.attempted.as_millis(), over.expired.as_millis()]).await?;
    rows +=
        tx.exec("DELETE FROM devices WHERE seen_at <= $1", vals![over.seen.as_millis()]).await?;
    Ok(rows)
}
