//! The services in other processes that this one can reach.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use emart_http::Ready;
use emart_telemetry::Metrics;
use emart_tls::Mutual;
use http::uri::Scheme;

use crate::far::url::PeerUrl;
use crate::far::{CallMetrics, Connections, Copies, CopyState, Far, Remote, Wire};
use crate::{Peer, ServiceTokens};

type Look = dyn Fn() -> Vec<CopyState> + Send + Sync;

/// The copies of a service in other processes. Clones are handles to the same ones.
#[derive(Clone)]
pub struct CopyWatch(Arc<Look>);

impl CopyWatch {
    /// As of now.
    #[must_use]
    pub fn look(&self) -> Vec<CopyState> {
        (self.0)()
    }
}

impl std::fmt::Debug for CopyWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.look()).finish()
    }
}

/// What is wrong with a peer's address; `Ok` with how many there are in it.
pub fn check_url(text: &str) -> Result<usize, String> {
    PeerUrl::list(text).map(|urls| urls.len())
}

/// Whether all of a peer's addresses are reached by TLS (`https://`), or none; `None` when they differ.
#[must_use]
pub fn is_by_tls(text: &str) -> Option<bool> {
    let urls = PeerUrl::list(text).ok()?;
    let mut by_tls = urls.iter().map(|url| url.scheme == Scheme::HTTPS);
    let first = by_tls.next()?;
    by_tls.all(|other| other == first).then_some(first)
}

/// Every copy behind a peer's address as a URL of its own: names are looked up.
pub async fn urls_of(text: &str) -> Result<Vec<String>, String> {
    let copies = Copies::new(PeerUrl::list(text)?);
    copies.look_up().await?;
    Ok(copies.all().iter().map(|copy| format!("{}://{}", copy.scheme, copy.addr)).collect())
}

/// Where the other services are, and how they are called.
#[derive(Debug)]
pub struct Reach {
    wire: Wire,
    urls: BTreeMap<String, Vec<PeerUrl>>,
    made: Mutex<Vec<(&'static str, Arc<Remote>)>>,
}

impl Reach {
    /// Peers by name, as the settings say where they are; `caller` is whom this process is.
    pub fn new(
        caller: &str,
        peers: &BTreeMap<String, String>,
        far: Far,
        tokens: Arc<ServiceTokens>,
        metrics: &Metrics,
    ) -> Result<Self, String> {
        let mut urls = BTreeMap::new();
        for (name, url) in peers {
            let list = PeerUrl::list(url).map_err(|error| format!("peers.{name}: {error}"))?;
            urls.insert(name.clone(), list);
        }
        let (connections, metrics) = (Connections::new(None), CallMetrics::new(metrics));
        let wire = Wire { caller: caller.into(), far, tokens, connections, metrics };
        Ok(Self { wire, urls, made: Mutex::default() })
    }

    /// The same, by TLS: both sides show a certificate.
    #[must_use]
    pub fn by_tls(mut self, mutual: Arc<Mutual>) -> Self {
        self.wire.connections = Connections::new(Some(mutual));
        self
    }

    /// A handle to a service elsewhere, if it is known where.
    pub(crate) fn peer(&self, name: &'static str) -> Option<Peer> {
        self.remote(name).map(|remote| remote.peer())
    }

    /// Whether a copy of it can be called.
    pub(crate) fn ready(&self, name: &'static str) -> Option<Ready> {
        let remote = self.remote(name)?;
        Some(Arc::new(move || {
            let answer = remote.is_ready();
            Box::pin(async move { answer })
        }))
    }

    /// How to look at its copies.
    pub(crate) fn copies(&self, name: &'static str) -> Option<CopyWatch> {
        let remote = self.remote(name)?;
        Some(CopyWatch(Arc::new(move || remote.states())))
    }

    fn remote(&self, name: &'static str) -> Option<Arc<Remote>> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, remote)) = made.iter().find(|(known, _)| *known == name) {
            return Some(Arc::clone(remote));
        }
        let remote = Remote::new(name, self.urls.get(name)?.clone(), self.wire.clone());
        made.push((name, Arc::clone(&remote)));
        Some(remote)
    }

    /// What watches over the peers that were asked for; to be run for as long as the process runs.
    pub(crate) fn watches(&self) -> Vec<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.iter().map(|(_, remote)| Box::pin(Arc::clone(remote).watch()) as _).collect()
    }
}
