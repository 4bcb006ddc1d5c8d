//! How people come in: invitations, the second step of a sign-in, what is signed in, and the keys of programs.

use emart_http::Permissions;
use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Position, Session, UserId};

typed_id!(
    /// An invitation to work here.
    InvitationId,
    "inv"
);
typed_id!(
    /// A program's key.
    ApiKeyId,
    "key"
);

/// Somebody who was asked to work here and has not answered yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// The invitation.
    pub id: InvitationId,
    /// Where it was sent.
    pub email: String,
    /// What they are to be.
    pub position: Position,
    /// What the role is called; of administrators nothing.
    pub role_name: Option<String>,
    /// The address of who asked them.
    pub invited_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// Asks somebody to work here, by e-mail. Asked again, they get a new link, and the one before ends.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Where the link goes.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// What they are to be. Nobody can give what they lack.
    pub position: Position,
}

/// Takes an invitation. Who has an account already keeps it, with the new password.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// As it stands in the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// 10 to 200 characters.
    #[schema(format = "password", min_length = 10, max_length = 200)]
    pub password: String,
    /// What they like to be called: at most 100 characters.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub name: Option<String>,
}

/// The password was right; a code is due.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Challenge {
    /// Send it back with the code.
    pub challenge: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// What came of a password: a session, or the question for a code.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SignInStep {
    /// They are in.
    In(Box<Session>),
    /// They owe a code.
    CodeDue(Challenge),
}

/// The second step of a sign-in.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// As it was answered to the password.
    #[schema(max_length = 200)]
    pub challenge: String,
    /// Six digits of the app, or one of the recovery codes.
    #[schema(max_length = 40)]
    pub code: String,
}

/// Who a program says it acts for.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenCredentials {
    /// The address of the account.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// The password of the account.
    #[schema(format = "password", max_length = 200)]
    pub password: String,
    /// The code of the second step, where the account needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub code: Option<String>,
}

/// Whether a person's sign-ins need a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TwoFactor {
    /// Since when they do.
    pub since: Option<Timestamp>,
    /// How many recovery codes have not been used.
    pub recovery_codes: u32,
    /// Whether the store wants it of them: until then they may do nothing for it.
    pub required: bool,
}

/// Shows that it is still the person, by their password.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordAgain {
    /// Their password.
    #[schema(format = "password", max_length = 200)]
    pub password: String,
}

/// What an app needs to make codes; shown once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TwoFactorSetup {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// `otpauth://totp/…`.
    pub uri: String,
    /// The same as a QR code, to be looked at: an SVG picture.
    pub qr_svg: String,
}

/// A code out of the app.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Six digits.
    #[schema(max_length = 40)]
    pub code: String,
}

/// Codes for the day the app is lost. Each works once; shown once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}

/// A browser or a program that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedInWith {
    /// The sign-in.
    pub id: String,
    /// Whether it is a browser (and no program).
    pub browser: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last seen, to within minutes.
    pub used_at: Timestamp,
    /// What it calls itself.
    pub user_agent: Option<String>,
    /// Where it signed in from.
    pub client: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A program's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// The key.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// What it may do, as far as who made it still may.
    pub permissions: Permissions,
    /// The person who made it.
    pub created_by: UserId,
    /// Their address.
    pub created_by_email: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when it works; `null`: until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to within minutes.
    pub used_at: Option<Timestamp>,
    /// Since when it does not work any more.
    pub revoked_at: Option<Timestamp>,
}

/// Makes a key. Nobody can put in what they may not do themselves.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// What it may do.
    #[serde(deserialize_with = "emart_http::permission::given")]
    pub permissions: Permissions,
    /// How many days it works; for ever if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u32>,
}

/// A new key with its secret, which is shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MadeApiKey {
    /// Send it as `Authorization: Bearer emk_…`.
    pub token: String,
    /// The key.
    pub key: ApiKey,
}
