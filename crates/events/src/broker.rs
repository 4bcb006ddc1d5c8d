//! NATS JetStream as the bus: one connection a process, kept up for ever, and the streams behind it.
//!
//! Each service has a stream; its relay publishes there, one event after the other for each subject, and each consumer
//! reads it partition by partition (`broker::reader`). That NATS is away is no error of anybody's: events wait in the
//! outbox, and readers wait for it to come back.

mod publish;
mod reader;
mod stream;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, ConnectOptions, Event, Subscriber};
use bytes::Bytes;
use tokio::sync::{OnceCell, watch};

use crate::metrics::Counts;
use crate::{Nats, route};

pub(crate) use reader::{PLACES, Reader};

/// How long is waited for an answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A connection over which nothing came for two of these is given up.
const PING: Duration = Duration::from_secs(10);
/// The longest wait between two attempts to connect.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The broker, as a process sees it.
pub(crate) struct Broker {
    nats: Nats,
    counts: Counts,
    link: Arc<watch::Sender<Link>>,
    context: OnceCell<Context>,
    /// The streams that were seen to since the connection was made.
    ready: Mutex<HashSet<(&'static str, bool)>>,
}

/// The state of the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Link {
    pub(crate) connected: bool,
    /// How many connections there were.
    pub(crate) number: u64,
    error: Option<String>,
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker").field("link", &*self.link.borrow()).finish_non_exhaustive()
    }
}

impl Broker {
    pub(crate) fn new(nats: Nats, counts: Counts) -> Self {
        let link = Arc::new(watch::Sender::new(Link::default()));
        Self { nats, counts, link, context: OnceCell::new(), ready: Mutex::default() }
    }

    /// Answers `Ok` while connected; otherwise says what is in the way.
    pub(crate) fn ready(&self) -> Result<(), String> {
        let link = self.link.borrow();
        if link.connected {
            return Ok(());
        }
        let hosts = self.nats.addresses().unwrap_or_default();
        let hosts: Vec<_> =
            hosts.iter().map(|addr| format!("{}:{}", addr.host(), addr.port())).collect();
        let reason = link.error.as_deref().unwrap_or("no connection yet");
        Err(format!("NATS at {}: {reason}", hosts.join(", ")))
    }

    /// Tells of changes of the connection.
    pub(crate) fn link(&self) -> watch::Receiver<Link> {
        self.link.subscribe()
    }

    /// Gets the connection going, for as long as the process runs.
    pub(crate) async fn connect(&self) {
        while let Err(error) = self.context().await {
            tracing::error!(error, "NATS cannot be used");
            tokio::time::sleep(LONGEST_WAIT).await;
        }
    }

    /// Ends the connection, once what is on its way has left.
    pub(crate) async fn close(&self) {
        if let Some(context) = self.context.get() {
            let client = context.client();
            if self.ready().is_ok() {
                let _ = tokio::time::timeout(TIMEOUT, client.flush()).await;
            }
            let _ = client.drain().await;
        }
    }

    /// The way to streams and consumers. Needs no connection: one is made in the background, again and again.
    async fn context(&self) -> Result<&Context, String> {
        self.context
            .get_or_try_init(|| async {
                let client = self.client().await.inspect_err(|error| {
                    self.link.send_modify(|link| link.error = Some(error.clone()));
                })?;
                let builder = ContextBuilder::new().timeout(TIMEOUT).ack_timeout(TIMEOUT);
                Ok(builder.build(client))
            })
            .await
    }

    async fn client(&self) -> Result<Client, String> {
        let (nats, options) = (&self.nats, connect_options(&self.nats)?);
        let (link, gauge) = (Arc::clone(&self.link), self.counts.connected.clone());
        let note = move |event: Event| {
            note(&link, &event);
            gauge.set(link.borrow().connected.into());
            std::future::ready(())
        };
        let wait = |attempts: usize| {
            let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
            Duration::from_millis(50).saturating_mul(attempts).min(LONGEST_WAIT)
        };
        options
            .name(format!("emart {}", nats.namespace))
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(wait)
            .connection_timeout(TIMEOUT)
            .ping_interval(PING)
            .event_callback(note)
            .connect(nats.addresses()?)
            .await
            .map_err(|error| error.to_string())
    }

    /// Sees to it that a service's stream is there; `mine` also that it is as the settings say.
    async fn stream(&self, service: &'static str, mine: bool) -> Result<&Context, String> {
        let context = self.context().await?;
        let seen_to =
            self.ready.lock().unwrap_or_else(PoisonError::into_inner).contains(&(service, mine));
        if !seen_to {
            stream::see_to(context, &self.nats, service, mine).await?;
            self.ready.lock().unwrap_or_else(PoisonError::into_inner).insert((service, mine));
        }
        Ok(context)
    }

    /// Something was wrong with a stream: it is looked at again before it is used.
    fn doubt(&self, service: &'static str) {
        self.ready
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(name, _)| *name != service);
    }

    /// Calls the copy of a service that relays its events. It looks by itself too, so no call need arrive.
    pub(crate) async fn knock(&self, service: &str) {
        if let Some(context) = self.context.get().filter(|_| self.ready().is_ok()) {
            let subject = route::knock(&self.nats.namespace, service);
            let _ = context.client().publish(subject, Bytes::new()).await;
        }
    }

    /// The other copies' calls.
    pub(crate) async fn knocks(&self, service: &str) -> Option<Subscriber> {
        let client = self.context().await.ok()?.client();
        client.subscribe(route::knock(&self.nats.namespace, service)).await.ok()
    }

    fn stream_name(&self, service: &str) -> String {
        route::stream(&self.nats.namespace, service)
    }
}

/// As whom a process connects.
pub(crate) fn connect_options(nats: &Nats) -> Result<ConnectOptions, String> {
    let mut options = ConnectOptions::new();
    options = match nats.user() {
        Some((name, Some(password))) => options.user_and_password(name, password),
        Some((token, None)) => options.token(token),
        None => options,
    };
    if let Some(token) = &nats.token {
        options = options.token(token.expose().clone());
    }
    if let Some(credentials) = &nats.credentials {
        options = options.credentials(credentials.expose()).map_err(|e| e.to_string())?;
    }
    Ok(options)
}

fn note(link: &watch::Sender<Link>, event: &Event) {
    match event {
        Event::Connected => {
            tracing::info!("connected to NATS");
            link.send_modify(|link| {
                *link = Link { connected: true, number: link.number + 1, error: None };
            });
        }
        Event::Disconnected | Event::Closed => {
            tracing::warn!("the connection to NATS is lost; events wait");
            link.send_modify(|link| {
                link.connected = false;
                link.error.get_or_insert_with(|| "the connection was lost".to_owned());
            });
        }
        Event::ServerError(_) | Event::ClientError(_) => {
            let error = event.to_string();
            tracing::debug!(error, "NATS");
            link.send_modify(|link| link.error = (!link.connected).then_some(error));
        }
        Event::LameDuckMode | Event::Draining | Event::SlowConsumer(_) => {
            tracing::info!(event = %event, "NATS");
        }
    }
}
