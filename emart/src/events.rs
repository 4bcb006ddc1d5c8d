//! `emart events`: events that a service could not handle, to look at and to try again.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use emart_desk::{Desk, ParkedEvent};
use emart_mesh::CallError;

use crate::client::Shop;
use crate::compose::SERVICES;
use crate::config::{Config, keeps_data};

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

/// Carries it out.
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    shop.work(async |shop: &Shop| {
        let keepers = SERVICES.into_iter().filter(|name| keeps_data(name));
        let desks = keepers.map(|name| shop.peer(name).map(Desk));
        let desks = desks.collect::<anyhow::Result<Vec<Desk>>>()?;
        match command {
            Command::Parked => list(&parked(&desks).await?),
            Command::Retry { event_id } => {
                decide(&desks, &event_id, async |desk| desk.retry_event(&event_id).await).await?;
            }
            Command::Discard { event_id } => {
                decide(&desks, &event_id, async |desk| desk.discard_event(&event_id).await).await?;
            }
        }
        Ok(())
    })
    .await
}

async fn parked(desks: &[Desk]) -> anyhow::Result<Vec<ParkedEvent>> {
    let mut all = Vec::new();
    for desk in desks {
        match desk.parked().await {
            Ok(found) => all.extend(found),
            // Another program stands in for this service, and keeps its events in its own way.
            Err(error) if error.is("not-found") => {}
            Err(error) => return Err(error).context(desk.0.name()),
        }
    }
    Ok(all)
}

/// Asks desk after desk until one knows the event.
#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn decide(
    desks: &[Desk],
    event_id: &str,
    ask: impl AsyncFn(&Desk) -> Result<(), CallError>,
) -> anyhow::Result<()> {
    for desk in desks {
        match ask(desk).await {
            Ok(()) => {
                println!("{event_id}: done");
                return Ok(());
            }
            Err(error) if error.is("not-found") => {}
            Err(error) => return Err(error).context(desk.0.name()),
        }
    }
    bail!("no event {event_id} is parked")
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn list(events: &[ParkedEvent]) {
    if events.is_empty() {
        println!("no event is parked");
    }
    for event in events {
        println!(
            "{}  {} could not handle {} of {} ({} tries, {} wait behind it)\n  {}",
            event.event_id,
            event.consumer,
            event.kind,
            event.subject,
            event.tries,
            event.blocked,
            event.error,
        );
    }
}
