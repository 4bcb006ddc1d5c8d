//! A consumer's reading of one partition of a service's events.
//!
//! JetStream hands out what was not acknowledged again, but later, when events that follow may be through. So a reader
//! never leaves one out: it keeps what its database does not take in hand and tries it again, and when it finds that
//! somebody else was handed something (a copy that died, a broken connection) it has the durable consumer made anew
//! from the first event that is not acknowledged. Those that were handled all the same, the inbox recognises.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::{Batch, Config};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy};
use emart_store::Error;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::Semaphore;

use super::Broker;
use crate::delivery::{GROUP, Inbox};
use crate::event::Letter;
use crate::lease::Lease;
use crate::metrics::ConsumerLabels;
use crate::route;

/// How long the broker keeps a request for events that has not been filled.
const PULL: Duration = Duration::from_secs(10);
/// What is in hand for longer than this, the broker hands out again.
const ACK_WAIT: Duration = Duration::from_secs(60);
/// How many may be in hand.
const IN_HAND: i64 = 1024;
/// How many partitions of a consumer are handled at the same time in one process.
pub(crate) const PLACES: usize = 4;
/// The wait before something that failed is tried again, at first and at most.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// One consumer, one service it listens to, one partition.
pub(crate) struct Reader {
    pub(crate) broker: Arc<Broker>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) source: &'static str,
    pub(crate) partition: u8,
    /// What the readers of a consumer share: its database has other things to do too.
    pub(crate) places: Arc<Semaphore>,
}

