//! The desk's routes, put before those of a service.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use emart_events::{Decision, Host, Outbox, Parked, decide, parked, standing};
use emart_http::{AuditRecord, Caller, Json, Path, Permission, Problem, Ready, Service};
use emart_store::Db;
use emart_types::{Clock, Timestamp};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;

use crate::{PATH, ParkedEvent, ServiceState};

#[derive(Clone)]
struct AtDesk {
    service: &'static str,
    started_at: Timestamp,
    ready: Ready,
    /// The service's books, if it keeps any.
    books: Option<Books>,
    clock: Clock,
}

/// Where a service keeps its events.
#[derive(Clone)]
struct Books {
    db: Db,
    outbox: Outbox,
}

/// The same service, with a desk.
#[must_use]
pub fn with_desk(host: &Host, mut service: Service) -> Service {
    let databases = host.databases().into_iter();
    let db = databases.filter(|(name, _)| *name == service.name).map(|(_, db)| db).next();
    let books = db.map(|db| Books { outbox: host.outbox(service.name, &db), db });
    let clock = host.clock.clone();
    let started_at = clock.now();
    let desk =
        AtDesk { service: service.name, started_at, ready: service.ready.clone(), books, clock };
    let routes = OpenApiRouter::new()
        .route("/", get(show_state))
        .route("/parked", get(list_parked))
        .route("/parked/{id}/retry", post(retry_event))
        .route("/parked/{id}/discard", post(discard_event))
        .with_state(desk);
    let desk = Service::new(service.name, &host.metrics, routes).router;
    service.router = Router::new().nest_service(PATH, desk).fallback_service(service.router);
    service
}

async fn show_state(
    State(desk): State<AtDesk>,
    caller: Caller,
) -> Result<Json<ServiceState>, Problem> {
    caller.require(Permission::System)?;
    let events = match &desk.books {
        Some(Books { db, .. }) => {
            Some(standing(db, desk.clock.now()).await.map_err(|error| unreadable(&error))?.into())
        }
        None => None,
    };
    Ok(Json(ServiceState {
        service: desk.service.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: desk.started_at,
        trouble: (desk.ready)().await.err(),
        events,
    }))
}

async fn list_parked(
    State(desk): State<AtDesk>,
    caller: Caller,
) -> Result<Json<Vec<ParkedEvent>>, Problem> {
    caller.require(Permission::System)?;
    let Some(Books { db, .. }) = &desk.books else { return Ok(Json(Vec::new())) };
    let found = parked(db).await.map_err(|error| unreadable(&error))?;
    Ok(Json(found.into_iter().map(ParkedEvent::from).collect()))
}

async fn retry_event(
    State(desk): State<AtDesk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    decided(&desk, &caller, id, Decision::Retry).await
}

async fn discard_event(
    State(desk): State<AtDesk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    decided(&desk, &caller, id, Decision::Discard).await
}

async fn decided(
    desk: &AtDesk,
    caller: &Caller,
    id: String,
    decision: Decision,
) -> Result<StatusCode, Problem> {
    caller.require(Permission::System)?;
    let books = desk.books.clone().ok_or_else(Problem::not_found)?;
    let (action, what) = match decision {
        Decision::Retry => ("event.retried", "an event that was parked is tried again"),
        Decision::Discard => ("event.discarded", "an event that was parked is given up"),
    };
    let (event, record) = (id.clone(), AuditRecord::new(action, &id, ""));
    let write = books.db.write(move |tx| async move {
        let found = decide(&tx, &id, decision).await?;
        for parked in &found {
            let record = told(record.clone(), parked, decision);
            books.outbox.emit_own(&tx, "audited.v1", &id, &record).await?;
        }
        Ok::<bool, emart_store::Error>(!found.is_empty())
    });
    if !write.await.map_err(|error| unreadable(&error))? {
        return Err(Problem::not_found());
    }
    tracing::info!(event, %caller, "{what}");
    Ok(StatusCode::NO_CONTENT)
}

/// What the audit log keeps. Neither what the event happened to nor what went wrong: either may name a person, and the log
/// outlives them.
fn told(mut record: AuditRecord, parked: &Parked, decision: Decision) -> AuditRecord {
    let (state, tries) = match decision {
        Decision::Retry => ("waiting", 0),
        Decision::Discard => ("discarded", parked.tries),
    };
    let before = json!({"state": "parked", "tries": parked.tries});
    let after = json!({"state": state, "tries": tries});
    record.label = format!("{}, for {}", parked.kind, parked.consumer);
    record.change(Some(&before), Some(&after))
}

fn unreadable(error: &emart_store::Error) -> Problem {
    tracing::error!(%error, "events could not be read");
    Problem::internal()
}
