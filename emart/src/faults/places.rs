//! Where the processes are that a fault is about: the one behind the operator's door, or every copy by its address.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use emart_events::Host;
use emart_http::{Caller, Context};
use emart_mesh::{Call, CallError, Far, Mesh, Peer, Reach, urls_of};
use emart_telemetry::Metrics;
use emart_types::Clock;
use tokio::net::UnixStream;

use super::SERVICE;
use crate::client::through;
use crate::config::Config;
use crate::{compose, local};

/// One that does not answer within this time is away.
const PATIENCE: Duration = Duration::from_secs(3);

/// A process.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) peer: Peer,
}

impl Place {
    /// Asks it as the operator.
    pub(super) async fn ask(&self, call: Call<'_>) -> anyhow::Result<Bytes> {
        let asked = Context::new(Caller::service("cli")).scope(call.bytes());
        match asked.await {
            Ok((_, body)) => Ok(body),
            Err(CallError::Problem(problem)) => {
                let errors = problem.errors.iter().map(|error| error.detail.clone());
                let words = problem.detail.clone().into_iter().chain(errors);
                bail!("{}: {}", problem.title, words.collect::<Vec<_>>().join("; "))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether nobody answered.
pub(super) fn is_away(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(CallError::Unreachable(_) | CallError::Timeout))
}

/// The processes that run a service, or any.
pub(super) async fn of(config: &Config, service: Option<&str>) -> anyhow::Result<Vec<Place>> {
    let peers = config.peers.iter();
    let mut urls = BTreeSet::new();
    for (name, text) in peers.filter(|(name, _)| service.is_none_or(|wanted| wanted == *name)) {
        let found = urls_of(text).await.map_err(anyhow::Error::msg);
        urls.extend(found.with_context(|| format!("peers.{name}"))?);
    }
    if !urls.is_empty() {
        return urls.into_iter().map(|url| far(config, url)).collect();
    }
    let socket = local::path(&config.data);
    if UnixStream::connect(&socket).await.is_err() {
        bail!("no store runs on {}; name its data folder with --data", config.data.display());
    }
    Ok(vec![Place { name: "the store".to_owned(), peer: through(&socket, SERVICE) }])
}

fn far(config: &Config, url: String) -> anyhow::Result<Place> {
    let host = Host::new(Clock::system(), Metrics::new(), config.store_settings());
    let tokens = compose::tokens(config, &host);
    let tokens = tokens.context("several processes sign their calls: mesh.secret is not set")?;
    let peers = BTreeMap::from([(SERVICE.to_owned(), url.clone())]);
    let far = Far { timeout: PATIENCE, ..config.mesh.far() };
    let reach = Reach::new("cli", &peers, far, tokens, &host.metrics);
    let mut reach = reach.map_err(anyhow::Error::msg)?;
    if let Some(mutual) = config.mesh.tls.open()? {
        reach = reach.by_tls(mutual);
    }
    Ok(Place { name: url, peer: Mesh::default().reaching(reach).peer(SERVICE)? })
}
