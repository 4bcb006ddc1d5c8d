//! The second step of a sign-in: who owes a code, and whether one is good.

use emart_identity_api::{Challenge, RecoveryCodes};
use emart_store::Tx;
use emart_types::Timestamp;

use crate::Identity;
use crate::domain::totp;
use crate::error::Error;
use crate::ops::Proof;
use crate::secrets;
use crate::store::providers::Subject;
use crate::store::two_factor::{self, Owed};
use crate::store::users::Account;
use crate::visit::Visit;

/// How many recovery codes somebody gets.
const RECOVERY_CODES: usize = 10;
/// How long a code may be owed.
const CHALLENGE: std::time::Duration = std::time::Duration::from_secs(600);

impl Identity {
    /// Asks whoever gave the right password for a code.
    pub(crate) async fn challenge(&self, proof: Proof) -> Result<Challenge, Error> {
        let (identity, now) = (self.clone(), self.clock.now());
        let write =
            self.db.write(move |tx| async move { identity.owe_code(&tx, proof, None, now).await });
        write.await
    }

    /// Notes that somebody owes a code, and what is to be linked with their account once they gave it.
    pub(crate) async fn owe_code(
        &self,
        tx: &Tx,
        proof: Proof,
        link: Option<Subject>,
        now: Timestamp,
    ) -> Result<Challenge, Error> {
        let (token, expires_at) = (secrets::new_token(), now.plus(CHALLENGE));
        proof.attempt.succeeded(tx).await?;
        let Account { user, password_hash, .. } = proof.account;
        let owed = Owed { user_id: user.id, password_hash, link };
        two_factor::insert_challenge(tx, &secrets::digest(&token), &owed, expires_at).await?;
        Ok(Challenge { challenge: token, expires_at })
    }

    /// The code that a program has to send along; `None` where none is needed.
    pub(crate) async fn code_due(
        &self,
        proof: &Proof,
        code: Option<String>,
        visit: &Visit,
    ) -> Result<Option<String>, Error> {
        if !proof.account.two_factor {
            return Ok(None);
        }
        let code = code.filter(|code| !code.is_empty()).ok_or(Error::SecondFactorNeeded)?;
        crate::domain::secret("/code", &code)?;
        self.attempt_code(proof.account.user.id.as_str(), visit).await?;
        Ok(Some(code))
    }

    /// Takes a code: of the app, or of those for the day it is lost. None works twice.
    pub(crate) async fn take_code(
        &self,
        tx: &Tx,
        user_id: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let factor = two_factor::factor(tx, user_id).await?.ok_or(Error::WrongCode)?;
        let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
        if typed.len() <= 6 {
            let step = totp::step_of(&factor.secret, &typed, now.as_seconds());
            let step = step.ok_or(Error::WrongCode)?;
            let taken = two_factor::take_step(tx, user_id, step).await?;
            return if taken { Ok(()) } else { Err(Error::WrongCode) };
        }
        let hash = recovery_hash(&typed.to_ascii_lowercase());
        let taken = two_factor::take_recovery(tx, user_id, &hash).await?;
        if taken && factor.confirmed_at.is_some() { Ok(()) } else { Err(Error::WrongCode) }
    }

    /// Gives somebody new recovery codes.
    pub(crate) async fn make_recovery_codes(
        &self,
        tx: &Tx,
        user_id: &str,
    ) -> Result<RecoveryCodes, Error> {
        let codes: Vec<String> =
            (0..RECOVERY_CODES).map(|_| secrets::new_recovery_code()).collect();
        let hashes: Vec<String> =
            codes.iter().map(|code| recovery_hash(&code.replace('-', ""))).collect();
        two_factor::put_recovery(tx, user_id, &hashes).await?;
        Ok(RecoveryCodes { codes })
    }
}

fn recovery_hash(code: &str) -> String {
    secrets::digest(&format!("recovery:{code}"))
}
