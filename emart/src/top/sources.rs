//! Where the processes of a store are, and what they count.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use emart_mesh::Call;
use emart_tls::Connector;
use futures_util::future::join_all;
use http::{Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, timeout};

use super::metrics::{Sample, parse};
use super::{ROUTE, SERVICE};
use crate::client::through;
use crate::compose::SERVICES;
use crate::config::Config;
use crate::local;

/// A process that does not answer within this time is away.
const PATIENCE: Duration = Duration::from_secs(3);
/// The largest text that is read: 16 MiB.
const LARGEST: usize = 16 << 20;

/// Where they are.
pub(super) enum Sources {
    /// One process, behind its door.
    Door(PathBuf),
    /// Several.
    Far(Box<Far>),
}

/// Processes by address, each with the service that is said to run there.
pub(super) struct Far {
    places: Vec<(String, Option<&'static str>)>,
    client: Client<Connector, Full<Bytes>>,
}

/// What they said at one time.
pub(super) struct Reading {
    pub(super) at: Instant,
    pub(super) processes: Vec<Process>,
}

/// What one of them said.
pub(super) struct Process {
    pub(super) place: String,
    pub(super) services: BTreeSet<&'static str>,
    /// `None`: it did not answer.
    pub(super) samples: Option<Vec<Sample>>,
}

impl Sources {
    /// The processes that the settings name, and these; or the one behind the operator's door.
    pub(super) fn find(config: &Config, further: &[String]) -> anyhow::Result<Self> {
        let mut places = Vec::new();
        for (name, urls) in &config.peers {
            let name = SERVICES.into_iter().find(|service| service == name);
            for url in urls.split(',') {
                let url: Uri = url.trim().parse().with_context(|| format!("the address {url}"))?;
                let host = url.host().with_context(|| format!("{url} names no host"))?;
                let usual = if url.scheme_str() == Some("https") { 443 } else { 80 };
                places.push((format!("{host}:{}", url.port_u16().unwrap_or(usual)), name));
            }
        }
        for place in further {
            if !place.contains(':') {
                bail!("{place} is no address: HOST:PORT");
            }
            places.push((place.clone(), None));
        }
        if places.is_empty() {
            return Ok(Self::Door(local::path(&config.data)));
        }
        let connector = Connector::new(HttpConnector::new(), config.mesh.tls.open()?, PATIENCE);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self::Far(Box::new(Far { places, client })))
    }

    /// What they say now.
    pub(super) async fn read(&self) -> anyhow::Result<Reading> {
        let processes = match self {
            Self::Door(socket) => {
                let peer = through(socket, SERVICE);
                let answer = Call::get(&peer, ROUTE).bytes().await;
                let (_, text) = answer.context(
                    "no store runs on this data folder; name the folder with --data, or the processes of a store as \
                     [peers] or as arguments",
                )?;
                let samples = Some(parse(&String::from_utf8_lossy(&text)));
                vec![Process { place: "the store".to_owned(), services: SERVICES.into(), samples }]
            }
            Self::Far(far) => far.read().await,
        };
        Ok(Reading { at: Instant::now(), processes })
    }
}

impl Far {
    async fn read(&self) -> Vec<Process> {
        let client = &self.client;
        // All addresses of a name are copies; one that stands under several names runs several services.
        let looked_up = self.places.iter().map(|(place, name)| async move {
            let addrs = timeout(PATIENCE, tokio::net::lookup_host(place)).await;
            let addrs: Vec<SocketAddr> =
                addrs.ok().and_then(Result::ok).map(Iterator::collect).unwrap_or_default();
            match addrs.is_empty() {
                true => vec![(place.clone(), *name)],
                false => addrs.iter().map(|addr| (addr.to_string(), *name)).collect(),
            }
        });
        let mut known: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
        for (addr, name) in join_all(looked_up).await.into_iter().flatten() {
            known.entry(addr).or_default().extend(name);
        }
        let asked = known.into_iter().map(|(place, mut services)| async move {
            let samples = timeout(PATIENCE, ask(client, &place)).await.ok().and_then(Result::ok);
            let seen = samples.iter().flatten().map(|sample| sample.label("service"));
            let seen: BTreeSet<&str> = seen.collect();
            services.extend(SERVICES.into_iter().filter(|service| seen.contains(service)));
            Process { place, services, samples }
        });
        join_all(asked).await
    }
}

async fn ask(client: &Client<Connector, Full<Bytes>>, place: &str) -> anyhow::Result<Vec<Sample>> {
    let request = Request::get(format!("http://{place}/metrics")).body(Full::default())?;
    let answer = client.request(request).await?;
    if !answer.status().is_success() {
        bail!("{place} answers {}", answer.status());
    }
    let text = Limited::new(answer.into_body(), LARGEST).collect().await;
    let text = text.map_err(|error| anyhow::anyhow!("{place}: {error}"))?.to_bytes();
    Ok(parse(&String::from_utf8_lossy(&text)))
}
