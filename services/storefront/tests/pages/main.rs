//! The pages as a browser without scripts gets them, with all other services faked.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod books;
mod buying;
mod kept;
mod looking;
mod owning;
mod shop;
mod written;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use emart_events::Host;
use emart_http::{Caller, Context, Role};
use emart_store::Settings;
use emart_storefront::Config;
use emart_telemetry::Metrics;
use emart_types::Clock;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;

use shop::Memory;

/// A browser: it keeps its cookies.
struct Browser {
    pages: Router,
    shop: Arc<Memory>,
    cookies: Vec<(String, String)>,
    caller: Caller,
}

struct Seen {
    status: StatusCode,
    location: String,
    content_type: String,
    headers: HeaderMap,
    body: String,
}

impl Browser {
    async fn new() -> Self {
        let shop = Arc::new(Memory::default());
        let clients = shop::clients(&shop);
        let config = Config::default();
        let host = Host::new(Clock::system(), Metrics::new(), Settings::sqlite("unused"));
        let service = emart_storefront::service(&config, &host, clients).await.unwrap();
        Self { pages: service.router, shop, cookies: Vec::new(), caller: Caller::guest() }
    }

    async fn open(&mut self, path: &str) -> Seen {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&mut self, path: &str, form: &str) -> Seen {
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    async fn send(&mut self, mut request: Request<Body>) -> Seen {
        let line: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        request.headers_mut().insert(COOKIE, line.join("; ").parse().unwrap());
        request.extensions_mut().insert(Context::new(self.caller.clone()));
        let response = self.pages.clone().oneshot(request).await.unwrap();
        for line in response.headers().get_all(SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        let text = |name| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (location, content_type) = (text(LOCATION), text(CONTENT_TYPE));
        let (status, headers) = (response.status(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Seen { status, location, content_type, headers, body }
    }

    fn cookie(&self, name: &str) -> &str {
        self.cookies.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// A customer with an account.
    async fn of_ada() -> Self {
        Self { caller: Caller::person(Role::Customer, "usr_1"), ..Self::new().await }
    }

    /// Puts a mug into the cart.
    async fn with_a_mug() -> Self {
        let mut browser = Self::new().await;
        let seen = browser.post("/cart/add", "handle=mug&o1=Sand&o2=L&quantity=2").await;
        assert_eq!((seen.status, seen.location.as_str()), (StatusCode::SEE_OTHER, "/cart"));
        browser
    }
}
