//! The events `pricing` emits.

use emart_events::Payload;
use emart_http::AuditRecord;
use serde::{Deserialize, Serialize};

/// Somebody who works here changed a promotion, tax rate, way to send or day of delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audited(pub AuditRecord);

impl Payload for Audited {
    const TYPE: &'static str = "pricing.audited.v1";
    fn subject(&self) -> &str {
        &self.0.resource
    }
}
