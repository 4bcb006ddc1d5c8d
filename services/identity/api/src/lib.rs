//! What others may know of `identity`: its bodies, its events, its client.

#![warn(missing_docs)]

mod access;
mod access_client;
mod account_client;
mod accounts;
mod audit;
mod client;
mod customers;
mod events;
mod import;
mod passkeys;
mod providers;

pub use access::{Position, PutRole, RoleId, RoleName, StaffMember, StaffPatch, StaffRole};

pub use accounts::{
    AcceptInvitation, ApiKey, ApiKeyId, Challenge, Code, Invitation, InvitationId, MadeApiKey,
    NewApiKey, NewInvitation, PasswordAgain, RecoveryCodes, SecondFactor, SignInStep, SignedInWith,
    TokenCredentials, TwoFactor, TwoFactorSetup,
};
pub use audit::{AuditEntry, AuditFilter};
pub use client::Identity;
pub use customers::{Customer, CustomerFilter, CustomerPatch, CustomerSummary, PersonalData};
pub use events::{
    Audited, PasswordChanged, PasswordResetRequested, RegistrationRepeated, RegistrationRequested,
    SignedIn, StaffInvited, UserErased, UserRegistered,
};
pub use import::{AccountImport, AccountOutcome, MovedAccount};
pub use passkeys::{NewPasskey, Passkey, PasskeyAnswer, PasskeyId, PasskeyQuestion};
pub use providers::{
    LinkDue, NewLink, NewProviderSignIn, Provider, ProviderAnswer, ProviderSignIn, ProviderStep,
    Providers,
};

use emart_http::{Permissions, Role};
use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// A person with an account.
    UserId,
    "usr"
);
typed_id!(
    /// An entry of an address book.
    AddressId,
    "adr"
);

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The person.
    pub id: UserId,
    /// Where mail reaches them, confirmed.
    pub email: String,
    /// What they like to be called.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Since when they have the account.
    pub created_at: Timestamp,
}

/// Asks for an account. The answer is the same whether the address has one already: what follows is an e-mail.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRegistration {
    /// Where the confirmation goes: at most 254 characters.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// 10 to 200 characters, not one of the commonest.
    #[schema(format = "password", min_length = 10, max_length = 200)]
    pub password: String,
    /// What they like to be called: at most 100 characters.
    #[schema(max_length = 100)]
    pub name: Option<String>,
}

/// The secret out of an e-mail's link.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// As it stands in the link.
    #[schema(max_length = 200)]
    pub token: String,
}

/// Who someone says they are.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The address of the account.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// The password of the account.
    #[schema(format = "password", max_length = 200)]
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("email", &self.email).finish_non_exhaustive()
    }
}

/// A session, for pages: its token goes into a cookie. `identity` keeps only the token's SHA-256.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// 256 random bits, base64url.
    pub token: String,
    /// When it ends at the latest; it also ends after 14 days without use.
    pub expires_at: Timestamp,
    /// Whose it is.
    pub user: User,
}

/// Tokens for the API.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    /// A JWT signed with `EdDSA`; send it as `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds the access token is good for.
    pub expires_in: u32,
    /// Gets the next pair, once. Using an old one again revokes them all.
    pub refresh_token: String,
}

/// Asks for the next pair of tokens, or their end.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The newest refresh token.
    #[schema(max_length = 200)]
    pub refresh_token: String,
}

/// What a person may change of themselves.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// What they like to be called; empty takes it away.
    #[schema(max_length = 100)]
    pub name: Option<String>,
}

/// Changes a password. Every other session and token of the person ends.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password so far.
    #[schema(format = "password", max_length = 200)]
    pub current: String,
    /// The new one: 10 to 200 characters.
    #[schema(format = "password", min_length = 10, max_length = 200)]
    pub new: String,
}

/// Asks for a link to set a new password. The answer is the same whether the address has an account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordReset {
    /// The address of the account.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
}

/// Sets a new password by the secret out of an e-mail's link.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// As it stands in the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// The new password: 10 to 200 characters.
    #[schema(format = "password", min_length = 10, max_length = 200)]
    pub password: String,
}

/// Makes the first administrator, by the one-time link the store printed when it started.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// As it stands in the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// The administrator's address.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// 10 to 200 characters.
    #[schema(format = "password", min_length = 10, max_length = 200)]
    pub password: String,
}

