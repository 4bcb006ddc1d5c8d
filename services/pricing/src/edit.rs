//! How what people edit is changed: seen in the version that is current, and told to the audit log.

use emart_http::{AuditRecord, ETag, IfMatch, Problem};
use emart_pricing_api::Audited;
use emart_store::Tx;
use serde::Serialize;

use crate::Pricing;

/// `Ok` when the caller has seen the version that is current, or says none.
pub(crate) fn check_seen(
    seen: Option<&IfMatch>,
    current: impl std::fmt::Display,
) -> Result<(), Problem> {
    seen.map_or(Ok(()), |seen| seen.check(&ETag::new(current)))
}

impl Pricing {
    /// Tells of a change in the transaction that makes it.
    pub(crate) async fn audit<T: Serialize>(
        &self,
        tx: &Tx,
        record: AuditRecord,
        (before, after): (Option<&T>, Option<&T>),
    ) -> Result<(), emart_store::Error> {
        let record = record.change(before, after);
        if record.is_empty() { Ok(()) } else { self.outbox.emit(tx, &Audited(record)).await }
    }
}
