//! Accounts elsewhere: whose they are here, the sign-ins on their way to a provider, and the links that wait for a
//! password.

use emart_identity_api::UserId;
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::users;

/// Somebody as a provider knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) issuer: String,
    pub(crate) subject: String,
}

/// A sign-in on its way to a provider and back.
pub(crate) struct Journey {
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

impl FromRow for Journey {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { nonce: row.get(0)?, verifier: row.get(1)? })
    }
}

/// What finds a journey again: all of it has to be right.
pub(crate) struct Ticket<'a> {
    pub(crate) state_hash: &'a str,
    pub(crate) binding_hash: &'a str,
    pub(crate) provider: &'a str,
}

/// A link that waits for the account's password.
pub(crate) struct Offer {
    pub(crate) user_id: UserId,
    pub(crate) subject: Subject,
    /// Whether the provider says that they gave a second factor there.
    pub(crate) second_factor_met: bool,
}

impl FromRow for Offer {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            user_id: users::parsed(row, 0)?,
            subject: Subject { issuer: row.get(1)?, subject: row.get(2)? },
            second_factor_met: row.get::<i64>(3)? != 0,
        })
    }
}

/// Begins a journey.
pub(crate) async fn begin(
    tx: &Tx,
    ticket: &Ticket<'_>,
    journey: &Journey,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO provider_sign_ins
        (state_hash, binding_hash, provider, nonce, verifier, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let Ticket { state_hash, binding_hash, provider } = *ticket;
    let (nonce, verifier) = (journey.nonce.as_str(), journey.verifier.as_str());
    let expires_at = expires_at.as_millis();
    tx.exec(sql, vals![state_hash, binding_hash, provider, nonce, verifier, expires_at]).await?;
    Ok(())
}

/// Ends a journey, once: `None` for whoever comes again, too late, from another browser or another provider.
pub(crate) async fn arrive(
    tx: &Tx,
    ticket: &Ticket<'_>,
    now: Timestamp,
) -> Result<Option<Journey>, Error> {
    let sql = "DELETE FROM provider_sign_ins
        WHERE state_hash = $1 AND binding_hash = $2 AND provider = $3 AND expires_at > $4
        RETURNING nonce, verifier";
    let Ticket { state_hash, binding_hash, provider } = *ticket;
    tx.opt(sql, vals![state_hash, binding_hash, provider, now.as_millis()]).await
}

struct Id(UserId);

impl FromRow for Id {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(users::parsed(row, 0)?))
    }
}

/// Who somebody at a provider is here; that they come is noted.
pub(crate) async fn linked(
    tx: &Tx,
    subject: &Subject,
    now: Timestamp,
) -> Result<Option<UserId>, Error> {
    let sql = "UPDATE linked_subjects SET used_at = $3 WHERE issuer = $1 AND subject = $2
        RETURNING user_id";
    let values = vals![&subject.issuer, &subject.subject, now.as_millis()];
    Ok(tx.opt::<Id>(sql, values).await?.map(|row| row.0))
}

/// Links somebody at a provider with a person; `false` when either has another link there.
pub(crate) async fn link(
    tx: &Tx,
    subject: &Subject,
    user_id: &UserId,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO linked_subjects (issuer, subject, user_id, linked_at, used_at)
        VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING";
    let Subject { issuer, subject } = subject;
    Ok(tx.exec(sql, vals![issuer, subject, user_id.as_str(), now.as_millis()]).await? == 1)
}

/// Keeps a link until the account's password is given.
pub(crate) async fn offer(
    tx: &Tx,
    token_hash: &str,
    offer: &Offer,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO offered_links
        (token_hash, user_id, issuer, subject, second_factor_met, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let Subject { issuer, subject } = &offer.subject;
    let (user, met) = (offer.user_id.as_str(), i64::from(offer.second_factor_met));
    tx.exec(sql, vals![token_hash, user, issuer, subject, met, expires_at.as_millis()]).await?;
    Ok(())
}

/// The address of the account that an offered link is for.
pub(crate) async fn offered_to(
    tx: &Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    let sql = "SELECT u.email FROM offered_links o JOIN users u ON u.id = o.user_id
        WHERE o.token_hash = $1 AND o.expires_at > $2";
    Ok(tx.opt::<(String,)>(sql, vals![token_hash, now.as_millis()]).await?.map(|(email,)| email))
}

/// Takes an offered link, once.
pub(crate) async fn take_offer(
    tx: &Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Offer>, Error> {
    let sql = "DELETE FROM offered_links WHERE token_hash = $1 AND expires_at > $2
        RETURNING user_id, issuer, subject, second_factor_met";
    tx.opt(sql, vals![token_hash, now.as_millis()]).await
}
