//! How a service is put together: its router, its OpenAPI document, its readiness, and the layers all have.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use emart_telemetry::{Kind, Metrics, RequestLabels, Span};
use futures_util::FutureExt;
use http::{Method, StatusCode};
use utoipa::openapi::{Info, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::openapi::complete_answers;
use crate::{Context, Problem};

/// The largest body a route takes unless it says otherwise: 1 MiB.
pub const BODY_LIMIT: usize = 1 << 20;

type ReadyFuture = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Asks a service whether it can do its work now; the error says what is missing.
pub type Ready = Arc<dyn Fn() -> ReadyFuture + Send + Sync>;

/// A service, ready to be called: near through its router, far behind a listener.
#[derive(Clone)]
pub struct Service {
    /// The one word it goes by everywhere.
    pub name: &'static str,
    /// All its routes, with the layers every service has.
    pub router: Router,
    /// What its routes promise, as OpenAPI 3.1.
    pub openapi: OpenApi,
    /// Whether it can do its work now.
    pub ready: Ready,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Service {
    /// Puts a service together from routes that carry their own documentation.
    #[must_use]
    pub fn new(name: &'static str, metrics: &Metrics, routes: OpenApiRouter) -> Self {
        let (router, mut openapi) = routes.split_for_parts();
        openapi.info = Info::new(format!("E-Mart {name}"), "1".to_owned());
        complete_answers(&mut openapi);
        let standard = Standard { service: name, metrics: metrics.clone() };
        let router = router
            .fallback(|| async { Problem::not_found() })
            .method_not_allowed_fallback(|| async { method_not_allowed() })
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .layer(from_fn_with_state(standard, standard_layer));
        Self { name, router, openapi, ready: Arc::new(|| Box::pin(async { Ok(()) })) }
    }

    /// Says how to find out whether the service can do its work.
    #[must_use]
    pub fn ready_when<F, Fut>(mut self, ready: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.ready = Arc::new(move || Box::pin(ready()));
        self
    }
}

fn method_not_allowed() -> Problem {
    let title = "This method is not allowed here";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", title)
}

#[derive(Clone)]
struct Standard {
    service: &'static str,
    metrics: Metrics,
}

/// Establishes the request's context, catches a panic, counts the answer.
async fn standard_layer(
    State(standard): State<Standard>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let context = Context::of(request.extensions(), request.headers());
    let span = Span::begin(standard.service, Kind::Server, context.trace());
    let context =
        span.as_ref().map_or_else(|| context.clone(), |span| context.with_trace(span.trace()));
    let method = method_label(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let answer = AssertUnwindSafe(context.clone().scope(next.run(request))).catch_unwind().await;
    let response = match answer {
        Ok(response) => response,
        Err(panic) => {
            standard.metrics.panic();
            let (service, request_id) = (standard.service, context.request_id());
            let panic = panic_text(&*panic);
            context.trace().within(|| {
                tracing::error!(service, request_id, panic, "handler panicked");
            });
            context.scope(async { Problem::internal().into_response() }).await
        }
    };
    let route = route.as_ref().map_or("unmatched", |path| path.as_str()).to_owned();
    let status = response.status();
    let (service, trace) = (standard.service, span.as_ref().map(Span::trace));
    let labels = RequestLabels { service, method, route, status: status.as_u16() };
    standard.metrics.request(&labels, began.elapsed(), trace);
    if let Some(span) = span {
        span.answered(&labels);
    }
    response
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;
    use crate::Caller;

    async fn panicking() -> &'static str {
        panic!("on purpose")
    }

    fn service(metrics: &Metrics) -> Service {
        let routes = OpenApiRouter::new()
            .route("/panic", get(panicking))
            .route("/who", get(|caller: Caller| async move { caller.to_string() }));
        Service::new("sample", metrics, routes)
    }

    async fn answer(service: &Service, method: &str, path: &str) -> Response {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        service.router.clone().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_a_500_and_counted() {
        let metrics = Metrics::new();
        let response = answer(&service(&metrics), "GET", "/panic").await;
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert!(metrics.encode().contains("emart_panics_total 1"));
    }

    #[tokio::test]
    async fn unknown_paths_and_methods_are_problems_too() {
        let service = service(&Metrics::new());
        for (method, path, status) in [("GET", "/nowhere", 404), ("DELETE", "/who", 405)] {
            let response = answer(&service, method, path).await;
            assert_eq!(response.status(), status, "{method} {path}");
            assert_eq!(response.headers()["content-type"], "application/problem+json");
        }
    }
}
