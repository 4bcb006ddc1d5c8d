//! Card tokens: what is kept of a card, and which payment it belongs to.

use emart_payments_api::CardToken;
use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

use crate::domain::card::CheckedCard;

/// What a payment takes over from its card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenCard {
    pub(crate) provider: String,
    pub(crate) card: String,
    pub(crate) brand: String,
    pub(crate) last4: String,
}

/// A token that is being made.
#[derive(Debug)]
pub(crate) struct NewToken {
    pub(crate) token: CardToken,
    pub(crate) provider: &'static str,
    pub(crate) card: String,
    pub(crate) shown: CheckedCard,
    pub(crate) expires_at: Timestamp,
    pub(crate) created_at: Timestamp,
}

/// Adds a token.
pub(crate) async fn insert(tx: &Tx, new: &NewToken) -> Result<(), Error> {
    let sql = "INSERT INTO card_tokens \
               (token, provider, card, brand, last4, exp_month, exp_year, used_by, expires_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $9)";
    let values = vals![
        new.token.as_str(),
        new.provider,
        new.card.as_str(),
        new.shown.brand,
        new.shown.last4.as_str(),
        new.shown.exp_month,
        new.shown.exp_year,
        new.expires_at.as_millis(),
        new.created_at.as_millis(),
    ];
    tx.exec(sql, values).await.map(|_| ())
}

/// Binds a token to a payment; `None` when it cannot be: unknown, run out, or bound already.
pub(crate) async fn bind(
    tx: &Tx,
    token: &CardToken,
    reference: &str,
    now: Timestamp,
) -> Result<Option<TokenCard>, Error> {
    let sql = "UPDATE card_tokens SET used_by = $2 \
               WHERE token = $1 AND used_by IS NULL AND expires_at > $3 \
               RETURNING provider, card, brand, last4";
    let row = tx.opt(sql, vals![token.as_str(), reference, now.as_millis()]).await?;
    Ok(row.map(|(provider, card, brand, last4)| TokenCard { provider, card, brand, last4 }))
}

/// Forgets tokens that ran out before a time.
pub(crate) async fn forget(tx: &Tx, before: Timestamp) -> Result<u64, Error> {
    let sql = "DELETE FROM card_tokens WHERE token IN \
               (SELECT token FROM card_tokens WHERE expires_at < $1 LIMIT 1000)";
    tx.exec(sql, vals![before.as_millis()]).await
}
