//! How things stand in the databases of this process: the way to each, and the events that are held up in it.

use std::time::Duration;

use emart_store::{Db, Error, vals};
use emart_telemetry::Metrics;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

use crate::metrics::ServiceLabels;

/// How often events that are held up are counted.
const TICK: Duration = Duration::from_secs(5);
/// What an event that is held up can be.
const STATES: [&str; 2] = ["pending", "parked"];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConnectionLabels {
    service: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HeldLabels {
    consumer: &'static str,
    state: &'static str,
}

/// Clones are handles to the same ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gauges {
    connections: Family<ConnectionLabels, Gauge>,
    waiting: Family<ServiceLabels, Gauge>,
    held: Family<HeldLabels, Gauge>,
}

impl Gauges {
    pub(crate) fn register(&self, metrics: &Metrics) {
        let help = "PostgreSQL connections, by what they do";
        metrics.register("db_connections", help, self.connections.clone());
        let help = "Who waits for a connection; on SQLite, for the one writer";
        metrics.register("db_waiting", help, self.waiting.clone());
        let help = "Events that are not handled: tried again later, or parked";
        metrics.register("events_held", help, self.held.clone());
    }

    /// Looks at the way to each database.
    pub(crate) fn look(&self, databases: &[(&'static str, Db)]) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        for (service, db) in databases {
            let load = db.load();
            self.waiting.get_or_create(&ServiceLabels { service }).set(number(load.waiting));
            let Some((in_use, idle)) = load.connections else { continue };
            for (state, count) in [("in_use", in_use), ("idle", idle)] {
                self.connections
                    .get_or_create(&ConnectionLabels { service, state })
                    .set(number(count));
            }
        }
    }

    /// Counts the events that consumers hold up, again and again. Copies of a service count the same ones.
    pub(crate) async fn count(self, consumers: Vec<(&'static str, Db)>) {
        loop {
            for (consumer, db) in &consumers {
                if let Err(error) = self.count_in(consumer, db).await {
                    tracing::debug!(consumer, %error, "held events could not be counted");
                }
            }
            tokio::time::sleep(TICK).await;
        }
    }

    async fn count_in(&self, consumer: &'static str, db: &Db) -> Result<(), Error> {
        let sql = "SELECT state, count(*) FROM inbox WHERE consumer = $1 AND state <> 'done' GROUP BY state";
        let found: Vec<(String, i64)> = db.all(sql, vals![consumer]).await?;
        for state in STATES {
            let count =
                found.iter().find(|(known, _)| known == state).map_or(0, |(_, count)| *count);
            self.held.get_or_create(&HeldLabels { consumer, state }).set(count);
        }
        Ok(())
    }
}
