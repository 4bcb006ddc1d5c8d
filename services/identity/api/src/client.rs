//! How others call `identity`.

use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    AccountImport, AccountOutcome, AddressId, Confirmation, Credentials, LongToken, NewAccount,
    NewLongToken, NewPasswordReset, NewRegistration, NewUser, PasswordChange, PasswordReset,
    Principal, PutAddress, SavedAddress, Session, Setup, SetupState, User, UserId, UserPatch,
};

/// A typed handle to `identity`.
#[derive(Clone, Debug)]
pub struct Identity(pub Peer);

impl Identity {
    /// Asks for an account.
    pub async fn register(&self, registration: &NewRegistration) -> Result<(), CallError> {
        Call::post(&self.0, "/api/v1/identity/registrations").json(registration).done().await
    }

    /// Confirms an account by the link in the e-mail, and signs in.
    pub async fn confirm_registration(&self, token: &str) -> Result<Session, CallError> {
        let body = Confirmation { token: token.to_owned() };
        Call::post(&self.0, "/api/v1/identity/registrations/confirm").json(&body).send().await
    }

    /// Signs in. `user_agent` and `device` (a random id the browser keeps) decide whether an alert is sent.
    pub async fn create_session(
        &self,
        credentials: &Credentials,
        user_agent: &str,
        device: &str,
    ) -> Result<Session, CallError> {
        Call::post(&self.0, "/api/v1/identity/sessions")
            .header("user-agent", user_agent)
            .header("emart-device", device)
            .json(credentials)
            .send()
            .await
    }

    /// Signs out: the session with this token ends.
    pub async fn delete_session(&self, token: &str) -> Result<(), CallError> {
        Call::delete(&self.0, "/api/v1/identity/sessions/current")
            .header("emart-session", token)
            .done()
            .await
    }

    /// The person who is calling.
    pub async fn me(&self) -> Result<User, CallError> {
        Call::get(&self.0, "/api/v1/identity/me").send().await
    }

    /// Changes the person who is calling.
    pub async fn patch_me(&self, patch: &UserPatch) -> Result<User, CallError> {
        Call::patch(&self.0, "/api/v1/identity/me").json(patch).send().await
    }

    /// Changes the caller's password; the session with this token stays, all others end.
    pub async fn change_password(
        &self,
        change: &PasswordChange,
        keep_session: &str,
    ) -> Result<(), CallError> {
        Call::put(&self.0, "/api/v1/identity/me/password")
            .header("emart-session", keep_session)
            .json(change)
            .done()
            .await
    }

    /// Asks for a link to set a new password.
    pub async fn request_password_reset(&self, email: &str) -> Result<(), CallError> {
        let body = NewPasswordReset { email: email.to_owned() };
        Call::post(&self.0, "/api/v1/identity/password-resets").json(&body).done().await
    }

    /// Sets a new password by the link in the e-mail.
    pub async fn reset_password(&self, reset: &PasswordReset) -> Result<(), CallError> {
        Call::post(&self.0, "/api/v1/identity/password-resets/confirm").json(reset).done().await
    }

    /// The caller's address book.
    pub async fn addresses(&self) -> Result<Page<SavedAddress>, CallError> {
        Call::get(&self.0, "/api/v1/identity/me/addresses?limit=100").send().await
    }

    /// Adds to the caller's address book.
    pub async fn create_address(&self, address: &PutAddress) -> Result<SavedAddress, CallError> {
        Call::post(&self.0, "/api/v1/identity/me/addresses").json(address).send().await
    }

    /// Changes an entry of the caller's address book.
    pub async fn put_address(
        &self,
        id: &AddressId,
        address: &PutAddress,
    ) -> Result<SavedAddress, CallError> {
        Call::put(&self.0, format!("/api/v1/identity/me/addresses/{id}")).json(address).send().await
    }

    /// Takes an entry out of the caller's address book.
    pub async fn delete_address(&self, id: &AddressId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/me/addresses/{id}")).done().await
    }

    /// Makes the first administrator, and signs in.
    pub async fn setup(&self, setup: &Setup) -> Result<Session, CallError> {
        Call::post(&self.0, "/api/v1/identity/setup").json(setup).send().await
    }

    /// Whose session this is; `None` when it is over or never was.
    pub async fn principal_of_session(&self, token: &str) -> Result<Option<Principal>, CallError> {
        Call::get(&self.0, "/internal/identity/principal")
            .header("emart-session", token)
            .optional()
            .await
    }

    /// Whose access token this is; `None` when it is not good (any more).
    pub async fn principal_of_token(&self, token: &str) -> Result<Option<Principal>, CallError> {
        Call::get(&self.0, "/internal/identity/principal")
            .header("authorization", &format!("Bearer {token}"))
            .optional()
            .await
    }

    /// How the store gets its first administrator.
    pub async fn setup_state(&self) -> Result<SetupState, CallError> {
        Call::get(&self.0, "/internal/identity/setup").send().await
    }

    /// Makes an account at once, its address unconfirmed; `email-taken` when the address has one. Again with the same id
    /// answers the same.
    pub async fn create_account(&self, account: &NewAccount) -> Result<User, CallError> {
        let call = Call::post(&self.0, "/internal/identity/accounts");
        call.once(account.id.as_str()).json(account).send().await
    }

    /// A person; `None` when there is none with this id.
    pub async fn user(&self, id: &UserId) -> Result<Option<User>, CallError> {
        Call::get(&self.0, format!("/internal/identity/users/{id}")).optional().await
    }

    /// Whether there is an account with this address.
    pub async fn has_account(&self, email: &str) -> Result<bool, CallError> {
        let email: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
        let path = format!("/internal/identity/accounts?email={email}");
        Ok(Call::get(&self.0, path).optional::<UserId>().await?.is_some())
    }

    /// Signs in with a token that lives for long; `user_agent` as in [`Identity::create_session`].
    pub async fn create_long_token(
        &self,
        new: &NewLongToken,
        user_agent: &str,
    ) -> Result<LongToken, CallError> {
        Call::post(&self.0, "/internal/identity/long-tokens")
            .header("user-agent", user_agent)
            .json(new)
            .send()
            .await
    }

    /// Ends the sign-in that an access token belongs to. A token that is no good is answered alike.
    pub async fn end_token(&self, token: &str) -> Result<(), CallError> {
        Call::delete(&self.0, "/internal/identity/long-tokens")
            .header("authorization", &format!("Bearer {token}"))
            .done()
            .await
    }

    /// Takes accounts in that were made elsewhere; says of each what became of it, or would.
    pub async fn import_accounts(
        &self,
        import: &AccountImport,
    ) -> Result<Vec<AccountOutcome>, CallError> {
        Call::post(&self.0, "/internal/identity/imports").json(import).send().await
    }

    /// Makes a person with a role; for the command line.
    pub async fn create_user(&self, user: &NewUser) -> Result<User, CallError> {
        Call::post(&self.0, "/internal/identity/users").json(user).send().await
    }
}
