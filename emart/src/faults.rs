//! `emart faults`: calls of a service are made to fail, to wait or to reach nobody, while the store runs, so that
//! anyone can watch what becomes of it. The routes behind it are open to the operator's door and to signed calls.

mod places;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::extract::State;
use axum::routing::get;
use clap::{Args, Subcommand};
use emart_events::Host;
use emart_http::{Caller, Json, Page, Permission, Problem, Query, Service};
use emart_mesh::{Call, Fault, Faults};
use emart_types::{Clock, Invalid};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;

use self::places::Place;
use crate::compose::SERVICES;
use crate::config::Config;

/// The name by which it is known, and its one route.
pub(crate) const SERVICE: &str = "faults";
const ROUTE: &str = "/internal/faults";

/// What can be done; without a word, those that are on are listed.
#[derive(Debug, Args)]
#[command(after_help = "\
A store in one process is found by its data folder (--data); of one in several, every copy of the service is asked where \
[peers] say it is. Faults are refused where others may be shopping: see [faults] in emart.toml.

  emart faults set payments --errors 20 --latency 300
  emart faults set orders --route 'POST /api/v1/checkouts' --stop --minutes 1
  emart faults clear")]
pub(crate) struct Command {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Switch a fault on, in place of an earlier one for the same service and route
    Set(Set),
    /// Switch those of one service off, or all
    Clear {
        /// The service
        service: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Set {
    /// The service whose calls it is about
    service: String,
    /// Only calls whose path begins like this (`*` is any part), after a method if one is meant
    #[arg(long, value_name = "[METHOD ]PATH")]
    route: Option<String>,
    /// So many of a hundred calls are answered with a 503
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    errors: u8,
    /// Each call takes so many milliseconds longer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u32,
    /// No call reaches the service
    #[arg(long)]
    stop: bool,
    /// It ends by itself after so many minutes
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
}

impl Set {
    fn fault(self) -> Fault {
        let Self { service, route, errors, latency, stop, minutes } = self;
        let until = Clock::system().now().plus(Duration::from_secs(u64::from(minutes) * 60));
        let (errors_percent, latency_ms) = (errors, latency);
        Fault { service, route, errors_percent, latency_ms, stop, until: Some(until) }
    }
}

/// Carries it out.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let service = match &command.what {
        Some(What::Set(set)) => Some(set.service.clone()),
        Some(What::Clear { service }) => service.clone(),
        None => None,
    };
    if let Some(service) = &service
        && !SERVICES.contains(&&**service)
    {
        bail!("there is no service `{service}`; there are {}", SERVICES.join(", "));
    }
    let fault = match command.what {
        Some(What::Set(set)) => Some(set.fault()),
        Some(What::Clear { .. }) => None,
        None => return list(config).await,
    };
    for place in places::of(config, service.as_deref()).await? {
        let said = match &fault {
            Some(fault) => place.ask(Call::put(&place.peer, ROUTE).json(fault)).await,
            None => {
                let query = service.as_ref().map(|name| format!("service={name}"));
                place.ask(Call::delete(&place.peer, ROUTE).query(&query.unwrap_or_default())).await
            }
        };
        said.with_context(|| place.name.clone())?;
        println!(
            "{}: {}",
            place.name,
            if fault.is_some() { "switched on" } else { "switched off" }
        );
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn list(config: &Config) -> anyhow::Result<()> {
    let mut none = true;
    for place in places::of(config, None).await? {
        let Some(on) = read(&place).await? else {
            println!("{} does not answer", place.name);
            continue;
        };
        for fault in on {
            none = false;
            println!("{}: {}", place.name, told(&fault));
        }
    }
    if none {
        println!("no fault is switched on");
    }
    Ok(())
}

/// What is on there; `None` when nobody answers.
async fn read(place: &Place) -> anyhow::Result<Option<Vec<Fault>>> {
    match place.ask(Call::get(&place.peer, ROUTE)).await {
        Ok(body) => Ok(Some(serde_json::from_slice::<Page<Fault>>(&body)?.items)),
        Err(error) if places::is_away(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn told(fault: &Fault) -> String {
    let mut words = vec![fault.service.clone()];
    words.extend(fault.route.clone());
    if fault.stop {
        words.push("stopped".to_owned());
    }
    if fault.errors_percent > 0 {
        words.push(format!("errors {} %", fault.errors_percent));
    }
    if fault.latency_ms > 0 {
        words.push(format!("latency {} ms", fault.latency_ms));
    }
    words.extend(fault.until.map(|until| format!("until {until}")));
    words.join("  ")
}

/// What the routes know.
#[derive(Debug)]
struct Operated {
    faults: Faults,
    refused: Option<&'static str>,
    /// The services that run here.
    here: Vec<&'static str>,
}

/// The routes, over the calls of every service of this process.
pub(crate) fn service(config: &Config, faults: Faults, host: &Host) -> Service {
    let here = SERVICES.into_iter().filter(|name| config.runs(name) && *name != "gateway");
    let (refused, here) = (config.faults_are_refused(), here.collect());
    let routes = OpenApiRouter::new()
        .route(ROUTE, get(list_faults).put(put_fault).delete(clear_faults))
        .with_state(Arc::new(Operated { faults, refused, here }));
    Service::new(SERVICE, &host.metrics, routes)
}

async fn list_faults(
    State(operated): State<Arc<Operated>>,
    caller: Caller,
) -> Result<Json<Page<Fault>>, Problem> {
    caller.require(Permission::System)?;
    Ok(Json(Page { items: operated.faults.list(), next_cursor: None }))
}

async fn put_fault(
    State(operated): State<Arc<Operated>>,
    caller: Caller,
    Json(fault): Json<Fault>,
) -> Result<StatusCode, Problem> {
    caller.require(Permission::System)?;
    if let Some(reason) = operated.refused {
        return Err(Problem::forbidden().detail(reason));
    }
    if !operated.here.contains(&&*fault.service) {
        let here = operated.here.join(", ");
        let detail = format!("calls of these can be made to fail here: {here}");
        return Err(Invalid::field("/service", detail).into());
    }
    tracing::warn!(%caller, fault = told(&fault), "a fault is switched on");
    operated.faults.put(fault)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which faults are meant.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meant {
    service: Option<String>,
}

async fn clear_faults(
    State(operated): State<Arc<Operated>>,
    caller: Caller,
    Query(meant): Query<Meant>,
) -> Result<StatusCode, Problem> {
    caller.require(Permission::System)?;
    tracing::warn!(%caller, service = meant.service, "faults are switched off");
    operated.faults.clear(meant.service.as_deref());
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_in_a_line() {
        let text = r#"{"service": "orders", "route": "/x", "errors_percent": 5, "latency_ms": 20}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        assert_eq!(told(&fault), "orders  /x  errors 5 %  latency 20 ms");
    }
}
