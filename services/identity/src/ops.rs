//! What more than one door needs: signing in, making sessions and tokens, ending them, the first start.

use anyhow::Context as _;
use emart_http::{Permissions, Role};
use emart_identity_api::{
    Credentials, PasswordChanged, Principal, Session, SignedIn, Tokens, User, UserId,
    UserRegistered,
};
use emart_store::{Db, Tx};
use emart_types::{Clock, Invalid, Timestamp, new_id_text};

use crate::Identity;
use crate::attempts::Attempt;
use crate::domain::{access, email, password};
use crate::error::Error;
use crate::hashing::{Kept, is_bcrypt};
use crate::keys::{self, Claims, KeptKey};
use crate::secrets;
use crate::store::sessions::{self, NewSession};
use crate::store::users::{self, Account};
use crate::store::{api_keys, links, roles, setup, tokens};
use crate::visit::Visit;

/// What every API key begins with, so that a leaked one is recognised.
pub(crate) const KEY_PREFIX: &str = "emk_";

/// Someone gave the right password.
pub(crate) struct Proof {
    pub(crate) account: Account,
    /// What takes the place of a hash that was moved here from another store.
    pub(crate) stronger_hash: Option<String>,
    pub(crate) attempt: Attempt,
}

impl Proof {
    /// Of somebody whom a provider vouches for.
    pub(crate) fn of_provider(identity: &Identity, account: Account, visit: &Visit) -> Self {
        Self { account, stronger_hash: None, attempt: identity.provider_attempt(visit) }
    }
}

/// What one sign-in over the API is made of.
pub(crate) struct NewTokens {
    pub(crate) family_id: String,
    pub(crate) refresh_token: String,
    pub(crate) refresh_hash: String,
}

impl NewTokens {
    pub(crate) fn of_family(family_id: String) -> Self {
        let refresh_token = secrets::new_token();
        let refresh_hash = secrets::digest(&refresh_token);
        Self { family_id, refresh_token, refresh_hash }
    }
}

/// Makes sure, at start, that there is a signing key and, as long as there is no administrator, a way to become one.
pub(crate) async fn prepare(db: &Db, clock: &Clock) -> anyhow::Result<Vec<KeptKey>> {
    let now = clock.now();
    let (key, token) = (keys::generate(now)?, secrets::new_token());
    let write = db.write(move |tx| async move {
        if setup::has_admin(&tx).await? {
            setup::delete_token(&tx).await?;
        } else {
            setup::put_token(&tx, &token, now).await?;
        }
        for role in access::built_in() {
            roles::put_built_in(&tx, role).await?;
        }
        tokens::ensure_signing_key(&tx, &key, now).await
    });
    write.await.map_err(|error: emart_store::Error| error).context("prepare the database")
}

impl Identity {
    /// Checks who someone says they are. Costs the same whether the address has an account.
    pub(crate) async fn authenticate(
        &self,
        credentials: &Credentials,
        visit: &Visit,
    ) -> Result<Proof, Error> {
        let email = email::normalise("/email", &credentials.email)?;
        let mut invalid = Invalid::new();
        password::check_length(&mut invalid, "/password", &credentials.password);
        invalid.finish()?;
        let attempt = self.attempt_sign_in(&email, visit).await?;
        let read = self.db.read(|tx| async move {
            let moved = users::costliest_moved_hash(&tx).await?;
            Ok::<_, emart_store::Error>((users::account_by_email(&tx, &email).await?, moved))
        });
        let (account, moved) = read.await?;
        let own = account.as_ref().map(|account| account.password_hash.as_str());
        let kept = Kept { own, moved: moved.as_deref() };
        let matches = self.hasher.verify(kept, &credentials.password).await;
        let matches = self.unless_busy(&attempt, matches).await?;
        let account = account.filter(|_| matches).ok_or(Error::BadCredentials)?;
        let stronger_hash = if is_bcrypt(&account.password_hash) {
            // With no room for the work now, the next sign-in does it.
            self.hasher.hash(&credentials.password).await.ok()
        } else {
            None
        };
        Ok(Proof { account, stronger_hash, attempt })
    }

    /// What every sign-in writes. The password may have been changed since it was checked: then it does not count.
    pub(crate) async fn enter(
        &self,
        tx: &Tx,
        proof: &Proof,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Account { user, password_hash, .. } = &proof.account;
        if !users::confirm_password(tx, &user.id, password_hash, now).await? {
            return Err(Error::BadCredentials);
        }
        if let Some(stronger) = &proof.stronger_hash {
            users::strengthen_password(tx, &user.id, password_hash, stronger).await?;
        }
        proof.attempt.succeeded(tx).await?;
        let known_device =
            users::note_device(tx, &user.id, visit.fingerprint().as_deref(), now).await?;
        let event = SignedIn {
            user_id: user.id.clone(),
            email: user.email.clone(),
            at: now,
            user_agent: visit.user_agent.clone(),
            known_device,
        };
        self.outbox.emit(tx, &event).await?;
        Ok(())
    }

    /// A new session, to be kept with [`Identity::keep_session`].
    pub(crate) fn new_session(&self, user: User, now: Timestamp) -> Session {
        let expires_at = now.plus(self.config.absolute());
        Session { token: secrets::new_token(), expires_at, user }
    }

