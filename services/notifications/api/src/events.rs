//! The events `notifications` emits.

use emart_events::Payload;
use emart_http::AuditRecord;
use serde::{Deserialize, Serialize};

/// Somebody who works here has changed something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audited(pub AuditRecord);

impl Payload for Audited {
    const TYPE: &'static str = "notifications.audited.v1";
    fn subject(&self) -> &str {
        &self.0.resource
    }
}
