//! The producer's side: an event is written with the change it tells of.

use emart_store::{Error, Tx, vals};
use emart_telemetry::TraceContext;
use emart_types::Clock;

use crate::event::{Event, EventId, Payload};
use crate::route::service_of;

/// Where a service writes its events.
#[derive(Clone, Debug)]
pub struct Outbox {
    service: &'static str,
    clock: Clock,
    /// A broker carries: consumers look for a type at the service it is named after.
    far: bool,
}

impl Outbox {
    pub(crate) const fn new(service: &'static str, clock: Clock, far: bool) -> Self {
        Self { service, clock, far }
    }

    /// Writes an event in the caller's transaction: it is told if, and only if, that commits.
    ///
    /// Emit after the statement that changes the subject: two transactions that change it then emit one after the
    /// other, and that is the order in which consumers are told.
    pub async fn emit<P: Payload>(&self, tx: &Tx, payload: &P) -> Result<(), Error> {
        if self.far && service_of(P::TYPE) != self.service {
            let problem =
                format!("{} is no event of {}: nobody would hear it", P::TYPE, self.service);
            return Err(Error::Parameters(problem));
        }
        let event = Event {
            specversion: "1.0".to_owned(),
            id: EventId::new(),
            source: self.service.to_owned(),
            kind: P::TYPE.to_owned(),
            subject: payload.subject().to_owned(),
            time: self.clock.now(),
            datacontenttype: "application/json".to_owned(),
            traceparent: TraceContext::current().map(|trace| trace.to_string()),
            data: payload,
        };
        let text = serde_json::to_string(&event)
            .map_err(|error| Error::Parameters(format!("{} is no JSON: {error}", P::TYPE)))?;
        let sql = "INSERT INTO outbox (id, type, subject, event, emitted_at) \
                   VALUES ($1, $2, $3, $4, $5)";
        let at = event.time.as_millis();
        tx.exec(sql, vals![event.id.as_str(), P::TYPE, event.subject, text, at]).await?;
        tx.notify_commit();
        Ok(())
    }
}
