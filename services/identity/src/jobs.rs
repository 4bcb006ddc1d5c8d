//! What happens by itself: answering what was asked for by e-mail, noting which sessions are in use, cleaning up.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use emart_identity_api::{PasswordResetRequested, RegistrationRepeated, RegistrationRequested};
use emart_store::Tx;
use emart_types::Timestamp;
use tokio::time::MissedTickBehavior;

use crate::Identity;
use crate::error::Error;
use crate::keys::{self, Keys};
use crate::secrets;
use crate::store::housekeeping::{self, Over};
use crate::store::links::{self, Asked, Registration, Wish};
use crate::store::users::{self, Account};
use crate::store::{api_keys, sessions, tokens};

const CLEAN_EVERY: Duration = Duration::from_secs(600);
/// After a failure (the disk is full, the database is away) the work is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(2);
/// A browser not seen for so long is strange again.
const FORGET_DEVICE: Duration = Duration::from_secs(400 * 86_400);
/// Sessions whose use waits to be noted, at most; a note too few only ends a session earlier.
const USED_AT_ONCE: usize = 10_000;

/// Runs until the process stops.
pub(crate) async fn run(identity: Identity) {
    let mut clean = tokio::time::interval(CLEAN_EVERY);
    clean.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let work = tokio::select! {
            _ = clean.tick() => match identity.rotate_keys().await {
                Ok(()) => identity.clean().await,
                Err(error) => Err(error),
            },
            () = identity.wake.notified() => Ok(()),
        };
        if let Err(error) = work.and(identity.catch_up().await) {
            tracing::warn!(%error, "identity's jobs did not get through; trying again");
            tokio::time::sleep(RETRY_AFTER).await;
            identity.wake.notify_one();
        }
    }
}

impl Identity {
    /// Has the use of a session noted.
    pub(crate) fn note_use(&self, token_hash: &str) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() < USED_AT_ONCE && used.insert(token_hash.to_owned()) {
            drop(used);
            self.wake.notify_one();
        }
    }

    async fn catch_up(&self) -> Result<(), Error> {
        while self.answer_request().await? {}
        let used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        if used.is_empty() {
            return Ok(());
        }
        let (used, now): (Vec<_>, _) = (used.into_iter().collect(), self.clock.now());
        Ok(self
            .db
            .write(move |tx| async move {
                sessions::note_use(&tx, &used, now).await?;
                api_keys::note_use(&tx, &used, now).await
            })
            .await?)
    }

    /// Answers the oldest request, if there is one.
    async fn answer_request(&self) -> Result<bool, Error> {
        let (identity, now) = (self.clone(), self.clock.now());
        let write = self.db.write(move |tx| async move {
            let Some(asked) = links::take_request(&tx).await? else { return Ok(false) };
            identity.answer(&tx, asked, now).await?;
            Ok(true)
        });
        write.await
    }

    async fn answer(&self, tx: &Tx, asked: Asked, now: Timestamp) -> Result<(), Error> {
        let (token, email) = (secrets::new_token(), asked.email);
        let token_hash = secrets::digest(&token);
        let account = users::account_by_email(tx, &email).await?;
        match (asked.what, account) {
            (Wish::Account { name, password_hash }, None) => {
                let expires_at = now.plus(self.config.registration_link());
                let registration =
                    Registration { email: email.clone(), name: name.clone(), password_hash };
                links::insert_registration(tx, &token_hash, &registration, expires_at).await?;
                let event = RegistrationRequested { email, name, token, expires_at };
                self.outbox.emit(tx, &event).await?;
            }
            (Wish::Account { .. }, Some(_)) => {
                self.outbox.emit(tx, &RegistrationRepeated { email }).await?;
            }
            (Wish::NewPassword, Some(Account { user, .. })) => {
                let expires_at = now.plus(self.config.reset_link());
                links::insert_reset(tx, &token_hash, &user.id, expires_at).await?;
                let event = PasswordResetRequested { email, token, expires_at };
                self.outbox.emit(tx, &event).await?;
            }
            (Wish::NewPassword, None) => {}
        }
        Ok(())
    }

    /// Lets the keys that sign come and go, and learns of those that another copy made.
    async fn rotate_keys(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let (due, over) =
            (now.minus(self.config.signing_key()), now.minus(self.config.key_retires()));
        let next = keys::generate(now)?;
        let write = self.db.write(move |tx| async move {
            tokens::rotate_signing_keys(&tx, &next, due, over).await
        });
        let kept = write.await.map_err(|error: emart_store::Error| error)?;
        let keys = Keys::new(&self.config, &kept, now)?;
        if !keys.is_like(&self.keys.load()) {
            tracing::info!(keys = kept.len(), "access tokens have other signing keys now");
            self.keys.store(Arc::new(keys));
        }
        Ok(())
    }

    async fn clean(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let over = Over {
            expired: now,
            idle: now.minus(self.config.idle()),
            attempted: now.minus(self.config.forget()),
            seen: now.minus(FORGET_DEVICE),
        };
        let rows: u64 = self
            .db
            .write(move |tx| async move { housekeeping::clean(&tx, &over).await })
            .await
            .map_err(|error: emart_store::Error| error)?;
        tracing::debug!(rows, "deleted what is over");
        Ok(())
    }
}
