//! How others call `identity` about how people come in.

use emart_http::Page;
use emart_mesh::{Call, CallError};

use crate::{
    AcceptInvitation, ApiKey, ApiKeyId, Code, Credentials, Identity, Invitation, InvitationId,
    MadeApiKey, NewApiKey, NewInvitation, PasswordAgain, RecoveryCodes, SecondFactor, Session,
    SignInStep, SignedInWith, TwoFactor, TwoFactorSetup, UserId,
};

impl Identity {
    /// Signs in; whoever has a second factor is asked for its code. `user_agent` and `device` as in
    /// [`Identity::create_session`].
    pub async fn sign_in(
        &self,
        credentials: &Credentials,
        user_agent: &str,
        device: &str,
    ) -> Result<SignInStep, CallError> {
        let call = Call::post(&self.0, "/api/v1/identity/sessions");
        let call = call.header("user-agent", user_agent).header("emart-device", device);
        call.json(credentials).send().await
    }

    /// Answers the question for a code.
    pub async fn second_factor(
        &self,
        answer: &SecondFactor,
        user_agent: &str,
        device: &str,
    ) -> Result<Session, CallError> {
        let call = Call::post(&self.0, "/api/v1/identity/sessions/second-factor");
        let call = call.header("user-agent", user_agent).header("emart-device", device);
        call.json(answer).send().await
    }

    /// Whether the caller's sign-ins need a code.
    pub async fn two_factor(&self) -> Result<TwoFactor, CallError> {
        Call::get(&self.0, "/api/v1/identity/me/two-factor").send().await
    }

    /// Begins to give the caller a second factor.
    pub async fn begin_two_factor(
        &self,
        again: &PasswordAgain,
    ) -> Result<TwoFactorSetup, CallError> {
        Call::post(&self.0, "/api/v1/identity/me/two-factor").json(again).send().await
    }

    /// Shows that the caller's app makes the right codes: from now on they are needed.
    pub async fn confirm_two_factor(&self, code: &Code) -> Result<RecoveryCodes, CallError> {
        Call::post(&self.0, "/api/v1/identity/me/two-factor/confirm").json(code).send().await
    }

    /// Takes the caller's second factor away.
    pub async fn end_two_factor(&self, again: &PasswordAgain) -> Result<(), CallError> {
        Call::post(&self.0, "/api/v1/identity/me/two-factor/end").json(again).done().await
    }

    /// Gives the caller new recovery codes; those before end.
    pub async fn new_recovery_codes(
        &self,
        again: &PasswordAgain,
    ) -> Result<RecoveryCodes, CallError> {
        let path = "/api/v1/identity/me/two-factor/recovery-codes";
        Call::post(&self.0, path).json(again).send().await
    }

    /// Takes away the second factor of someone who works here and lost their app.
    pub async fn reset_two_factor(&self, id: &UserId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/staff/{id}/two-factor")).done().await
    }

    /// Sends someone who works here a link to set a new password.
    pub async fn reset_staff_password(&self, id: &UserId) -> Result<(), CallError> {
        Call::post(&self.0, format!("/api/v1/identity/staff/{id}/password-reset")).done().await
    }

    /// What the caller is signed in with; `session` is the token of this session.
    pub async fn my_sign_ins(&self, session: &str) -> Result<Page<SignedInWith>, CallError> {
        let call = Call::get(&self.0, "/api/v1/identity/me/sessions");
        call.header("emart-session", session).send().await
    }

    /// Ends one of the caller's sign-ins.
    pub async fn end_my_sign_in(&self, id: &str) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/me/sessions/{id}")).done().await
    }

    /// What someone who works here is signed in with.
    pub async fn sign_ins(&self, of: &UserId) -> Result<Page<SignedInWith>, CallError> {
        Call::get(&self.0, format!("/api/v1/identity/staff/{of}/sessions")).send().await
    }

    /// Ends all that someone who works here is signed in with.
    pub async fn end_sign_ins(&self, of: &UserId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/staff/{of}/sessions")).done().await
    }

    /// Those who were asked to work here.
    pub async fn invitations(&self) -> Result<Page<Invitation>, CallError> {
        Call::get(&self.0, "/api/v1/identity/invitations?limit=100").send().await
    }

    /// Asks somebody to work here.
    pub async fn invite(&self, new: &NewInvitation) -> Result<Invitation, CallError> {
        Call::post(&self.0, "/api/v1/identity/invitations").json(new).send().await
    }

    /// Takes an invitation back.
    pub async fn delete_invitation(&self, id: &InvitationId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/invitations/{id}")).done().await
    }

    /// Takes an invitation, and signs in.
    pub async fn accept_invitation(&self, accept: &AcceptInvitation) -> Result<Session, CallError> {
        Call::post(&self.0, "/api/v1/identity/invitations/accept").json(accept).send().await
    }

    /// The keys of programs.
    pub async fn api_keys(&self) -> Result<Page<ApiKey>, CallError> {
        Call::get(&self.0, "/api/v1/identity/api-keys?limit=100").send().await
    }

    /// Makes a key.
    pub async fn create_api_key(&self, new: &NewApiKey) -> Result<MadeApiKey, CallError> {
        Call::post(&self.0, "/api/v1/identity/api-keys").json(new).send().await
    }

    /// Ends a key.
    pub async fn revoke_api_key(&self, id: &ApiKeyId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/api-keys/{id}")).done().await
    }
}
