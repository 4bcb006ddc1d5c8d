//! Signing in with an account elsewhere: at an OpenID Connect provider that the store has in its settings.

use emart_mesh::{Call, CallError};
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Challenge, Identity, Session};

/// Where people may have an account that opens theirs here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Provider {
    /// Its name in the store's settings.
    pub name: String,
    /// What its button says it is.
    pub label: String,
    /// Whether customers come in by it.
    pub customers: bool,
    /// Whether those who work here do.
    pub staff: bool,
}

/// Every provider there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Providers {
    /// By name.
    pub items: Vec<Provider>,
}

/// Begins to sign in at a provider.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProviderSignIn {
    /// The provider's name.
    #[schema(max_length = 40)]
    pub provider: String,
}

/// Where a sign-in goes on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProviderSignIn {
    /// Where to send the browser.
    pub location: String,
    /// What this browser alone keeps (a cookie) and sends back with the answer.
    pub binding: String,
    /// Until when the answer is waited for.
    pub expires_at: Timestamp,
}

/// What a provider sent the browser back with.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderAnswer {
    /// The provider's name.
    #[schema(max_length = 40)]
    pub provider: String,
    /// What the browser kept.
    #[schema(max_length = 200)]
    pub binding: String,
    /// As it came back.
    #[schema(max_length = 200)]
    pub state: String,
    /// As it came back.
    #[schema(max_length = 4096)]
    pub code: String,
    /// Who says they answer (RFC 9207), where they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub iss: Option<String>,
}

/// There is an account with the address the provider vouches for: its password is due, once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LinkDue {
    /// Send it back with the password.
    pub link: String,
    /// The account's address.
    pub email: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Lets a provider's account open one's own from now on.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// As it was answered.
    #[schema(max_length = 200)]
    pub link: String,
    /// The password of the account here.
    #[schema(format = "password", max_length = 200)]
    pub password: String,
}

/// What came of a provider's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ProviderStep {
    /// They are in.
    In(Box<Session>),
    /// They owe a code.
    CodeDue(Challenge),
    /// They owe the password of the account with that address.
    LinkDue(LinkDue),
}

impl Identity {
    /// The providers with which people sign in.
    pub async fn providers(&self) -> Result<Providers, CallError> {
        Call::get(&self.0, "/api/v1/identity/providers").send().await
    }

    /// Begins to sign in at a provider.
    pub async fn begin_provider_sign_in(
        &self,
        provider: &str,
    ) -> Result<ProviderSignIn, CallError> {
        let body = NewProviderSignIn { provider: provider.to_owned() };
        Call::post(&self.0, "/api/v1/identity/provider-sign-ins").json(&body).send().await
    }

    /// Signs in by a provider's answer. `user_agent` and `device` as in [`Identity::create_session`].
    pub async fn finish_provider_sign_in(
        &self,
        answer: &ProviderAnswer,
        user_agent: &str,
        device: &str,
    ) -> Result<ProviderStep, CallError> {
        let call = Call::post(&self.0, "/api/v1/identity/provider-sign-ins/finish");
        let call = call.header("user-agent", user_agent).header("emart-device", device);
        call.json(answer).send().await
    }

    /// Links a provider's account with one's own, and signs in.
    pub async fn link_provider(
        &self,
        link: &NewLink,
        user_agent: &str,
        device: &str,
    ) -> Result<ProviderStep, CallError> {
        let call = Call::post(&self.0, "/api/v1/identity/provider-sign-ins/link");
        let call = call.header("user-agent", user_agent).header("emart-device", device);
        call.json(link).send().await
    }
}
