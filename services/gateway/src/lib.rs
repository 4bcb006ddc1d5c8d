//! `gateway`: the public door. It finds out who is calling, keeps out what must not come in, and passes the request
//! to the service its path belongs to. It owns no data and no rules of the shop.

mod backend;
mod cache;
mod caller;
mod client;
mod client_dir;
mod compression;
mod config;
mod cors;
mod csrf;
mod docs;
mod door;
mod headers;
mod health;
mod limits;
mod network;
mod pages;
mod reload;
mod routes;
mod shed;
mod tls;

pub use cache::{CacheConfig, CacheOn};
pub use config::Config;
pub use cors::CorsConfig;
pub use limits::{LimitsConfig, Rate};
pub use network::Network;
pub use reload::Reload;
pub use shed::SheddingConfig;
pub use tls::{AcmeConfig, TlsConfig};

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;
use emart_events::Host;
use emart_http::{Ready, Service};
use emart_identity_api::Identity;
use emart_mesh::{Mesh, Peer, UnknownPeer};
use utoipa::openapi::OpenApi;

use crate::door::Door;

/// A service behind the gateway.
#[derive(Clone)]
pub struct Behind {
    /// Its name.
    pub name: &'static str,
    /// How to call it.
    pub peer: Peer,
    /// Its part of the API.
    pub openapi: OpenApi,
    /// Whether it can do its work.
    pub ready: Ready,
    /// Whether it runs in this process.
    pub here: bool,
}

/// The services behind the gateway.
#[derive(Clone)]
pub struct Clients {
    /// Who is calling.
    pub identity: Identity,
    /// All of them; which paths are whose stands in `routes`.
    pub services: Vec<Behind>,
}

impl Clients {
    /// Everything that was composed before the gateway.
    pub fn of(mesh: &Mesh) -> Result<Self, UnknownPeer> {
        let behind = |service: &Service| {
            let (name, openapi) = (service.name, service.openapi.clone());
            let ready = Arc::clone(&service.ready);
            mesh.peer(name).map(|peer| Behind { name, peer, openapi, ready, here: true })
        };
        let services = mesh.services().map(behind).collect::<Result<_, _>>()?;
        Ok(Self { identity: Identity(mesh.peer("identity")?), services })
    }
}

/// Opens the door.
pub async fn service(config: &Config, host: &Host, clients: Clients) -> anyhow::Result<Service> {
    open(config, host, clients).map(|(service, _)| service)
}

/// Opens the door, and hands out what changes its settings while it is open.
pub fn open(config: &Config, host: &Host, clients: Clients) -> anyhow::Result<(Service, Reload)> {
    let reload = Reload::new(Door::new(config, host, clients)?);
    let doors = reload.clone();
    // One handler for everything, and no layers: each would cost every request of the shop.
    let router = Router::new()
        .fallback(move |request: Request| {
            let door = doors.current();
            async move { door.answer(request).await }
        })
        .layer(DefaultBodyLimit::disable());
    let openapi = OpenApi::default();
    let ready: Ready = Arc::new(|| Box::pin(async { Ok(()) }));
    Ok((Service { name: "gateway", router, openapi, ready }, reload))
}

/// A handler's answer: any error has become a response.
type Answer = Result<Response, pages::Refusal>;
