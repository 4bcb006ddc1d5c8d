//! Accounts that were made in another store, many at a time. Internal.

use std::collections::HashMap;

use axum::extract::State;
use emart_http::{Caller, Json, Role};
use emart_identity_api::{AccountImport, AccountOutcome, MovedAccount, User, UserId};
use emart_store::Tx;
use emart_types::Invalid;

use crate::Identity;
use crate::domain::{self, email};
use crate::error::Error;
use crate::hashing;
use crate::store::{setup, users};

/// The most at once.
const MOST: usize = 1000;
/// In place of the hash of a password that nobody has.
const NO_PASSWORD: &str = "";

/// Takes accounts in: their passwords go on working, nobody is written to, and what is here already stays as it is.
pub(super) async fn import_accounts(
    State(identity): State<Identity>,
    caller: Caller,
    Json(import): Json<AccountImport>,
) -> Result<Json<Vec<AccountOutcome>>, Error> {
    if !caller.is_admin() {
        return Err(Error::Forbidden);
    }
    if import.accounts.len() > MOST {
        return Err(Invalid::field("/accounts", format!("must be at most {MOST}")).into());
    }
    let write = identity.db.write(move |tx| async move {
        let mut outcomes = Vec::with_capacity(import.accounts.len());
        // Of a dry run: whose the addresses of this batch would be.
        let mut imagined = HashMap::new();
        for account in import.accounts {
            outcomes.push(match checked(account) {
                Err(invalid) => AccountOutcome::Refused { reason: invalid.to_string() },
                Ok((user, hash)) => match known(&tx, &user, &imagined).await? {
                    Some(outcome) => outcome,
                    None if import.dry_run => {
                        imagined.insert(user.email, user.id);
                        AccountOutcome::Created
                    }
                    None => create(&tx, &user, &hash).await?,
                },
            });
        }
        Ok::<_, emart_store::Error>(outcomes)
    });
    Ok(Json(write.await?))
}

fn checked(account: MovedAccount) -> Result<(User, String), Invalid> {
    let MovedAccount { id, email, name, role, password_hash, created_at } = account;
    let email = email::normalise("/email", &email)?;
    let mut invalid = Invalid::new();
    let name = domain::name(&mut invalid, "/name", name.as_deref());
    invalid.require(role != Role::Guest, "/role", "a guest has no account");
    let can_move = password_hash.as_deref().is_none_or(hashing::can_move);
    invalid.require(can_move, "/password_hash", "must be a bcrypt hash");
    invalid.finish()?;
    let hash = password_hash.unwrap_or_else(|| NO_PASSWORD.to_owned());
    Ok((User { id, email, name, role, created_at }, hash))
}

/// What is to be said of an account whose id or address is here.
async fn known(
    tx: &Tx,
    user: &User,
    imagined: &HashMap<String, UserId>,
) -> Result<Option<AccountOutcome>, emart_store::Error> {
    if users::user(tx, user.id.as_str()).await?.is_some() {
        return Ok(Some(AccountOutcome::Unchanged));
    }
    if let Some(user_id) = imagined.get(&user.email).cloned() {
        return Ok(Some(AccountOutcome::Taken { user_id }));
    }
    let other = users::account_by_email(tx, &user.email).await?;
    Ok(other.map(|other| AccountOutcome::Taken { user_id: other.user.id }))
}

async fn create(tx: &Tx, user: &User, hash: &str) -> Result<AccountOutcome, emart_store::Error> {
    if !users::insert_user(tx, user, hash).await? {
        // Another copy of the service was quicker.
        let reason = "somebody registered with the same address at this moment; run it again";
        return Ok(AccountOutcome::Refused { reason: reason.to_owned() });
    }
    if user.role == Role::Admin {
        setup::delete_token(tx).await?;
    }
    Ok(AccountOutcome::Created)
}
