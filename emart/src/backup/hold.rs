//! Holding a store still for a moment, from inside the process that runs it or through the operator's door.
//!
//! Services tell each other things between their transactions: a checkout goes from one to the next, an event leaves
//! one's outbox for another's inbox. Databases copied one after the other would contradict each other whatever the order:
//! the one copied first has not heard yet what the later one was told, or has already dropped what the later one never
//! got. So every writer stops between two transactions, all databases are looked at, and all go on: what is copied is
//! what a crash at that moment would have left, from which a store recovers by itself.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::extract::State;
use axum::routing::post;
use emart_events::Host;
use emart_http::{Problem, Service};
use emart_mesh::{Call, Peer};
use emart_store::{Files, Hold, Snapshot};
use emart_types::{Clock, Timestamp};
use http::StatusCode;
use tokio::task::spawn_blocking;
use utoipa_axum::router::OpenApiRouter;

/// How long writers wait at most. Looking takes some milliseconds.
const LIMIT: Duration = Duration::from_secs(3);

/// Who has to be held.
pub(crate) enum Writers {
    /// Nobody: no store runs, and none can start.
    None,
    /// The store of this process.
    Here(Box<Host>),
    /// A store in another process.
    There(Peer),
}

/// All databases, as they are at one moment.
pub(super) struct Moment {
    pub(super) snapshots: Vec<Snapshot>,
    pub(super) at: Timestamp,
}

impl Writers {
    /// Looks at every database of a folder as it is at one moment.
    pub(super) async fn look(&self, data: &Path) -> anyhow::Result<Moment> {
        match self {
            Self::None => open_all(data.to_owned()).await,
            Self::Here(host) => {
                let holds = hold(host).await.context("hold the store for a moment")?;
                let moment = open_all(data.to_owned()).await;
                let held = release(holds);
                let moment = moment?;
                if !held {
                    bail!(
                        "the store was too busy to be looked at as it is at one moment; try again"
                    );
                }
                Ok(moment)
            }
            Self::There(peer) => {
                let held = Call::post(peer, "/internal/backup/hold").done().await;
                held.context("hold the store for a moment")?;
                let moment = open_all(data.to_owned()).await;
                let released = Call::post(peer, "/internal/backup/release").done().await;
                let moment = moment?;
                released.context("the store could not be held long enough; try again")?;
                Ok(moment)
            }
        }
    }
}

async fn open_all(data: PathBuf) -> anyhow::Result<Moment> {
    spawn_blocking(move || {
        let files = Files::in_dir(&data);
        let mut snapshots = Vec::new();
        for service in files.services()? {
            let path = files.path(&service);
            let opened = Snapshot::open(&path);
            snapshots.push(opened.with_context(|| path.display().to_string())?);
        }
        if snapshots.is_empty() {
            bail!("there is no database in {}", data.display());
        }
        Ok(Moment { snapshots, at: Clock::system().now() })
    })
    .await?
}

/// Holds every database, one after the other; none waits for another's release.
async fn hold(host: &Host) -> Result<Vec<Hold>, emart_store::Error> {
    let mut holds = Vec::new();
    for (_, db) in host.databases() {
        holds.push(db.hold(LIMIT).await?);
    }
    Ok(holds)
}

/// Whether all of them stood still until now.
fn release(holds: Vec<Hold>) -> bool {
    // Those that come after one that was not are released as they are dropped.
    holds.into_iter().all(Hold::release)
}

#[derive(Clone)]
struct Door {
    host: Host,
    held: Arc<Mutex<Option<Vec<Hold>>>>,
}

/// The routes of the operator's door by which a command holds this process's store.
pub(crate) fn service(host: &Host) -> Service {
    let door = Door { host: host.clone(), held: Arc::default() };
    let routes = OpenApiRouter::new()
        .route("/internal/backup/hold", post(hold_writers))
        .route("/internal/backup/release", post(release_writers))
        .with_state(door);
    Service::new("backup", &host.metrics, routes)
}

async fn hold_writers(State(door): State<Door>) -> Result<StatusCode, Problem> {
    // One that another command left behind: with that, its writers go on.
    drop(door.take());
    let holds = hold(&door.host).await.map_err(|error| Problem::internal().detail(error))?;
    *door.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(holds);
    Ok(StatusCode::NO_CONTENT)
}

async fn release_writers(State(door): State<Door>) -> Result<StatusCode, Problem> {
    match door.take().map(release) {
        Some(true) => Ok(StatusCode::NO_CONTENT),
        _ => {
            Err(Problem::new(StatusCode::CONFLICT, "not-held", "The store was not held until now"))
        }
    }
}

impl Door {
    fn take(&self) -> Option<Vec<Hold>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