/// Makes a further administrator or member of staff; from the command line only.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Their address, taken as confirmed.
    pub email: String,
    /// Their password.
    pub password: String,
    /// What they may do.
    pub role: Role,
}

/// An account that is there at once, its address unconfirmed: what the original store's registration makes. Internal.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The person's id, made by who asks: asked twice, there is one account.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// Their password: up to 200 characters; how short it may be, the caller says.
    pub password: String,
    /// What they like to be called.
    pub name: Option<String>,
}

/// Asks for one token that lives for long, for clients that cannot ask for the next. Internal.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLongToken {
    /// Who they say they are.
    pub credentials: Credentials,
    /// How long the token is good for; at most 90 days.
    pub seconds: u32,
}

/// A token that lives for long, and whose it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LongToken {
    /// Send it as `Authorization: Bearer`.
    pub token: String,
    /// The person.
    pub user: User,
}

/// A postal address. Which fields a country needs, `pricing` says (`GET /api/v1/pricing/countries`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Who receives it: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Street and number: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub line1: String,
    /// Flat, company, …
    #[serde(default)]
    #[schema(max_length = 200)]
    pub line2: Option<String>,
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    pub city: String,
    /// As written on letters; empty where a country has none.
    #[serde(default)]
    #[schema(max_length = 20)]
    pub postal_code: String,
    /// State or province, where a country has them (ISO 3166-2 without the country: `CA`).
    #[serde(default)]
    #[schema(max_length = 60)]
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "DE", min_length = 2, max_length = 2)]
    pub country: String,
    /// For the courier.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
}

impl Address {
    /// As written on an envelope, line by line; `country` is its name, or its code where nobody knows that.
    #[must_use]
    pub fn letter(&self, country: &str) -> Vec<String> {
        // A dash and the like stands for a postal code that nobody knows.
        let code =
            Some(self.postal_code.as_str()).filter(|code| code.contains(char::is_alphanumeric));
        let town = [code, Some(self.city.as_str()), self.region.as_deref()];
        let town = town.into_iter().flatten().filter(|part| !part.is_empty());
        let lines = [
            self.name.clone(),
            self.line1.clone(),
            self.line2.clone().unwrap_or_default(),
            town.collect::<Vec<_>>().join(" "),
            country.to_owned(),
        ];
        lines.into_iter().filter(|line| !line.is_empty()).collect()
    }
}

/// An entry of an address book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SavedAddress {
    /// The entry.
    pub id: AddressId,
    /// The address.
    pub address: Address,
    /// Whether checkout proposes it first.
    pub is_default: bool,
}

/// Adds or changes an entry of an address book; at most 50 a person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAddress {
    /// The address.
    pub address: Address,
    /// Whether checkout proposes it first; the one before loses that.
    #[serde(default)]
    pub is_default: bool,
}

/// Who a session or token belongs to: what the gateway asks on every request that carries one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Principal {
    /// The id of the person, or of the API key.
    pub user_id: String,
    /// Their address, or the key's name.
    pub email: String,
    /// What they are.
    pub role: Role,
    /// What they may do beyond what everybody may.
    #[serde(default)]
    pub permissions: Permissions,
    /// Whether the store wants a second factor of them that they do not have: until then they may do nothing for it.
    #[serde(default)]
    pub second_factor_due: bool,
}

/// How the store gets its first administrator.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SetupState {
    /// The secret of the one-time link; `None` once there is an administrator.
    pub token: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_on_a_letter_as_one_writes_it() {
        let address = Address {
            name: "Ada Lovelace".to_owned(),
            line1: "12 St James's Square".to_owned(),
            city: "London".to_owned(),
            postal_code: "SW1Y 4JH".to_owned(),
            country: "GB".to_owned(),
            ..Address::default()
        };
        let lines = address.letter("United Kingdom");
        let wanted = ["Ada Lovelace", "12 St James's Square", "SW1Y 4JH London", "United Kingdom"];
        assert_eq!(lines, wanted);
        let unknown =
            Address { postal_code: "-".to_owned(), region: Some("MH".to_owned()), ..address };
        assert_eq!(unknown.letter("IN")[2..], ["London MH", "IN"]);
    }
}
