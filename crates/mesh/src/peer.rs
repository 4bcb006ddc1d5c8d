//! A handle to a service, and the mesh that hands them out.

#[cfg(feature = "fault-injection")]
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use emart_http::{Ready, Service};
use http::{Request, Response};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

use crate::{CallError, CopyWatch, Faults, Reach, here};

/// A handle to a service. Cheap to clone. A request's body is [`Bytes`], so that it can be sent again.
#[derive(Clone, Debug)]
pub struct Peer {
    name: &'static str,
    service: BoxCloneSyncService<Request<Bytes>, Response<Body>, CallError>,
}

impl Peer {
    /// A peer behind any transport.
    #[must_use]
    pub const fn new(
        name: &'static str,
        service: BoxCloneSyncService<Request<Bytes>, Response<Body>, CallError>,
    ) -> Self {
        Self { name, service }
    }

    /// The service's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Sends a request as it is and returns the answer as it comes: what the gateway needs. Clients use
    /// [`crate::Call`].
    pub async fn forward(&self, request: Request<Bytes>) -> Result<Response<Body>, CallError> {
        self.service.clone().oneshot(request).await
    }
}

/// No service of this name runs here, and none is known elsewhere.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` does not run here and peers.{0} is not set")]
pub struct UnknownPeer(String);

/// The services a process can call: those composed here, in their order (each may call those before it), and those it
/// reaches in other processes.
#[derive(Debug, Default)]
pub struct Mesh {
    timeout: Duration,
    services: Vec<(Service, Peer)>,
    reach: Option<Reach>,
    calls: TaskTracker,
    faults: Option<Faults>,
    #[cfg(feature = "fault-injection")]
    lost_replies: Option<crate::lost_replies::LostReplies>,
}

impl Mesh {
    /// An empty mesh whose near calls take at most `timeout`.
    #[must_use]
    pub fn new(timeout: Duration) -> Self {
        Self { timeout, ..Self::default() }
    }

    /// The same mesh, which also reaches services in other processes.
    #[must_use]
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach: Some(reach), ..self }
    }

    /// The same mesh, whose services an operator can make fail.
    #[must_use]
    pub fn with_faults(self, faults: Faults) -> Self {
        Self { faults: Some(faults), ..self }
    }

    /// What an operator can make fail here.
    #[must_use]
    pub const fn faults(&self) -> Option<&Faults> {
        self.faults.as_ref()
    }

    /// The same mesh, in which the first reply of each kind of call is lost (see `lost_replies.rs`) and noted in a
    /// folder.
    #[cfg(feature = "fault-injection")]
    #[must_use]
    pub fn losing_replies(self, noted_in: PathBuf) -> Self {
        Self { lost_replies: Some(crate::lost_replies::LostReplies::noted_in(noted_in)), ..self }
    }

    /// Adds a service that runs here.
    pub fn add(&mut self, service: Service) {
        let peer = here(service.name, service.router.clone(), self.timeout, &self.calls);
        #[cfg(feature = "fault-injection")]
        let peer = match &self.lost_replies {
            Some(lost) => lost.around(peer),
            None => peer,
        };
        let (service, peer) = match &self.faults {
            Some(faults) => faults.around(service, peer),
            None => (service, peer),
        };
        self.services.push((service, peer));
    }

    /// A handle to a service composed before, or else to one elsewhere.
    pub fn peer(&self, name: &'static str) -> Result<Peer, UnknownPeer> {
        let here = self.services.iter().find(|(service, _)| service.name == name);
        here.map(|(_, peer)| peer.clone())
            .or_else(|| self.reach.as_ref()?.peer(name))
            .ok_or_else(|| UnknownPeer(name.to_owned()))
    }

    /// How to find out whether a service can do its work, here or elsewhere.
    pub fn ready(&self, name: &'static str) -> Result<Ready, UnknownPeer> {
        let here = self.services.iter().find(|(service, _)| service.name == name);
        here.map(|(service, _)| service.ready.clone())
            .or_else(|| self.reach.as_ref()?.ready(name))
            .ok_or_else(|| UnknownPeer(name.to_owned()))
    }

    /// The copies of a service elsewhere; `None` when it runs here.
    #[must_use]
    pub fn copies(&self, name: &'static str) -> Option<CopyWatch> {
        let here = self.services.iter().any(|(service, _)| service.name == name);
        if here { None } else { self.reach.as_ref()?.copies(name) }
    }

    /// The services that run here.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().map(|(service, _)| service)
    }

    /// The services that run here, with handles to them: what other processes may call.
    #[must_use]
    pub fn callable(&self) -> Vec<(Service, Peer)> {
        self.services.clone()
    }

    /// What watches over the services elsewhere; each is to be run for as long as the process runs.
    #[must_use]
    pub fn watches(&self) -> Vec<Pin<Box<dyn Future<Output = ()> + Send>>> {
        self.reach.as_ref().map(Reach::watches).unwrap_or_default()
    }

    /// Waits for calls under way whose callers may have gone.
    pub async fn drain(&self) {
        self.calls.close();
        self.calls.wait().await;
    }
}
