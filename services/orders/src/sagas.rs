//! What is done with sagas that are stuck: they are listed, and tried again at once when somebody says so.

use emart_http::AuditRecord;
use emart_orders_api::{Audited, Saga, SagaKind, SagaStanding};
use serde::Serialize;

use crate::domain::saga;
use crate::error::Error;
use crate::store::sagas::Place;
use crate::{Orders, store};

/// Where a page of sagas ends: which of them came last, and where among those that stand like it.
pub(crate) type Cursor = (SagaStanding, Place);

/// What the audit log compares.
#[derive(Serialize)]
struct Waits<'a> {
    step: &'a str,
    tries: u32,
    error: &'a Option<String>,
    next_try_at: Option<emart_types::Timestamp>,
}

impl Orders {
    /// Sagas that stand somewhere, or all of them, those that need somebody first; up to one more than the limit.
    pub(crate) async fn sagas(
        &self,
        standing: Option<SagaStanding>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Saga>, Error> {
        let all = SagaStanding::ALL.into_iter();
        let wanted = all.filter(|one| standing.is_none_or(|wanted| wanted == *one));
        let wanted: Vec<SagaStanding> = match &after {
            Some((last, _)) => wanted.filter(|one| one >= last).collect(),
            None => wanted.collect(),
        };
        let read = self.db.read(|tx| async move {
            let mut found = Vec::new();
            for standing in wanted {
                let after = after.as_ref().filter(|(last, _)| *last == standing);
                let left = limit.saturating_sub(found.len());
                let place = after.map(|(_, place)| place);
                found.extend(store::sagas::list(&tx, standing, place, left).await?);
                if found.len() > limit {
                    break;
                }
            }
            Ok::<_, Error>(found)
        });
        read.await
    }

    /// Has a saga that is stuck taken up at once, rather than at its next try.
    pub(crate) async fn hasten(&self, id: String) -> Result<Saga, Error> {
        let audit = AuditRecord::new("checkout.retried", &id, "");
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        let write = self.db.write(move |tx| async move {
            let before = store::sagas::saga(&tx, &id).await?.ok_or(Error::NotFound)?;
            saga::may_hasten(&before)?;
            store::sagas::hasten(&tx, &id, now).await?;
            let after = store::sagas::saga(&tx, &id).await?.ok_or(Error::NotFound)?;
            let mut audit = audit.change(Some(&waits(&before)), Some(&waits(&after)));
            audit.action = action(after.kind).to_owned();
            audit.label.clone_from(&after.label);
            outbox.emit(&tx, &Audited(audit)).await?;
            Ok(after)
        });
        write.await
    }
}

fn waits(saga: &Saga) -> Waits<'_> {
    let Saga { step, tries, error, next_try_at, .. } = saga;
    Waits { step, tries: *tries, error, next_try_at: *next_try_at }
}

const fn action(kind: SagaKind) -> &'static str {
    match kind {
        SagaKind::Checkout => "checkout.retried",
        SagaKind::Refund => "refund.retried",
        SagaKind::Cancel => "cancellation.retried",
        SagaKind::Edit => "edit.retried",
    }
}
