//! `emart events`: events that a service could not handle, to look at and to try again. The routes behind it are open
//! to the operator's door only.

use anyhow::bail;
use axum::extract::State;
use axum::routing::{get, post};
use clap::Subcommand;
use emart_events::{Host, Parked, discard, parked, retry};
use emart_http::{Json, Path, Problem, Service};
use emart_mesh::Call;
use emart_store::Db;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;

use crate::client::Shop;
use crate::config::Config;

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List parked events, with the error of the last try
    Parked,
    /// Try a parked event again, and those that wait behind it
    Retry {
        /// The event's id
        event_id: String,
    },
    /// Give a parked event up for good; those behind it go on
    Discard {
        /// The event's id
        event_id: String,
    },
}

/// A parked event in the list.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    event_id: String,
    consumer: String,
    kind: String,
    subject: String,
    tries: u32,
    blocked: u32,
    error: String,
}

impl From<Parked> for Entry {
    fn from(parked: Parked) -> Self {
        let Parked { event_id, consumer, kind, subject, tries, blocked, error, .. } = parked;
        Self { event_id, consumer, kind, subject, tries, blocked, error }
    }
}

/// Carries it out.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    shop.work(async |shop: &Shop| {
        let peer = shop.peer("events")?;
        let (event_id, what) = match &command {
            Command::Parked => {
                let entries: Vec<Entry> = Call::get(&peer, "/internal/events").send().await?;
                list(&entries);
                return Ok(());
            }
            Command::Retry { event_id } => (event_id, "retry"),
            Command::Discard { event_id } => (event_id, "discard"),
        };
        let done = Call::post(&peer, format!("/internal/events/{event_id}/{what}")).done().await;
        match done {
            Ok(()) => println!("{event_id}: done"),
            Err(error) if error.is("not-found") => bail!("no event {event_id} is parked"),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    })
    .await
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn list(entries: &[Entry]) {
    if entries.is_empty() {
        println!("no event is parked");
    }
    for entry in entries {
        println!(
            "{}  {} could not handle {} of {} ({} tries, {} wait behind it)\n  {}",
            entry.event_id,
            entry.consumer,
            entry.kind,
            entry.subject,
            entry.tries,
            entry.blocked,
            entry.error,
        );
    }
}

/// The routes, over the databases of every service of this process.
pub(crate) fn service(host: &Host) -> Service {
    let databases: Vec<Db> = host.databases().into_iter().map(|(_, db)| db).collect();
    let routes = OpenApiRouter::new()
        .route("/internal/events", get(list_parked))
        .route("/internal/events/{id}/retry", post(retry_event))
        .route("/internal/events/{id}/discard", post(discard_event))
        .with_state(databases);
    Service::new("events", &host.metrics, routes)
}

async fn list_parked(State(databases): State<Vec<Db>>) -> Result<Json<Vec<Entry>>, Problem> {
    let mut entries = Vec::new();
    for db in &databases {
        let found = parked(db).await.map_err(problem)?;
        entries.extend(found.into_iter().map(Entry::from));
    }
    Ok(Json(entries))
}

async fn retry_event(
    State(databases): State<Vec<Db>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    for db in &databases {
        if retry(db, &id).await.map_err(problem)? {
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(Problem::not_found())
}

async fn discard_event(
    State(databases): State<Vec<Db>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    for db in &databases {
        if discard(db, &id).await.map_err(problem)? {
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(Problem::not_found())
}

fn problem(error: emart_store::Error) -> Problem {
    tracing::error!(%error, "the inbox could not be read");
    Problem::internal().detail(error)
}
