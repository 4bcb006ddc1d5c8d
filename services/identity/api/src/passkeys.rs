//! Passkeys (Web Authentication): kept by a person's devices, opened there by a finger, a face or a PIN. The options and
//! answers are those of the browser, in the JSON form of Web Authentication Level 3.

use emart_http::Page;
use emart_mesh::{Call, CallError};
use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Identity, PasswordAgain, Session};

typed_id!(
    /// A passkey.
    PasskeyId,
    "pky"
);

/// One of a person's passkeys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Passkey {
    /// The passkey.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
}

/// What a browser is asked to do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PasskeyQuestion {
    /// Send it back with the answer.
    pub question: String,
    /// For `navigator.credentials`: `publicKey` of `create` or `get`.
    #[schema(value_type = Object)]
    pub options: Value,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A new passkey, made by a browser.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// As it was asked.
    #[schema(max_length = 200)]
    pub question: String,
    /// What to call it: 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// What `navigator.credentials.create` answered.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// A browser's answer that a passkey signed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAnswer {
    /// As it was asked.
    #[schema(max_length = 200)]
    pub question: String,
    /// What `navigator.credentials.get` answered.
    #[schema(value_type = Object)]
    pub credential: Value,
}

impl Identity {
    /// The caller's passkeys.
    pub async fn passkeys(&self) -> Result<Page<Passkey>, CallError> {
        Call::get(&self.0, "/api/v1/identity/me/passkeys").send().await
    }

    /// Begins to make a passkey for the caller.
    pub async fn begin_passkey(&self, again: &PasswordAgain) -> Result<PasskeyQuestion, CallError> {
        Call::post(&self.0, "/api/v1/identity/me/passkeys/begin").json(again).send().await
    }

    /// Keeps the caller's new passkey.
    pub async fn create_passkey(&self, new: &NewPasskey) -> Result<Passkey, CallError> {
        Call::post(&self.0, "/api/v1/identity/me/passkeys").json(new).send().await
    }

    /// Takes one of the caller's passkeys away.
    pub async fn delete_passkey(&self, id: &PasskeyId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/me/passkeys/{id}")).done().await
    }

    /// Begins to sign in with a passkey.
    pub async fn begin_passkey_sign_in(&self) -> Result<PasskeyQuestion, CallError> {
        Call::post(&self.0, "/api/v1/identity/passkey-sign-ins").send().await
    }

    /// Signs in with a passkey. `user_agent` and `device` as in [`Identity::create_session`].
    pub async fn finish_passkey_sign_in(
        &self,
        answer: &PasskeyAnswer,
        user_agent: &str,
        device: &str,
    ) -> Result<Session, CallError> {
        let call = Call::post(&self.0, "/api/v1/identity/passkey-sign-ins/finish");
        let call = call.header("user-agent", user_agent).header("emart-device", device);
        call.json(answer).send().await
    }
}
