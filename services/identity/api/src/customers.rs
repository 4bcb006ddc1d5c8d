//! Customers, as those who work here see them.

use emart_http::Page;
use emart_mesh::{Call, CallError};
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::audit::written;
use crate::{Identity, SavedAddress, SignedInWith, User, UserId};

/// A customer in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CustomerSummary {
    /// The person.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// What they like to be called.
    pub name: Option<String>,
    /// Since when they have the account.
    pub created_at: Timestamp,
    /// The groups they are in.
    pub tags: Vec<String>,
}

/// A customer with what is kept of them here. Their orders `orders` keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Customer {
    /// The person.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// What they like to be called.
    pub name: Option<String>,
    /// Since when they have the account.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// The groups they are in.
    pub tags: Vec<String>,
    /// What the shop notes about them; they see it in what is kept of them.
    pub note: Option<String>,
    /// Their address book.
    pub addresses: Vec<SavedAddress>,
    /// Counts changes; the number in the `ETag`.
    pub version: u64,
}

/// Which customers are looked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerFilter {
    /// What their address, or words of their name, begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// A group they are in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// Changes what the shop notes about a customer. What is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerPatch {
    /// The groups they are in: at most 20, each of 1 to 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub tags: Option<Vec<String>>,
    /// At most 5,000 characters; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 5000)]
    pub note: Option<String>,
}

/// All that `identity` keeps of a person, to be handed to them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PersonalData {
    /// The person.
    pub user: User,
    /// The groups the shop has put them in.
    pub tags: Vec<String>,
    /// What the shop notes about them.
    pub note: Option<String>,
    /// Their address book.
    pub addresses: Vec<SavedAddress>,
    /// What they are signed in with.
    pub sessions: Vec<SignedInWith>,
}

impl Identity {
    /// The customers of a filter, a page at a time: the newest first, or those found in the order of what was found.
    pub async fn customers(
        &self,
        filter: &CustomerFilter,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<CustomerSummary>, CallError> {
        let mut pairs = vec![("limit", limit.to_string())];
        let texts =
            [("q", filter.q.as_deref()), ("tag", filter.tag.as_deref()), ("cursor", cursor)];
        for (name, value) in texts {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                pairs.push((name, value.to_owned()));
            }
        }
        let path = format!("/api/v1/identity/customers?{}", written(&pairs));
        Call::get(&self.0, path).send().await
    }

    /// A customer; `None` when there is none with this id.
    pub async fn customer(&self, id: &UserId) -> Result<Option<Customer>, CallError> {
        Call::get(&self.0, format!("/api/v1/identity/customers/{id}")).optional().await
    }

    /// Changes what the shop notes about a customer, if they still are the version that `if_match` names.
    pub async fn patch_customer(
        &self,
        id: &UserId,
        if_match: &str,
        patch: &CustomerPatch,
    ) -> Result<Customer, CallError> {
        let call = Call::patch(&self.0, format!("/api/v1/identity/customers/{id}"));
        call.header("if-match", if_match).json(patch).send().await
    }

    /// All that `identity` keeps of a customer.
    pub async fn export_customer(&self, id: &UserId) -> Result<PersonalData, CallError> {
        Call::get(&self.0, format!("/api/v1/identity/customers/{id}/export")).send().await
    }

    /// Forgets a customer.
    pub async fn erase_customer(&self, id: &UserId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/identity/customers/{id}")).done().await
    }
}
