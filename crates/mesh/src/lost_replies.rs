//! Replies that are lost on purpose, for the tests that ask again: the callee does the work, and the caller does not
//! hear of it. Only with the feature `fault-injection`, which no release has.
//!
//! Of each kind of call that is no read, the first reply is lost, and the first refusal. A kind is the service, the
//! method, and the path without its ids. What has been lost is noted in a folder, which all copies may share.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use tower::util::BoxCloneSyncService;

use crate::inside::{FromAfar, cut};
use crate::{CallError, Peer};

/// The folder with a file for each kind whose reply has been lost: `payments POST |internal|payments|payments`.
#[derive(Debug, Clone)]
pub(crate) struct LostReplies(Arc<Path>);

impl LostReplies {
    pub(crate) fn noted_in(folder: PathBuf) -> Self {
        Self(folder.into())
    }

    /// The same service, whose replies get lost.
    pub(crate) fn around(&self, peer: Peer) -> Peer {
        let (name, lost) = (peer.name(), self.clone());
        let service = tower::service_fn(move |request: Request<Bytes>| {
            let (peer, lost) = (peer.clone(), lost.clone());
            async move {
                if request.method().is_safe() {
                    return peer.forward(request).await;
                }
                let from_afar = request.extensions().get::<FromAfar>().is_some();
                let kind = kind(name, &request);
                let reply = peer.forward(request).await?;
                let refused = if reply.status().is_success() { "" } else { " refused" };
                if !lost.is_first(&format!("{kind}{refused}")) {
                    return Ok(reply);
                }
                tracing::warn!(kind, refused, from_afar, "a reply is lost on purpose");
                if from_afar { Ok(cut()) } else { Err(CallError::Timeout) }
            }
        });
        Peer::new(name, BoxCloneSyncService::new(service))
    }

    fn is_first(&self, kind: &str) -> bool {
        File::create_new(self.0.join(kind.replace('/', "|"))).is_ok()
    }
}

/// `payments POST /internal/payments/payments/*/capture`
fn kind(service: &str, request: &Request<Bytes>) -> String {
    let is_id = |part: &str| part != "v1" && part.contains(|letter: char| letter.is_ascii_digit());
    let parts = request.uri().path().split('/').map(|part| if is_id(part) { "*" } else { part });
    format!("{service} {} {}", request.method(), parts.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_call_is_its_path_without_ids() {
        let request = Request::post("/api/v1/orders/ord_01hx/cancel").body(Bytes::new()).unwrap();
        assert_eq!(kind("orders", &request), "orders POST /api/v1/orders/*/cancel");
    }
}
