//! The events `identity` emits. Those with a token are mails to be sent: tokens are single-use and short-lived.

use emart_events::Payload;
use emart_http::AuditRecord;
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::UserId;

macro_rules! payload {
    ($name:ident, $type:literal, $subject:ident) => {
        impl Payload for $name {
            const TYPE: &'static str = $type;
            fn subject(&self) -> &str {
                self.$subject.as_ref()
            }
        }
    };
}

/// Someone who works here changed who may do what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audited(pub AuditRecord);

impl Payload for Audited {
    const TYPE: &'static str = "identity.audited.v1";
    fn subject(&self) -> &str {
        &self.0.resource
    }
}

/// Someone asked for an account with an address that has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistrationRequested {
    /// Where the link goes.
    pub email: String,
    /// What they like to be called.
    pub name: Option<String>,
    /// The link's secret.
    pub token: String,
    /// Until when the link works.
    pub expires_at: Timestamp,
}
payload!(RegistrationRequested, "identity.registration_requested.v1", email);

/// Someone asked for an account with an address that has one: its holder is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistrationRepeated {
    /// The holder's address.
    pub email: String,
}
payload!(RegistrationRepeated, "identity.registration_repeated.v1", email);

/// Someone has an account now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserRegistered {
    /// The person.
    pub user_id: UserId,
    /// Their address.
    pub email: String,
    /// What they like to be called.
    pub name: Option<String>,
    /// Whether they have shown that they read the address's mail.
    #[serde(default = "confirmed")]
    pub confirmed: bool,
}
payload!(UserRegistered, "identity.user_registered.v1", user_id);

/// What was told before there was another way is that of a confirmed address.
const fn confirmed() -> bool {
    true
}

/// Someone signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The person.
    pub user_id: UserId,
    /// Their address.
    pub email: String,
    /// When.
    pub at: Timestamp,
    /// The browser's own words, cut to 200 characters.
    pub user_agent: Option<String>,
    /// Whether this browser has signed in before: no alert then.
    pub known_device: bool,
}
payload!(SignedIn, "identity.signed_in.v1", user_id);

/// Someone was asked to work here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StaffInvited {
    /// Where the link goes.
    pub email: String,
    /// The address of who asked them.
    pub invited_by: String,
    /// The link's secret.
    pub token: String,
    /// Until when the link works.
    pub expires_at: Timestamp,
}
payload!(StaffInvited, "identity.staff_invited.v1", email);

/// A customer was forgotten. Whoever keeps something of theirs forgets it, too, or the person in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserErased {
    /// Who they were.
    pub user_id: UserId,
    /// Their address.
    pub email: String,
}
payload!(UserErased, "identity.user_erased.v1", user_id);

/// A password was changed or reset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// The person.
    pub user_id: UserId,
    /// Their address.
    pub email: String,
}
payload!(PasswordChanged, "identity.password_changed.v1", user_id);

/// Someone with an account asked for a link to set a new password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PasswordResetRequested {
    /// Where the link goes.
    pub email: String,
    /// The link's secret.
    pub token: String,
    /// Until when the link works.
    pub expires_at: Timestamp,
}
payload!(PasswordResetRequested, "identity.password_reset_requested.v1", email);