    /// Keeps a session; the one the browser had before ends.
    pub(crate) async fn keep_session(
        &self,
        tx: &Tx,
        session: &Session,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<(), Error> {
        sessions::delete_session(tx, visit.session_hash()).await?;
        let new = NewSession {
            token_hash: &secrets::digest(&session.token),
            user_id: &session.user.id,
            created_at: now,
            expires_at: session.expires_at,
            user_agent: visit.user_agent.as_deref(),
            client: visit.client.as_deref(),
        };
        Ok(sessions::insert_session(tx, &new).await?)
    }

    /// Keeps the next refresh token of a family that lives until `family_expires_at`.
    pub(crate) async fn keep_refresh_token(
        &self,
        tx: &Tx,
        new: &NewTokens,
        family_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        let expires_at = now.plus(self.config.idle()).min(family_expires_at);
        let (hash, family) = (&new.refresh_hash, &new.family_id);
        Ok(tokens::insert_refresh_token(tx, hash, family, now, expires_at).await?)
    }

    /// The tokens as they are handed out.
    pub(crate) fn issue(
        &self,
        new: NewTokens,
        user_id: &UserId,
        role: Role,
        now: Timestamp,
    ) -> Result<Tokens, Error> {
        let expires_in = self.config.access_token_seconds;
        Ok(Tokens {
            access_token: self.sign(new.family_id, user_id, role, now, expires_in)?,
            token_type: "Bearer".to_owned(),
            expires_in,
            refresh_token: new.refresh_token,
        })
    }

    /// An access token of a family, good for so many seconds.
    pub(crate) fn sign(
        &self,
        family_id: String,
        user_id: &UserId,
        role: Role,
        now: Timestamp,
        seconds: u32,
    ) -> Result<String, Error> {
        let claims = Claims {
            iss: self.config.issuer.clone(),
            aud: self.config.audience.clone(),
            sub: user_id.to_string(),
            sid: family_id,
            jti: new_id_text("jti"),
            role,
            iat: now.as_seconds(),
            exp: now.as_seconds() + i64::from(seconds),
        };
        Ok(self.keys.load().sign(&claims)?)
    }

    /// Sets a new password: every session but one ends, every token and every link.
    pub(crate) async fn replace_password(
        &self,
        tx: &Tx,
        user: (&UserId, &str),
        password_hash: &str,
        keep_session_hash: &str,
    ) -> Result<(), Error> {
        let ((user_id, email), now) = (user, self.clock.now());
        users::update_password(tx, user_id, password_hash, now).await?;
        sessions::delete_sessions(tx, user_id, keep_session_hash).await?;
        tokens::revoke_families(tx, user_id, now).await?;
        links::delete_resets(tx, user_id).await?;
        let event = PasswordChanged { user_id: user_id.clone(), email: email.to_owned() };
        Ok(self.outbox.emit(tx, &event).await?)
    }

    /// Whose session this is. Its use is noted later, and only every few minutes.
    pub(crate) async fn principal_of_session(
        &self,
        token_hash: &str,
    ) -> Result<Option<Principal>, Error> {
        let now = self.clock.now();
        let idle_since = now.minus(self.config.idle());
        let Some(owner) = sessions::owner(&self.db, token_hash, now, idle_since).await? else {
            return Ok(None);
        };
        if now.since(owner.used_at) > sessions::NOTE_USE_EVERY {
            self.note_use(token_hash);
        }
        Ok(Some(self.as_it_counts(owner.principal)))
    }

    /// Whose access token this is. The signature is checked once; that the person and the sign-in still exist, each
    /// time.
    pub(crate) async fn principal_of_token(&self, token: &str) -> Result<Option<Principal>, Error> {
        if token.starts_with(KEY_PREFIX) {
            return self.principal_of_key(token).await;
        }
        let Some(claims) = self.keys.load().verify(token, self.clock.now()) else {
            return Ok(None);
        };
        let principal = tokens::principal(&self.db, &claims.sid, &claims.sub).await?;
        Ok(principal.map(|principal| self.as_it_counts(principal)))
    }

    /// Whose API key this is. Its use is noted later, and only every few minutes.
    async fn principal_of_key(&self, token: &str) -> Result<Option<Principal>, Error> {
        let (token_hash, now) = (secrets::digest(token), self.clock.now());
        let Some(owner) = api_keys::owner(&self.db, &token_hash, now).await? else {
            return Ok(None);
        };
        if owner.used_at.is_none_or(|used_at| now.since(used_at) > sessions::NOTE_USE_EVERY) {
            self.note_use(&token_hash);
        }
        Ok(Some(owner.principal))
    }

    /// Whoever owes the store a second factor may do nothing for it; they can still give themselves one.
    fn as_it_counts(&self, principal: Principal) -> Principal {
        if !principal.second_factor_due || !self.config.second_factor_for_staff {
            return Principal { second_factor_due: false, ..principal };
        }
        Principal { role: Role::Staff, permissions: Permissions::NONE, ..principal }
    }

    /// Tells that there is an account.
    pub(crate) async fn tell_registered(
        &self,
        tx: &Tx,
        user: &User,
        confirmed: bool,
    ) -> Result<(), Error> {
        let (user_id, email, name) = (user.id.clone(), user.email.clone(), user.name.clone());
        let event = UserRegistered { user_id, email, name, confirmed };
        Ok(self.outbox.emit(tx, &event).await?)
    }
}
