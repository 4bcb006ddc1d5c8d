//! The one handler: every request comes through here, and every answer leaves here.

mod pass_on;
mod websocket;

use std::any::Any;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use emart_events::{Host, Tasks};
use emart_http::{Caller, Context, Problem, REQUEST_ID_HEADER};
use emart_identity_api::Identity;
use emart_telemetry::{Kind, Metrics, RequestLabels, Span, TraceContext};
use futures_util::FutureExt;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::backend::Backend;
use crate::cache::{Cache, CacheOn};
use crate::client_dir::{self, Files};
use crate::config::Config;
use crate::docs::Docs;
use crate::headers::{self, Security};
use crate::limits::Limits;
use crate::pages::{self, Refusal};
use crate::routes::{self, Target};
use crate::shed::Shown;
use crate::{Answer, Clients, client, compression, cors};

/// The public door, with one set of settings.
pub(crate) struct Door {
    pub(crate) config: Config,
    pub(crate) identity: Identity,
    pub(crate) services: Vec<Arc<Backend>>,
    pub(crate) metrics: Metrics,
    pub(crate) docs: OnceLock<Docs>,
    security: Security,
    origin: String,
    session_cookie: &'static str,
    caches: bool,
    /// Another client's files.
    client: Option<Files>,
    shared: Arc<Shared>,
}

/// What goes on when the settings change.
struct Shared {
    under_way: AtomicU32,
    tasks: Tasks,
    cache: Arc<Cache>,
    limits: Limits,
}

/// A request's place among those under way; given back also by a client who goes away.
struct Place<'a>(&'a AtomicU32);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Door {
    pub(crate) fn new(config: &Config, host: &Host, clients: Clients) -> anyhow::Result<Self> {
        let names: Vec<&str> = clients.services.iter().map(|behind| behind.name).collect();
        anyhow::ensure!(names.contains(&"identity"), "`identity` must run before the gateway");
        let shared = Arc::new(Shared {
            under_way: AtomicU32::new(0),
            tasks: host.tasks.clone(),
            cache: Arc::new(Cache::new(&config.cache, &host.tasks, &host.metrics)),
            limits: Limits::new(),
        });
        let (services, shown) = (clients.services.into_iter(), Shown::register(&host.metrics));
        let services =
            services.map(|behind| Arc::new(Backend::new(behind, config, &shown))).collect();
        Self::assemble(config, clients.identity, services, host.metrics.clone(), shared)
    }

    /// The same door with other settings.
    pub(crate) fn with(&self, config: &Config) -> anyhow::Result<Self> {
        let (identity, services) = (self.identity.clone(), self.services.clone());
        let (metrics, shared) = (self.metrics.clone(), Arc::clone(&self.shared));
        let door = Self::assemble(config, identity, services, metrics, shared)?;
        door.shared.cache.configure(&config.cache);
        for service in &door.services {
            service.limiter.configure(&config.shedding, config.requests_at_once);
        }
        Ok(door)
    }

