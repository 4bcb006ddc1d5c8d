//! What every service is handed when it starts: the clock, the metrics, its database, its outbox, its place on the bus.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use emart_store::{Db, Error, Migration, Settings};
use emart_telemetry::Metrics;
use emart_types::Clock;
use tokio::sync::Semaphore;

use crate::broker::{Broker, PLACES, Reader};
use crate::bus::Bus;
use crate::consumer::Consumer;
use crate::delivery::Inbox;
use crate::gauges::Gauges;
use crate::lease::{Lease, Leases, Name};
use crate::metrics::{Counts, ServiceLabels};
use crate::outbox::Outbox;
use crate::relay::{Relay, Way};
use crate::route::PARTITIONS;
use crate::{Delivery, MIGRATIONS, Nats, Tasks};

/// What the services of a process stand on. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub struct Host {
    /// The time.
    pub clock: Clock,
    /// What the process counts.
    pub metrics: Metrics,
    /// What it does by itself.
    pub tasks: Tasks,
    store: Settings,
    delivery: Delivery,
    broker: Option<Arc<Broker>>,
    lease: Duration,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    databases: Mutex<Vec<(&'static str, Db)>>,
    relays: Mutex<Vec<Arc<Relay>>>,
    /// By database.
    leases: Mutex<Vec<(String, Leases)>>,
    bus: Arc<Bus>,
    counts: Counts,
    gauges: Gauges,
    started: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("started", &self.started).finish_non_exhaustive()
    }
}

