//! The callee's side of far calls: what the services of this process answer to other processes. A request is believed
//! only with a good service token; then it goes the way of a near call, with the same deadline, the same caller and the
//! same care for writes.
//!
//! `/healthz`, `/readyz`, `/metrics` and `/openapi.json` need no token: they are for who runs the store, on the network
//! of the services only. Where callers show certificates, the first two alone need none: whoever looks after the process
//! (a kubelet) has none to show.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use emart_http::{Context, Json, Problem, Ready, Service};
use emart_telemetry::Metrics;
use futures_util::future::join_all;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::far::{SERVICE_HEADER, STOPPING_HEADER, UNTOUCHED_HEADER};
use crate::token::{SERVICE_TOKEN_HEADER, ServiceTokens};
use crate::{CallError, Peer};

/// The largest body of a call. The gateway lets less through; 128 MiB.
const BODY_LIMIT: usize = 128 << 20;
/// What does not say within this time whether it is ready is not.
const PATIENCE: Duration = Duration::from_secs(2);

/// Marks a request that came from another process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FromAfar;

/// Marks a request on a connection whose other end has shown a good certificate.
#[derive(Debug, Clone, Copy)]
pub struct Certified;

/// What a process answers to others.
pub struct Inside {
    /// The services that run here.
    pub services: Vec<(Service, Peer)>,
    /// What else is answered to who runs the store, by name.
    pub tools: Vec<(Service, Peer)>,
    /// Whom it believes.
    pub tokens: Arc<ServiceTokens>,
    /// Whether callers must have shown a certificate as well ([`Certified`]).
    pub certified_only: bool,
    /// What else must work, by name: the bus.
    pub needs: Vec<(&'static str, Ready)>,
    /// What it counts.
    pub metrics: Metrics,
    /// Cancelled a little before it stops: callers are told, so that they ask other copies.
    pub stopping: CancellationToken,
}

impl std::fmt::Debug for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inside").field("services", &self.services).finish_non_exhaustive()
    }
}

impl Inside {
    /// As a router for a listener.
    pub fn router(self) -> Router {
        let inside = Arc::new(self);
        Router::new()
            .fallback(move |request: Request| {
                let inside = Arc::clone(&inside);
                async move { inside.answer(request).await }
            })
            .layer(DefaultBodyLimit::disable())
    }

    async fn answer(&self, request: Request) -> Response {
        let mut response = match request.uri().path() {
            "/healthz" => Json(json!({"status": "alive"})).into_response(),
            "/readyz" => self.ready().await,
            _ if self.certified_only && request.extensions().get::<Certified>().is_none() => {
                untouched(uncertified())
            }
            "/metrics" => self.metrics(),
            "/openapi.json" => self.openapi(request.headers()),
            _ => self.call(request).await,
        };
        if self.stopping.is_cancelled() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let headers = response.headers_mut();
            headers.insert(STOPPING_HEADER, HeaderValue::from_static("1"));
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    async fn call(&self, request: Request) -> Response {
        let token = text(request.headers(), SERVICE_TOKEN_HEADER).unwrap_or_default();
        let is_here = |name: &str| self.named(name).is_some();
        if self.tokens.caller(token, is_here).is_none() {
            return untouched(unsigned());
        }
        let Some(peer) = self.wanted(request.headers()).map(|(_, peer)| peer.clone()) else {
            return untouched(Problem::not_found());
        };
        let (mut parts, body) = request.into_parts();
        let context = Context::of(&parts.extensions, &parts.headers);
        for name in [SERVICE_TOKEN_HEADER, SERVICE_HEADER] {
            parts.headers.remove(name);
        }
        let body = match Limited::new(body, BODY_LIMIT).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return untouched(unread(&*error)),
        };
        parts.extensions.insert(context);
        parts.extensions.insert(FromAfar);
        answered(peer.forward(http::Request::from_parts(parts, body)).await)
    }

    /// The service a request is for: the one it names, or the only one.
    fn wanted(&self, headers: &HeaderMap) -> Option<&(Service, Peer)> {
        match text(headers, SERVICE_HEADER) {
            Some(name) => self.named(name),
            None => self.services.first().filter(|_| self.services.len() == 1),
        }
    }

    fn named(&self, name: &str) -> Option<&(Service, Peer)> {
        let mut all = self.services.iter().chain(&self.tools);
        all.find(|(service, _)| service.name == name)
    }

    async fn ready(&self) -> Response {
        let services = self.services.iter().map(|(service, _)| (service.name, &service.ready));
        let needs = self.needs.iter().map(|(name, ready)| (*name, ready));
        let asked = services.chain(needs).map(|(name, ready)| async move {
            let answer = tokio::time::timeout(PATIENCE, ready()).await;
            (name, answer.unwrap_or_else(|_| Err("it does not say".to_owned())).err())
        });
        let states = join_all(asked).await;
        let stopping = self.stopping.is_cancelled();
        let ready = !stopping && states.iter().all(|(_, reason)| reason.is_none());
        let states: serde_json::Map<String, serde_json::Value> = states
            .into_iter()
            .map(|(name, reason)| {
                (name.to_owned(), json!({"ready": reason.is_none(), "reason": reason}))
            })
            .collect();
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let version = env!("CARGO_PKG_VERSION");
        let body =
            json!({"ready": ready, "stopping": stopping, "services": states, "version": version});
        (status, Json(body)).into_response()
    }

    fn metrics(&self) -> Response {
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], self.metrics.encode())
            .into_response()
    }

    fn openapi(&self, headers: &HeaderMap) -> Response {
        match self.wanted(headers) {
            Some((service, _)) => Json(&service.openapi).into_response(),
            None => {
                let detail =
                    format!("several services run here; name one in the header {SERVICE_HEADER}");
                Problem::not_found().detail(detail).into_response()
            }
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn unsigned() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unsigned-call", "This call is not signed by a service")
        .detail("services call each other here, with the secret they share (mesh.secret); others come through the gateway")
}

fn uncertified() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "uncertified-call", "This caller has shown no certificate")
        .detail("services show each other certificates here (mesh.tls); without one there are /healthz and /readyz")
}

fn unread(error: &(dyn std::error::Error + 'static)) -> Problem {
    if error.is::<LengthLimitError>() {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            "The body is too large",
        );
    }
    Problem::new(StatusCode::BAD_REQUEST, "bad-body", "The body did not arrive whole")
}

/// An answer of this process itself: the service has not seen the request.
fn untouched(problem: Problem) -> Response {
    let mut response = problem.into_response();
    if response.status().is_server_error() {
        response
            .headers_mut()
            .insert(HeaderName::from_static(UNTOUCHED_HEADER), HeaderValue::from_static("1"));
    }
    response
}

fn answered(answer: Result<http::Response<Body>, CallError>) -> Response {
    match answer {
        Ok(response) => response,
        Err(CallError::Problem(problem)) => problem.into_response(),
        Err(CallError::Timeout) => {
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", "The answer took too long")
                .into_response()
        }
        Err(CallError::Unreachable(_) | CallError::Malformed(_)) => {
            Problem::unavailable().into_response()
        }
    }
}

/// An answer that breaks off before its first byte: the connection is cut.
pub(crate) fn cut() -> Response {
    let broken = stream::iter([Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))]);
    let mut reply = Response::new(Body::from_stream(broken));
    reply.headers_mut().insert(header::CONTENT_LENGTH, 1.into());
    reply
}