    fn assemble(
        config: &Config,
        identity: Identity,
        services: Vec<Arc<Backend>>,
        metrics: Metrics,
        shared: Arc<Shared>,
    ) -> anyhow::Result<Self> {
        let wrong = config.check();
        anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("; "));
        Ok(Self {
            security: Security::new(config),
            origin: config.origin(),
            session_cookie: if config.is_https() {
                "__Host-emart_session"
            } else {
                "emart_session"
            },
            caches: match config.cache.on {
                CacheOn::Always => true,
                CacheOn::Auto => services.iter().any(|service| !service.behind.here),
                CacheOn::Never => false,
            },
            client: match &config.client_dir {
                Some(dir) => Some(Files::read(dir, config.client_policy.as_deref())?),
                None => None,
            },
            config: config.clone(),
            identity,
            services,
            metrics,
            docs: OnceLock::new(),
            shared,
        })
    }

    /// Answers a request, whatever it is.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let began = Instant::now();
        let (parts, body) = request.into_parts();
        let target = self.target(parts.uri.path());
        let origin =
            cors::is_open(parts.uri.path()).then(|| parts.headers.get(header::ORIGIN).cloned());
        let coding = compression::accepted(&parts.headers);
        let (method, html) = (method_label(&parts.method), pages::wants_html(&parts));
        let client = client::address(&parts, &self.config.trusted_proxies);
        let context = self.context(&parts.headers, client, began + self.config.timeout(target));
        let span = Span::begin("gateway", Kind::Server, context.trace());
        let context = match &span {
            Some(span) => context.with_trace(span.trace()),
            None => context,
        };
        let line = self.config.access_log.then(|| format!("{} {}", parts.method, parts.uri.path()));

        let work = self.carry_out(target, parts, body, &context);
        let work = AssertUnwindSafe(context.clone().scope(work)).catch_unwind();
        let mut response = match work.await {
            Ok(Ok(response)) if html && pages::is_a_riddle(&response) => {
                pages::instead_of(&response).into_response(html, &context, &self.config)
            }
            Ok(Ok(response)) => response,
            Ok(Err(refusal)) => refusal.into_response(html, &context, &self.config),
            Err(panic) => {
                context.trace().within(|| self.note_panic(&*panic, &context));
                Refusal::from(Problem::internal()).into_response(html, &context, &self.config)
            }
        };
        let response_headers = response.headers_mut();
        self.security.add(response_headers);
        if let Some(origin) = origin {
            self.config.cors.open(origin.as_ref(), response_headers);
        }
        if let Ok(id) = HeaderValue::from_str(context.request_id()) {
            response_headers.insert(REQUEST_ID_HEADER, id);
        }
        let response = compression::compress(coding, response).await;
        let (status, took) = (response.status().as_u16(), began.elapsed());
        let route = label(target).to_owned();
        let labels = RequestLabels { service: "gateway", method, route, status };
        self.metrics.request(&labels, took, span.as_ref().map(Span::trace));
        if let Some(span) = span {
            span.answered(&labels);
        }
        if let Some(line) = line {
            let (request_id, client) = (context.request_id(), client.map(tracing::field::display));
            context.trace().within(|| {
                tracing::info!(request_id, client, status, took_us = took.as_micros(), "{line}");
            });
        }
        response
    }

    fn target(&self, path: &str) -> Target {
        match routes::target(path) {
            Target::Service(route)
                if self.client.is_some()
                    && route.prefix.is_empty()
                    && !routes::is_under(path, client_dir::SHOP) =>
            {
                Target::Client
            }
            target => target,
        }
    }

    fn context(&self, headers: &HeaderMap, client: Option<IpAddr>, deadline: Instant) -> Context {
        let inbound = headers.get(TraceContext::HEADER).and_then(|value| value.to_str().ok());
        let trace = inbound.and_then(TraceContext::parse);
        let trace = trace.unwrap_or_else(TraceContext::begin);
        let request_id =
            headers::safe_request_id(headers).map_or_else(|| trace.trace_id(), ToOwned::to_owned);
        let context = Context::from_parts(request_id, trace, Caller::guest(), Some(deadline));
        match client {
            Some(client) => context.with_client(client),
            None => context,
        }
    }

    async fn carry_out(
        &self,
        target: Target,
        parts: Parts,
        body: Body,
        context: &Context,
    ) -> Answer {
        match target {
            Target::Service(_) | Target::Nowhere
                if parts.method == Method::OPTIONS && cors::is_open(parts.uri.path()) =>
            {
                Ok(cors::preflight(&parts.headers))
            }
            Target::Service(route) => {
                let _place = self.take_place()?;
                self.pass_on(route, parts, body, context).await
            }
            Target::Nowhere => Err(Problem::not_found().into()),
            Target::Client => Ok(self.client_file(&parts)),
            _ if !matches!(parts.method, Method::GET | Method::HEAD) => Ok(method_not_allowed()),
            Target::Alive => Ok(crate::health::alive()),
            Target::Ready => Ok(self.ready(&parts, context).await),
            Target::Metrics => self.metrics_page(&parts, context),
            Target::Docs => self.docs_page(parts.uri.path()),
        }
    }

    fn client_file(&self, parts: &Parts) -> Response {
        match &self.client {
            Some(files) => files.answer(parts),
            None => Problem::not_found().into_response(),
        }
    }

    fn take_place(&self) -> Result<Place<'_>, Refusal> {
        let before = self.shared.under_way.fetch_add(1, Ordering::Relaxed);
        let place = Place(&self.shared.under_way);
        if before < self.config.requests_at_once { Ok(place) } else { Err(pages::overloaded()) }
    }

    fn note_panic(&self, panic: &(dyn Any + Send), context: &Context) {
        self.metrics.panic();
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let (request_id, panic) = (context.request_id(), text.unwrap_or("no message"));
        tracing::error!(service = "gateway", request_id, panic, "handler panicked");
    }
}

fn method_not_allowed() -> Response {
    let title = "This method is not allowed here";
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", title);
    let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
    (allow, problem).into_response()
}

/// What a request is counted under: never the path itself, paths are without number.
fn label(target: Target) -> &'static str {
    match target {
        Target::Service(route) => routes::name(route),
        Target::Alive => "/healthz",
        Target::Ready => "/readyz",
        Target::Metrics => "/metrics",
        Target::Docs => "/docs",
        Target::Client => "client",
        Target::Nowhere => "nowhere",
    }
}

fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
