//! The audit log: who changed what.

use emart_http::{AuditRecord, Page};
use emart_mesh::{Call, CallError};
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Identity;

/// A change somebody made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// The entry.
    pub id: String,
    /// When it was made.
    pub at: Timestamp,
    /// The service it was made in.
    pub service: String,
    /// The address, or the API key's name, of who made it, while they are known.
    pub actor_name: Option<String>,
    /// Who changed what, from what to what, and from where.
    #[serde(flatten)]
    pub record: AuditRecord,
}

/// Which changes are looked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Made by this person or API key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What was done: a kind of thing (`product`), or an action (`product.updated`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Made to the thing with this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Made at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Made before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

impl Identity {
    /// The changes of a filter, the newest first, a page at a time.
    pub async fn audit(
        &self,
        filter: &AuditFilter,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<AuditEntry>, CallError> {
        let mut pairs = vec![("limit", limit.to_string())];
        let times = [("from", filter.from), ("to", filter.to)];
        let times = times.map(|(name, time)| (name, time.map(|time| time.to_string())));
        let texts = [
            ("actor", filter.actor.clone()),
            ("action", filter.action.clone()),
            ("resource", filter.resource.clone()),
            ("cursor", cursor.map(ToOwned::to_owned)),
        ];
        for (name, value) in times.into_iter().chain(texts) {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                pairs.push((name, value));
            }
        }
        let path = format!("/api/v1/identity/audit?{}", written(&pairs));
        Call::get(&self.0, path).send().await
    }
}

/// A query of these pairs.
pub(crate) fn written(pairs: &[(&str, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
