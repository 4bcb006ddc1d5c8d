//! The desk's routes, put before those of a service.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use emart_events::{Host, discard, parked, retry, standing};
use emart_http::{Caller, Json, Path, Permission, Problem, Ready, Service};
use emart_store::Db;
use emart_types::{Clock, Timestamp};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;

use crate::{PATH, ParkedEvent, ServiceState};

#[derive(Clone)]
struct AtDesk {
    service: &'static str,
    started_at: Timestamp,
    ready: Ready,
    /// The service's database, if it has one.
    db: Option<Db>,
    clock: Clock,
}

/// The same service, with a desk.
#[must_use]
pub fn with_desk(host: &Host, mut service: Service) -> Service {
    let databases = host.databases().into_iter();
    let db = databases.filter(|(name, _)| *name == service.name).map(|(_, db)| db).next();
    let clock = host.clock.clone();
    let started_at = clock.now();
    let desk =
        AtDesk { service: service.name, started_at, ready: service.ready.clone(), db, clock };
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
    let events = match &desk.db {
        Some(db) => {
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
    let Some(db) = &desk.db else { return Ok(Json(Vec::new())) };
    let found = parked(db).await.map_err(|error| unreadable(&error))?;
    Ok(Json(found.into_iter().map(ParkedEvent::from).collect()))
}

async fn retry_event(
    State(desk): State<AtDesk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let db = decider(&desk, &caller)?;
    decided(retry(db, &id).await, &caller, &id, "an event that was parked is tried again")
}

async fn discard_event(
    State(desk): State<AtDesk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let db = decider(&desk, &caller)?;
    decided(discard(db, &id).await, &caller, &id, "an event that was parked is given up")
}

fn decider<'a>(desk: &'a AtDesk, caller: &Caller) -> Result<&'a Db, Problem> {
    caller.require(Permission::System)?;
    desk.db.as_ref().ok_or_else(Problem::not_found)
}

fn decided(
    found: Result<bool, emart_store::Error>,
    caller: &Caller,
    event: &str,
    what: &'static str,
) -> Result<StatusCode, Problem> {
    if !found.map_err(|error| unreadable(&error))? {
        return Err(Problem::not_found());
    }
    tracing::info!(event, %caller, "{what}");
    Ok(StatusCode::NO_CONTENT)
}

fn unreadable(error: &emart_store::Error) -> Problem {
    tracing::error!(%error, "events could not be read");
    Problem::internal()
}