impl Reader {
    /// Reads for as long as the lease is held: whoever calls this drops it when it is lost.
    pub(crate) async fn run(self: Arc<Self>, lease: Lease) {
        let mut wait = FIRST_WAIT;
        let mut link = self.broker.link();
        loop {
            // It fails only when there is no broker any more, and then nobody is here either.
            let Ok(now) = link.wait_for(|link| link.connected).await.map(|link| link.number) else {
                return;
            };
            let other = async { link.wait_for(|link| link.number != now).await.is_ok() };
            match self.read(&lease, other).await {
                Ok(()) => wait = FIRST_WAIT,
                Err(error) => {
                    tracing::warn!(
                        consumer = self.inbox.name(),
                        source = self.source,
                        partition = self.partition,
                        error,
                        "events cannot be read; trying again"
                    );
                    self.broker.doubt(self.source);
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Reads until something is not as it should be, or over this connection nothing comes any more.
    async fn read(
        &self,
        lease: &Lease,
        disconnected: impl Future<Output = bool>,
    ) -> Result<(), String> {
        let mut disconnected = std::pin::pin!(disconnected);
        let (consumer, mut next) = self.open().await?;
        loop {
            let batch = consumer.batch().max_messages(GROUP).expires(PULL).messages().await;
            let mut batch = batch.map_err(|error| error.to_string())?;
            let before = next;
            loop {
                let first = tokio::select! {
                    first = batch.next() => first,
                    _ = &mut disconnected => return Ok(()),
                };
                let Some(first) = first else { break };
                let messages = in_hand(first.map_err(|error| error.to_string())?, &mut batch)?;
                for message in &messages {
                    let info = message.info().map_err(|error| error.to_string())?;
                    if info.consumer_sequence != next {
                        // Somebody else was handed the one in between.
                        return Ok(());
                    }
                    next += 1;
                    if info.delivered > 1 {
                        let labels = ConsumerLabels { consumer: self.inbox.name() };
                        self.broker.counts.redelivered.get_or_create(&labels).inc();
                    }
                }
                self.hand_over(&messages, lease).await;
                for message in messages {
                    // One that is lost makes the event come again.
                    message.ack().await.map_err(|error| error.to_string())?;
                }
            }
            if next == before {
                // A consumer that was deleted is silent as well: nobody answers who asks it for events.
                consumer.get_info().await.map_err(|error| error.to_string())?;
            }
        }
    }

    /// Gives events to the inbox, again and again until it has them.
    async fn hand_over(&self, messages: &[Message], lease: &Lease) {
        let letters = messages.iter().map(letter).filter(|l| self.inbox.listens_to(&l.kind));
        let letters: Vec<_> = letters.map(Arc::new).collect();
        let mut wait = FIRST_WAIT;
        while let Err(error) = self.deliver(&letters, lease).await {
            tracing::warn!(
                consumer = self.inbox.name(), source = self.source, partition = self.partition, %error,
                "a consumer cannot take events; trying again"
            );
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn deliver(&self, letters: &[Arc<Letter>], lease: &Lease) -> Result<(), Error> {
        let _place = self.places.acquire().await.map_err(|_| Error::Closed)?;
        self.inbox.deliver(letters, lease).await
    }

    /// The durable consumer with nothing in anybody's hands, and the number of what it hands out next.
    async fn open(&self) -> Result<(Consumer<Config>, u64), String> {
        let context = self.broker.stream(self.source, false).await?;
        let stream = context.get_stream_no_info(self.broker.stream_name(self.source)).await;
        let stream = stream.map_err(|error| error.to_string())?;
        let name = route::durable(self.inbox.name(), self.partition);
        let filter = self.filter();
        let from_start = config(name.clone(), filter.clone(), DeliverPolicy::All);
        let found = stream.get_or_create_consumer(&name, from_start).await;
        let mut consumer = found.map_err(|error| error.to_string())?;
        let info = consumer.cached_info();
        if info.config.filter_subject != filter || info.num_ack_pending > 0 {
            // Should this process end in between, the consumer begins with the first event the stream has.
            let start_sequence = info.ack_floor.stream_sequence + 1;
            let deleted = stream.delete_consumer(&name).await;
            deleted.map_err(|error| error.to_string())?;
            let anew = config(name, filter, DeliverPolicy::ByStartSequence { start_sequence });
            let made = stream.create_consumer(anew).await;
            consumer = made.map_err(|error| error.to_string())?;
        }
        let next = consumer.cached_info().delivered.consumer_sequence + 1;
        Ok((consumer, next))
    }

    fn filter(&self) -> String {
        let kinds = self.inbox.kinds_of(self.source);
        route::filter(&self.broker.nats.namespace, self.source, self.partition, &kinds)
    }
}

fn config(durable: String, filter_subject: String, deliver_policy: DeliverPolicy) -> Config {
    Config {
        durable_name: Some(durable),
        deliver_policy,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_ack_pending: IN_HAND,
        filter_subject,
        ..Config::default()
    }
}

/// What has arrived, up to what fits in one transaction.
fn in_hand(first: Message, batch: &mut Batch) -> Result<Vec<Message>, String> {
    let mut messages = vec![first];
    while messages.len() < GROUP
        && let Some(Some(message)) = batch.next().now_or_never()
    {
        messages.push(message.map_err(|error| error.to_string())?);
    }
    Ok(messages)
}

/// An event as it came. What cannot be read is parked under the names the broker has for it.
fn letter(message: &Message) -> Letter {
    let text = String::from_utf8_lossy(&message.payload).into_owned();
    let opened = Letter::open(&text);
    let (id, source, kind, subject) = match &opened {
        Ok(event) => (
            event.id.as_str().to_owned(),
            event.source.clone(),
            event.kind.clone(),
            event.subject.clone(),
        ),
        Err(_) => {
            let mut words = message.subject.splitn(4, '.').skip(1);
            let source = words.next().unwrap_or_default().to_owned();
            let kind = words.nth(1).unwrap_or_default().to_owned();
            let id = message.headers.as_ref().and_then(|headers| headers.get("Nats-Msg-Id"));
            let sequence = message.info().map(|info| info.stream_sequence).unwrap_or_default();
            let id = id.map_or_else(|| format!("{source}-{sequence}"), ToString::to_string);
            (id, source, kind, String::new())
        }
    };
    // PostgreSQL cannot store U+0000, which is in no JSON either.
    let text = text.replace('\0', "\u{fffd}");
    Letter { seq: 0, id, source, kind, subject, text, event: opened, tries: 0 }
}
