//! The producer's side: an event is written with the change it tells of.

use emart_store::{Error, Tx, vals};
use emart_telemetry::TraceContext;
use emart_types::Clock;
use serde::Serialize;

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
        self.write(tx, P::TYPE, payload.subject(), payload).await
    }

    /// The same for an event that every service has under its own name: `<service>.<what>`, such as `audited.v1`. Who emits
    /// it need not know the service.
    pub async fn emit_own<D: Serialize + Sync>(
        &self,
        tx: &Tx,
        what: &str,
        subject: &str,
        data: &D,
    ) -> Result<(), Error> {
        self.write(tx, &format!("{}.{what}", self.service), subject, data).await
    }

    async fn write<D: Serialize + Sync>(
        &self,
        tx: &Tx,
        kind: &str,
        subject: &str,
        data: &D,
    ) -> Result<(), Error> {
        let event = Event {
            specversion: "1.0".to_owned(),
            id: EventId::new(),
            source: self.service.to_owned(),
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            time: self.clock.now(),
            datacontenttype: "application/json".to_owned(),
            traceparent: TraceContext::current().map(|trace| trace.to_string()),
            data,
        };
        let text = serde_json::to_string(&event)
            .map_err(|error| Error::Parameters(format!("{kind} is no JSON: {error}")))?;
        let sql = "INSERT INTO outbox (id, type, subject, event, emitted_at) \
                   VALUES ($1, $2, $3, $4, $5)";
        let at = event.time.as_millis();
        tx.exec(sql, vals![event.id.as_str(), kind, event.subject, text, at]).await?;
        tx.notify_commit();
        Ok(())
    }
}
