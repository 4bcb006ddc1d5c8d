//! `emart top`: what the services are doing just now, again and again, from what their processes count. It asks a store
//! in one process through the operator's door, and one in several at their `/metrics`.

mod metrics;
mod sources;
mod table;

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use clap::Args;
use emart_events::Host;
use emart_http::Service;
use emart_telemetry::Metrics;
use http::header;
use utoipa_axum::router::OpenApiRouter;

use self::sources::Sources;
use self::table::table;
use crate::config::Config;

/// The name by which the operator's door knows it, and its one route.
const SERVICE: &str = "metrics";
const ROUTE: &str = "/internal/metrics";

/// What `top` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
A store in one process is found by its data folder (--data). One in several is found by [peers] of the settings; give \
the addresses of further processes (of the gateway, say) as arguments: where they listen for the others (mesh.listen).

  rate       requests a second              db         connections in use + waiting for one
  errors     of them answered with 5xx      outbox     age of the oldest event that is not told yet
  p50, p99   half, and 99 of 100 of them    parked     events given up (`emart events parked`)
             took at most this long         breakers   callers' circuit breakers that are not closed")]
pub(crate) struct Command {
    /// Print one table and end
    #[arg(long)]
    once: bool,
    /// How many seconds a table is about
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=3600))]
    every: u16,
    /// Further processes: HOST:PORT
    #[arg(value_name = "ADDR")]
    processes: Vec<String>,
}

/// Carries it out.
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let every = Duration::from_secs(command.every.into());
    let sources = Sources::find(config, &command.processes)?;
    let mut before = sources.read().await?;
    if command.once || !std::io::stdout().is_terminal() {
        tokio::time::sleep(every).await;
        let now = sources.read().await?;
        return show(&table(&before, &now));
    }
    let _screen = Screen::open()?;
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            ended = tokio::signal::ctrl_c() => return Ok(ended?),
        }
        let now = sources.read().await?;
        show(&format!("{}{}\r\nCtrl-C ends it.", Screen::CLEAR, table(&before, &now)))?;
        before = now;
    }
}

/// The route, over what this process counts.
pub(crate) fn service(host: &Host) -> Service {
    let routes = OpenApiRouter::new().route(ROUTE, get(metrics_text));
    Service::new(SERVICE, &host.metrics, routes.with_state(host.metrics.clone()))
}

async fn metrics_text(
    State(metrics): State<Metrics>,
) -> ([(header::HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], metrics.encode())
}

fn show(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// The terminal's other screen, without a cursor, until this is dropped.
struct Screen;

impl Screen {
    const CLEAR: &str = "\x1b[H\x1b[2J";

    fn open() -> anyhow::Result<Self> {
        show("\x1b[?1049h\x1b[?25l")?;
        Ok(Self)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // The terminal may be gone.
        let _ = show("\x1b[?25h\x1b[?1049l");
    }
}
