//! A storefront that says what a test wants, counts how often it is asked, and can be away.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use emart_gateway::{CacheConfig, CacheOn, Config};
use emart_http::{Context, Service};
use emart_mesh::{CallError, Peer};
use http::{HeaderName, HeaderValue};
use tower::service_fn;
use tower::util::BoxCloneSyncService;
use utoipa_axum::router::OpenApiRouter;

use crate::shop::Shop;

/// What the source does when it is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mood {
    Well,
    Says(u16),
    Unreachable,
    Hangs,
}

/// A storefront.
#[derive(Clone)]
pub(crate) struct Source {
    asked: Arc<AtomicU32>,
    mood: Arc<Mutex<Mood>>,
    headers: Arc<Mutex<Vec<(&'static str, &'static str)>>>,
    takes: Arc<Mutex<Duration>>,
}

impl Source {
    pub(crate) fn saying(headers: &[(&'static str, &'static str)]) -> Self {
        Self {
            asked: Arc::default(),
            mood: Arc::new(Mutex::new(Mood::Well)),
            headers: Arc::new(Mutex::new(headers.to_vec())),
            takes: Arc::default(),
        }
    }

    /// The shop before it, with a cache.
    pub(crate) async fn shop(&self) -> Shop {
        self.shop_with(|_| {}).await
    }

    pub(crate) async fn shop_with(&self, change: impl FnOnce(&mut CacheConfig)) -> Shop {
        let mut config = Config::default();
        config.cache.on = CacheOn::Always;
        change(&mut config.cache);
        self.shop_configured(config).await
    }

    pub(crate) async fn shop_configured(&self, config: Config) -> Shop {
        let (pages, reach) = (self.clone(), self.clone());
        let replace = move |services: &mut Vec<Service>| {
            let metrics = emart_telemetry::Metrics::new();
            let answer = move |request: Request| {
                let source = pages.clone();
                async move { source.answer(request).await }
            };
            let routes =
                OpenApiRouter::new().route("/", any(answer.clone())).route("/{*path}", any(answer));
            let at = services.iter().position(|service| service.name == "storefront").unwrap();
            services[at] = Service::new("storefront", &metrics, routes);
        };
        Shop::behind(config, replace, move |clients| {
            for behind in clients.services.iter_mut().filter(|behind| behind.name == "storefront") {
                let (inner, source) = (behind.peer.clone(), reach.clone());
                let service = service_fn(move |request| {
                    let (inner, source) = (inner.clone(), source.clone());
                    async move {
                        match source.mood() {
                            Mood::Unreachable => Err(CallError::Unreachable("gone".to_owned())),
                            _ => inner.forward(request).await,
                        }
                    }
                });
                behind.peer = Peer::new("storefront", BoxCloneSyncService::new(service));
            }
        })
        .await
    }

    pub(crate) fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(crate) fn says(&self, headers: &[(&'static str, &'static str)]) {
        *self.headers.lock().unwrap() = headers.to_vec();
    }

    pub(crate) fn takes(&self, time: Duration) {
        *self.takes.lock().unwrap() = time;
    }

    pub(crate) fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    async fn answer(&self, request: Request) -> Response {
        let times = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let takes = *self.takes.lock().unwrap();
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        match self.mood() {
            Mood::Well => {}
            Mood::Says(status) => {
                let status = http::StatusCode::from_u16(status).unwrap();
                return (status, "an error").into_response();
            }
            Mood::Unreachable | Mood::Hangs => std::future::pending().await,
        }
        let said = self.headers.lock().unwrap().clone();
        let tag = said.iter().find(|(name, _)| *name == "etag").map(|(_, tag)| *tag);
        let known = request.headers().get("if-none-match").and_then(|tag| tag.to_str().ok());
        let mut response = if tag.is_some() && known == tag {
            http::StatusCode::NOT_MODIFIED.into_response()
        } else {
            let who = Context::current().unwrap().caller().to_string();
            let language = request.headers().get("accept-language");
            let language = language.map_or("", |value| value.to_str().unwrap());
            let seen: Vec<String> = request.headers().keys().map(ToString::to_string).collect();
            let text = format!("answer {times} for {who} in {language} with {}", seen.join(" "));
            Body::from(text).into_response()
        };
        for (name, value) in said {
            let name = HeaderName::from_static(name);
            response.headers_mut().append(name, HeaderValue::from_static(value));
        }
        response
    }
}