fn list<T: Clone>(mutex: &Mutex<Vec<T>>) -> Vec<T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Host {
    /// A host whose services keep their databases where `store` says.
    #[must_use]
    pub fn new(clock: Clock, metrics: Metrics, store: Settings) -> Self {
        let shared = Arc::<Shared>::default();
        shared.counts.register(&metrics);
        shared.gauges.register(&metrics);
        let looked_at = Arc::downgrade(&shared);
        metrics.look_when_read(move || {
            if let Some(shared) = looked_at.upgrade() {
                shared.gauges.look(&list(&shared.databases));
            }
        });
        let (tasks, delivery) = (Tasks::default(), Delivery::default());
        let lease = Nats::default().lease();
        Self { clock, metrics, tasks, store, delivery, broker: None, lease, shared }
    }

    /// The same host, whose events NATS carries: to this process's consumers and to those of any other. Goes before
    /// everything else. NATS need not be there yet.
    #[must_use]
    pub fn with_nats(self, nats: Nats) -> Self {
        let counts = self.shared.counts.clone();
        counts.register_broker(&self.metrics);
        let lease = nats.lease();
        Self { broker: Some(Arc::new(Broker::new(nats, counts))), lease, ..self }
    }

    /// Answers `Ok` when events can leave and arrive; otherwise says what is in the way.
    pub fn bus_ready(&self) -> Result<(), String> {
        self.broker.as_ref().map_or(Ok(()), |broker| broker.ready())
    }

    /// The leases of a service's database: what only one copy of the service may do.
    #[must_use]
    pub fn leases(&self, db: &Db) -> Leases {
        let mut all = self.shared.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{db:?}");
        if let Some((_, leases)) = all.iter().find(|(other, _)| *other == name) {
            return leases.clone();
        }
        let leases = Leases::fitting(db, self.lease, &self.tasks);
        all.push((name, leases.clone()));
        leases
    }

    /// The same host, whose consumers try and remember as this says. Goes before [`Host::subscribe`].
    #[must_use]
    pub fn with_delivery(self, delivery: Delivery) -> Self {
        Self { delivery, ..self }
    }

    /// Opens a service's own database and brings it to this version's schema, with the tables of its outbox and inbox.
    pub async fn open(
        &self,
        service: &'static str,
        migrations: &'static [Migration],
    ) -> Result<Db, Error> {
        let db = self.store.open(service, migrations).await?;
        db.migrate("events", MIGRATIONS).await?;
        let mut databases = self.shared.databases.lock().unwrap_or_else(PoisonError::into_inner);
        databases.push((service, db.clone()));
        Ok(db)
    }

    /// The databases opened so far, by service.
    #[must_use]
    pub fn databases(&self) -> Vec<(&'static str, Db)> {
        list(&self.shared.databases)
    }

    /// A service's outbox.
    #[must_use]
    pub fn outbox(&self, service: &'static str, db: &Db) -> Outbox {
        let mut relays = self.shared.relays.lock().unwrap_or_else(PoisonError::into_inner);
        // One relay keeps the order; it does not matter who asked for it.
        if !relays.iter().any(|relay| relay.service() == service) {
            let lag = self.shared.counts.lag.get_or_create(&ServiceLabels { service }).clone();
            let near = || Way::Near(Arc::clone(&self.shared.bus));
            let way = self.broker.clone().map_or_else(near, Way::Far);
            let relay = Relay::new(service, db.clone(), self.clock.clone(), lag, way);
            let relay = Arc::new(relay);
            relays.push(Arc::clone(&relay));
            if self.shared.started.load(Ordering::SeqCst) {
                self.relay(relay);
            }
        }
        Outbox::new(service, self.clock.clone(), self.broker.is_some())
    }

    /// Adds a consumer. Before [`Host::start`] it misses nothing; later it is told of what is emitted from then on.
    ///
    /// # Panics
    ///
    /// When there is a consumer of this name already.
    pub fn subscribe(&self, consumer: Consumer) {
        let (clock, counts) = (self.clock.clone(), self.shared.counts.clone());
        let inbox = Arc::new(Inbox::new(consumer, clock, self.delivery.clone(), counts));
        self.shared.bus.add(Arc::clone(&inbox));
        if self.shared.started.load(Ordering::SeqCst) {
            self.look_after(inbox);
        }
    }

    /// Starts moving events, once every service is composed: nothing is moved past a consumer that is not there yet.
    pub fn start(&self) {
        // Held so that an outbox made at the same time is started once: here, or there.
        let relays = self.shared.relays.lock().unwrap_or_else(PoisonError::into_inner);
        if self.shared.started.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some(broker) = self.broker.clone() {
            self.tasks.spawn("NATS", async move { broker.connect().await });
        }
        for relay in &*relays {
            self.relay(Arc::clone(relay));
        }
        let inboxes = self.shared.bus.inboxes();
        let consumers = inboxes.iter().map(|inbox| (inbox.name(), inbox.db().clone())).collect();
        self.tasks.spawn("held events", self.shared.gauges.clone().count(consumers));
        for inbox in inboxes {
            self.look_after(inbox);
        }
    }

    fn relay(&self, relay: Arc<Relay>) {
        if self.broker.is_none() {
            self.tasks.spawn_loop("outbox relay", move || Arc::clone(&relay).run(Lease::alone()));
            return;
        }
        let knocking = Arc::clone(&relay);
        self.tasks.spawn_loop("outbox caller", move || Arc::clone(&knocking).knock());
        let lease = Name { text: format!("relay {}", relay.service()), shared: false };
        let leases = self.leases(relay.db());
        let run = move |lease| Arc::clone(&relay).run(lease);
        self.tasks.spawn_holding("outbox relay", &leases, lease, run);
    }

    fn look_after(&self, inbox: Arc<Inbox>) {
        let Some(broker) = &self.broker else {
            self.tasks.spawn_loop("inbox", move || Arc::clone(&inbox).run(Lease::alone()));
            return;
        };
        let (name, leases) = (inbox.name(), self.leases(inbox.db()));
        let places = Arc::new(Semaphore::new(PLACES));
        for source in inbox.sources() {
            for partition in 0..PARTITIONS {
                let (broker, inbox) = (Arc::clone(broker), Arc::clone(&inbox));
                let places = Arc::clone(&places);
                let reader = Arc::new(Reader { broker, inbox, source, partition, places });
                let lease =
                    Name { text: format!("read {name} {source} {partition}"), shared: true };
                let run = move |lease| Arc::clone(&reader).run(lease);
                self.tasks.spawn_holding("event reader", &leases, lease, run);
            }
        }
        let lease = Name { text: format!("inbox {name}"), shared: false };
        let run = move |lease| Arc::clone(&inbox).run(lease);
        self.tasks.spawn_holding("inbox", &leases, lease, run);
    }

    /// Moves and handles events until nothing is left that is due. An error is that of a database that does not let
    /// it; what does not need that one is settled. For tests, with or without [`Host::start`].
    pub async fn settle(&self) -> Result<(), Error> {
        let relays = list(&self.shared.relays);
        for relay in &relays {
            relay.look_again().await;
        }
        loop {
            let (mut moved, mut trouble) = (0, None);
            let mut note = |result: Result<usize, Error>| match result {
                Ok(count) => moved += count,
                Err(error) => trouble = Some(error),
            };
            for relay in &relays {
                note(relay.pass().await);
            }
            for inbox in self.shared.bus.inboxes() {
                note(inbox.work(&Lease::alone()).await.map(|(tried, _)| tried));
            }
            if moved > 0 {
                continue;
            }
            if let Some(error) = trouble {
                return Err(error);
            }
            if self.is_empty(&relays).await? {
                return Ok(());
            }
        }
    }

    async fn is_empty(&self, relays: &[Arc<Relay>]) -> Result<bool, Error> {
        let mut empty = true;
        for relay in relays {
            relay.flush().await?;
            empty &= relay.is_empty().await?;
        }
        Ok(empty)
    }

    /// Stops every task, then closes the databases.
    pub async fn stop(&self) {
        self.tasks.stop().await;
        for relay in list(&self.shared.relays) {
            if let Err(error) = relay.flush().await {
                // They are carried again after the next start, and recognised.
                tracing::warn!(service = relay.service(), %error, "carried events are still in the outbox");
            }
        }
        for (_, leases) in list(&self.shared.leases) {
            leases.leave().await;
        }
        if let Some(broker) = &self.broker {
            broker.close().await;
        }
        for (_, db) in self.databases() {
            db.close().await;
        }
    }
}
