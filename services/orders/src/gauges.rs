//! How many checkouts stand where: those that have not come to their end.

use std::time::Duration;

use emart_store::Db;
use emart_telemetry::Metrics;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

use crate::domain::progress::State;
use crate::store;

/// How often they are counted.
const TICK: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    state: &'static str,
}

/// Counts them now and again. Copies of the service count the same ones.
pub(crate) async fn count(db: Db, metrics: Metrics) {
    let checkouts = Family::<Labels, Gauge>::default();
    let help = "Checkouts under way, by where their saga stands";
    metrics.register("orders_checkouts", help, checkouts.clone());
    loop {
        match store::count_open(&db).await {
            Ok(found) => {
                for state in State::OPEN {
                    let count = found.iter().find(|(known, _)| known == state.as_str());
                    let count = count.map_or(0, |(_, count)| *count);
                    checkouts.get_or_create(&Labels { state: state.as_str() }).set(count);
                }
            }
            Err(error) => tracing::debug!(%error, "open checkouts could not be counted"),
        }
        tokio::time::sleep(TICK).await;
    }
}
