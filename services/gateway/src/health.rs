//! Whether the process lives, whether every service can do its work, and how it has been doing.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use emart_http::{Context, Json, Problem};
use futures_util::future::join_all;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use std::collections::BTreeMap;

use crate::door::Door;
use crate::{Answer, client};

/// A service that does not say within this time whether it is ready is not.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    services: BTreeMap<&'static str, State>,
}

#[derive(Serialize)]
struct State {
    ready: bool,
    /// Only for who asks from this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The process lives.
pub(crate) fn alive() -> Response {
    not_kept(Json(BTreeMap::from([("status", "alive")])).into_response())
}

impl Door {
    /// Asks every service whether it can do its work.
    pub(crate) async fn ready(&self, parts: &Parts, context: &Context) -> Response {
        let local = context.client().is_some_and(|client| client.is_loopback())
            && !client::came_through_proxy(&parts.headers);
        let asked = self.services.iter().map(|service| async move {
            let behind = &service.behind;
            let answer = tokio::time::timeout(PATIENCE, (behind.ready)()).await;
            let answer = answer.unwrap_or_else(|_| Err("it does not say".to_owned()));
            if let Err(reason) = &answer {
                tracing::warn!(service = behind.name, reason, "not ready");
            }
            let reason = answer.err();
            (behind.name, State { ready: reason.is_none(), reason: reason.filter(|_| local) })
        });
        let services: BTreeMap<_, _> = join_all(asked).await.into_iter().collect();
        // Those in other processes are told of, but the door stays open without them: what they do not answer, others do.
        let mut here =
            self.services.iter().map(|service| &service.behind).filter(|behind| behind.here);
        let ready = here.all(|behind| services.get(behind.name).is_none_or(|state| state.ready));
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        not_kept((status, Json(Readiness { ready, services })).into_response())
    }

    /// The metrics of this process, for those the settings name. For others there is no such page.
    pub(crate) fn metrics_page(&self, parts: &Parts, context: &Context) -> Answer {
        let known = context.client().is_some_and(|client| {
            self.config.metrics_from.iter().any(|network| network.contains(client))
        });
        // Behind a proxy on this machine everyone seems to be this machine.
        if !known || client::came_through_proxy(&parts.headers) {
            return Err(Problem::not_found().into());
        }
        let text = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        let text = [(header::CONTENT_TYPE, HeaderValue::from_static(text))];
        Ok(not_kept((text, self.metrics.encode()).into_response()))
    }
}

fn not_kept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
