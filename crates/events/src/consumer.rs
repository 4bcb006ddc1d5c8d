//! The consumer's side: who listens to what, and what it does then.

use std::collections::HashMap;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;

use emart_store::{Db, Error, Tx};
use emart_telemetry::{Kind, Span, TraceContext};

use crate::event::{Event, Letter, Payload, Received};

type Handled = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;
type Handler = Box<dyn Fn(Tx, &Event) -> Handled + Send + Sync>;

/// Why an event was not handled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The database said no; the transaction did not happen.
    #[error(transparent)]
    Store(#[from] Error),
    /// The handler said no.
    #[error("{0}")]
    Handler(String),
    /// Trying again will not help: the event cannot be read, or nobody is there to read it.
    #[error("{0}")]
    Hopeless(String),
}

/// A service that listens. Its handlers run in its own database's transactions.
pub struct Consumer {
    name: &'static str,
    db: Db,
    handlers: HashMap<&'static str, Handler>,
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consumer").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Consumer {
    /// A consumer of this name, with its inbox in this database (opened by [`crate::Host::open`]).
    #[must_use]
    pub fn new(name: &'static str, db: Db) -> Self {
        Self { name, db, handlers: HashMap::new() }
    }

    /// Handles events of one type. The handler writes through its `Tx` and awaits nothing else; an error undoes what
    /// it wrote, and the event is tried again. What it does besides must bear being done again.
    ///
    /// # Panics
    ///
    /// When the type has a handler already: one of the two would never run.
    #[must_use]
    pub fn on<P, F, Fut, E>(mut self, handler: F) -> Self
    where
        P: Payload,
        F: Fn(Tx, Received<P>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + From<Error> + Send + 'static,
    {
        let handler: Handler = Box::new(move |tx, event| {
            let payload = match serde_json::from_str::<P>(event.data.get()) {
                Ok(payload) => payload,
                Err(error) => return hopeless(format!("its data cannot be read: {error}")),
            };
            let (id, source, time) = (event.id.clone(), event.source.clone(), event.time);
            let handled = handler(tx, Received { id, source, time, payload });
            Box::pin(
                async move { handled.await.map_err(|error| Failure::Handler(error.to_string())) },
            )
        });
        let before = self.handlers.insert(P::TYPE, handler);
        assert!(before.is_none(), "{} has two handlers for {}", self.name, P::TYPE);
        self
    }

    /// Its name.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// Its database.
    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    /// Whether it handles events of this type.
    pub(crate) fn listens_to(&self, kind: &str) -> bool {
        self.handlers.contains_key(kind)
    }

    /// The types it handles, in order.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self.handlers.keys().copied().collect();
        kinds.sort_unstable();
        kinds
    }

    /// Runs the handler of an event, in the trace of the request that caused it.
    pub(crate) fn handle(&self, tx: Tx, letter: &Letter) -> Handled {
        let event = match &letter.event {
            Ok(event) => event,
            Err(error) => return hopeless(format!("its envelope cannot be read: {error}")),
        };
        let Some(handler) = self.handlers.get(letter.kind.as_str()) else {
            return hopeless(format!("{} no longer listens to {}", self.name, letter.kind));
        };
        let handled = handler(tx, event);
        match event.traceparent.as_deref().and_then(TraceContext::parse) {
            Some(trace) => match Span::begin(self.name, Kind::Consumer, trace) {
                Some(span) => Box::pin(told(span, letter.kind.clone(), handled)),
                None => Box::pin(trace.child().scope(handled)),
            },
            None => handled,
        }
    }
}

/// Handles an event as a span of its trace.
async fn told(mut span: Span, kind: String, handled: Handled) -> Result<(), Failure> {
    let done = span.trace().scope(handled).await;
    span.name(format!("handle {kind}"));
    span.note("messaging.system", "emart");
    span.note("messaging.destination.name", kind);
    span.end(done.is_err().then_some("it was not handled"));
    done
}

fn hopeless(why: String) -> Handled {
    Box::pin(async { Err(Failure::Hopeless(why)) })
}
