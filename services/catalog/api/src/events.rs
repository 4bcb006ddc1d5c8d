//! The events `catalog` emits.

use emart_events::Payload;
use emart_http::AuditRecord;
use serde::{Deserialize, Serialize};

/// Somebody changed the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audited(pub AuditRecord);

impl Payload for Audited {
    const TYPE: &'static str = "catalog.audited.v1";
    fn subject(&self) -> &str {
        &self.0.resource
    }
}
