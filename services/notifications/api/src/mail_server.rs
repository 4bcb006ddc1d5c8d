//! The mail server: what the settings say, until staff set another.

use emart_types::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where e-mails are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailRoute {
    /// The folder `mailbox`: there is no mail server.
    Mailbox,
    /// The mail server of the settings file.
    Settings,
    /// The mail server that staff have set.
    Office,
}

/// How a connection to a mail server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// TLS after a plain greeting (port 587); without it nothing is sent.
    Starttls,
    /// Not at all: for a server on this machine.
    None,
}

impl MailSecurity {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }
}

/// The mail server in use. Its password is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailServer {
    /// Which it is.
    pub route: MailRoute,
    /// Its name; `null` without one, or where the settings say it.
    #[schema(required)]
    pub host: Option<String>,
    /// Its port.
    #[schema(required)]
    pub port: Option<u16>,
    /// How the connection is kept from being read.
    #[schema(required)]
    pub security: Option<MailSecurity>,
    /// Whom we sign in as.
    #[schema(required)]
    pub username: Option<String>,
    /// Whether there is a password.
    pub has_password: bool,
    /// Who the e-mails are from.
    pub from: String,
    /// The ETag; 0 while the settings are used.
    pub version: i64,
}

/// Sets the mail server.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutMailServer {
    /// Its name or address.
    #[schema(max_length = 253)]
    pub host: String,
    /// Its port.
    #[schema(minimum = 1)]
    pub port: u16,
    /// How the connection is kept from being read.
    pub security: MailSecurity,
    /// Whom we sign in as; empty: we do not.
    #[serde(default)]
    #[schema(max_length = 254)]
    pub username: String,
    /// The password; if absent, the one there is stays.
    #[serde(default, serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 1000, write_only)]
    pub password: Option<Secret<String>>,
    /// Who the e-mails are from: `Shop <shop@example.com>`.
    #[schema(max_length = 320)]
    pub from: String,
}

/// On its way to the service, and nowhere else.
fn exposed<S: serde::Serializer>(
    secret: &Option<Secret<String>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|secret| secret.expose()).serialize(serializer)
}

/// Sends an e-mail to an address, now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestMailServer {
    /// To whom.
    #[schema(max_length = 254)]
    pub to: String,
}

/// What came of trying the mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailServerTested {
    /// Whether it took the e-mail.
    pub taken: bool,
    /// What it said, if it did not.
    #[schema(required)]
    pub error: Option<String>,
}
