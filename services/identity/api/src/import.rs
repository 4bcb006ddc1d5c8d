//! Accounts that were made in another store, many at once. Internal.

use emart_http::Role;
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::UserId;

/// Accounts that were made elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountImport {
    /// At most 1,000.
    pub accounts: Vec<MovedAccount>,
    /// Says what would become of them, and changes nothing.
    pub dry_run: bool,
}

/// An account that was made elsewhere.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedAccount {
    /// The person's id, derived from the one they had: taken in twice, there is one account.
    pub id: UserId,
    /// Their address; nobody has shown that it is theirs.
    pub email: String,
    /// What they like to be called.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
    /// The bcrypt hash of their password; without one they ask for a link to set a password.
    pub password_hash: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for MovedAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MovedAccount").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What became of an account of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum AccountOutcome {
    /// It is new.
    Created,
    /// It is here already; nothing was changed.
    Unchanged,
    /// Its address has another account here, which was left as it is.
    Taken {
        /// Whose.
        user_id: UserId,
    },
    /// It cannot be kept.
    Refused {
        /// Why.
        reason: String,
    },
}
