//! `identity`: people, their passwords, sessions, tokens, roles and address books.
//!
//! Nothing it answers tells whether an e-mail address has an account, in words or in time: what depends on it is
//! looked up after the answer, by a job (`jobs`), or costs the same either way (`hashing`, `attempts`).

mod attempts;
mod config;
mod domain;
mod error;
mod events;
mod hashing;
mod jobs;
mod keys;
mod ops;
mod passkeys;
mod provider_sign_in;
mod providers;
mod routes;
mod second_factor;
mod secrets;
mod store;
mod visit;

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
pub use config::{Config, Hashing, Provider, Throttle, Who};
pub use domain::throttle::Policy;
use emart_events::{Host, Outbox};
use emart_http::Service;
use emart_store::Db;
use emart_types::Clock;
use tokio::sync::Notify;

use crate::hashing::Hasher;
use crate::keys::Keys;
use crate::passkeys::Passkeys;
use crate::providers::Providers;

/// What every operation is made with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Identity(Arc<Inner>);

pub(crate) struct Inner {
    config: Config,
    clock: Clock,
    db: Db,
    outbox: Outbox,
    hasher: Hasher,
    /// Where people may have an account that opens theirs here.
    providers: Providers,
    passkeys: Passkeys,
    /// Exchanged as keys come and go.
    keys: ArcSwap<Keys>,
    /// Sessions whose last use is to be noted.
    used: Mutex<HashSet<String>>,
    /// Wakes the job: something was asked for, or a session was used.
    wake: Notify,
}

impl Deref for Identity {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Starts the service.
pub async fn service(config: &Config, host: &Host) -> anyhow::Result<Service> {
    let db = host.open("identity", store::MIGRATIONS).await?;
    let kept = ops::prepare(&db, &host.clock).await?;
    let identity = Identity(Arc::new(Inner {
        config: config.clone(),
        clock: host.clock.clone(),
        outbox: host.outbox("identity", &db),
        hasher: Hasher::new(&config.hashing, &host.metrics)?,
        providers: Providers::new(config, &host.clock)?,
        passkeys: Passkeys::new(config)?,
        keys: ArcSwap::from_pointee(Keys::new(config, &kept, host.clock.now())?),
        used: Mutex::default(),
        wake: Notify::new(),
        db: db.clone(),
    }));
    host.subscribe(events::consumer(&db));
    host.tasks.spawn("identity", jobs::run(identity.clone()));
    let service = Service::new("identity", &host.metrics, routes::routes(identity));
    Ok(service.ready_when(move || {
        let db = db.clone();
        async move { db.ready().await.map_err(|error| error.to_string()) }
    }))
}
