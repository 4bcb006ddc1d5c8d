//! NATS, where events cross it: whether it answers, and keeps what it is given (JetStream).

use emart_events::BusFacts;

use super::Report;
use crate::config::Config;

const CHECK: &str = "NATS";

pub(super) async fn check(config: &Config, report: &mut Report) {
    let Some(nats) = config.bus.nats() else {
        if !config.peers.is_empty() {
            let found = "the settings name services in other processes, and no NATS to carry events to them";
            report.fail(CHECK, found, "set bus.nats_url_file, the same for all");
        }
        return;
    };
    let facts = match nats.look().await {
        Ok(facts) => facts,
        Err(error) => {
            let advice =
                "see that it runs, and that bus.nats_url names it, a user and its password";
            report.fail(CHECK, error, advice);
            return;
        }
    };
    match facts {
        BusFacts { jetstream: Err(error), version } => {
            let found = format!("version {version} without JetStream: {error}");
            report.fail(CHECK, found, "start it with --jetstream, or allow the account to use it");
        }
        BusFacts { jetstream: Ok(streams), version } => {
            report.ok(CHECK, format!("version {version} with JetStream, {streams} streams"));
        }
    }
}
