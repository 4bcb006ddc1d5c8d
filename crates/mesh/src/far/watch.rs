//! Active health: names are looked up again, and every copy is asked whether it is ready.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use http_body_util::{BodyExt, Limited};

use super::Remote;
use super::copies::{Copy, CopyState};

/// A copy that does not say so within this time is not ready.
const PATIENCE: Duration = Duration::from_secs(1);
/// More than this it does not say of itself, in bytes.
const MOST_SAID: usize = 64 << 10;

impl Remote {
    /// Watches the copies for as long as the process runs.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut said = None;
        loop {
            let trouble = self.copies.look_up().await.err();
            if trouble != said {
                if let Some(reason) = &trouble {
                    let setting = format!("peers.{}", self.name);
                    tracing::warn!(setting, reason, "a service is not found yet; looking again");
                }
                said = trouble;
            }
            let copies = self.copies.all();
            join_all(copies.iter().map(|copy| self.look_after(copy))).await;
            let breakers: Vec<_> = copies.iter().map(|copy| copy.breaker_state()).collect();
            self.wire.metrics.copies(self.name, &breakers);
            // Where nobody is found yet, soon again.
            let wait =
                if copies.is_empty() { self.wire.far.watch / 4 } else { self.wire.far.watch };
            tokio::time::sleep(wait).await;
        }
    }

    /// The copies there are, as of now.
    pub(crate) fn states(&self) -> Vec<CopyState> {
        self.copies.all().iter().map(|copy| copy.state()).collect()
    }

    /// Whether some copy wants calls.
    pub(crate) fn is_ready(&self) -> Result<(), String> {
        let copies = self.copies.all();
        if copies.is_empty() {
            return Err(format!("no copy is found: peers.{}", self.name));
        }
        let ready = copies.iter().any(|copy| copy.is_ready());
        if ready { Ok(()) } else { Err("no copy is ready".to_owned()) }
    }

    /// One that does not answer is not ready. Whether it is called all the same is its breaker's business: that learns
    /// more from calls.
    async fn look_after(&self, copy: &Copy) {
        let uri = format!("{}://{}/readyz", copy.scheme, copy.addr);
        let Ok(request) = Request::get(uri).body(Bytes::new()) else { return };
        let asked = tokio::time::timeout(PATIENCE, self.wire.connections.send(request)).await;
        if let Ok(Ok(answer)) = asked {
            copy.rest(!answer.status().is_success());
            copy.hear();
            copy.is_of(version(answer.into_body()).await);
        } else {
            copy.miss();
        }
    }
}

/// The version that an answer to `/readyz` names.
async fn version(body: Body) -> Option<String> {
    let whole = Limited::new(body, MOST_SAID).collect();
    let whole = tokio::time::timeout(PATIENCE, whole).await.ok()?.ok()?.to_bytes();
    let said: serde_json::Value = serde_json::from_slice(&whole).ok()?;
    Some(said.get("version")?.as_str()?.chars().take(40).collect())
}
