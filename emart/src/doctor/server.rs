//! The PostgreSQL server: whether it answers, is recent, has room for this store's connections, and keeps apart what is
//! not the store's.

use emart_store::{Facts, Server};
use emart_types::Secret;

use super::books::{self, Books};
use super::{Patient, Report};

const CHECK: &str = "PostgreSQL";
/// The oldest that still gets fixes.
const OLDEST: i32 = 14;
/// What a server keeps for its superuser, and some for people who look.
const SPARE: i64 = 10;

pub(super) async fn check<'a>(
    patient: &Patient<'a>,
    url: &Secret<String>,
    report: &mut Report,
) -> Option<Books<'a>> {
    let connected = Server::connect(&url.expose().clone().into()).await;
    let services: Vec<_> = patient.schema.services().collect();
    let facts = match &connected {
        Ok(server) => server.facts(&services).await,
        Err(error) => Err(error.clone()),
    };
    let (server, facts) = match (connected, facts) {
        (Ok(server), Ok(facts)) => (server, facts),
        (Err(error), _) | (_, Err(error)) => {
            let advice =
                "see that it runs, and that store.postgres_url names it, a user and its password";
            report.fail(CHECK, error.to_string(), advice);
            return None;
        }
    };
    describe(patient, &facts, services.len(), report);
    let mut missing = Vec::new();
    for service in services {
        match server.contents(service).await {
            Ok(Some(contents)) => books::schema(patient, service, &contents, report),
            Ok(None) => missing.push(service),
            Err(error) => report.fail(
                format!("database {service}"),
                error.to_string(),
                "the store's role must own its schemas and what is in them",
            ),
        }
    }
    if !missing.is_empty() && !facts.may_create {
        let found =
            format!("there is no schema {}, and the role may not make one", missing.join(", "));
        report.fail(CHECK, found, "GRANT CREATE ON DATABASE … TO …, or make the schemas for it");
    } else if !missing.is_empty() {
        let found = format!("there is no schema {} yet", missing.join(", "));
        report.warn(CHECK, found, "`emart run` makes them, or `emart move` brings them");
    }
    Some(Books::Server(server))
}

fn describe(patient: &Patient<'_>, facts: &Facts, services: usize, report: &mut Report) {
    let version = format!("{}.{}", facts.version / 10_000, facts.version % 10_000);
    if facts.version / 10_000 < OLDEST {
        report.warn(
            CHECK,
            format!("version {version}"),
            "take 14 or newer: older ones get no fixes",
        );
    } else {
        report.ok(CHECK, format!("version {version}"));
    }
    let pools = patient.config.store.pool_size.saturating_mul(services);
    let wanted = i64::try_from(pools).unwrap_or(i64::MAX).saturating_add(SPARE);
    if wanted > facts.max_connections {
        report.fail(
            "connections",
            format!(
                "{services} services may open {pools} in all, the server takes {} from everybody",
                facts.max_connections
            ),
            "make store.pool_size smaller or the server's max_connections larger",
        );
    } else {
        report.ok("connections", format!("{pools} of the server's {}", facts.max_connections));
    }
    if facts.superuser {
        report.warn(
            "role",
            "it is a superuser",
            "make one for the store that is not, and owns its schemas",
        );
    } else if facts.sees.is_empty() {
        report.ok("role", "it sees the store's schemas only");
    } else {
        let found = format!("it sees other schemas: {}", facts.sees.join(", "));
        report.warn("role", found, "give the store a database of its own");
    }
    if facts.synchronous_commit == "off" {
        let advice = "set it to on: what was answered could be lost in a power cut";
        report.fail(CHECK, "synchronous_commit is off", advice);
    }
    let apart = facts.now_ms.abs_diff(patient.now.as_millis());
    if apart > 5000 {
        let found = format!("the server's is {apart} ms from this machine's");
        report.warn("clock", found, "keep both right with NTP");
    }
}
