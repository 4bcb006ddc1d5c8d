//! The back office as a browser without scripts gets it, with all other services faked.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod coming_in;
mod customers;
mod goods;
mod home;
mod searching;
mod shop;
mod system;
mod words_of_the_shop;

use axum::Router;
use axum::body::Body;
use emart_admin::{Clients, Config};
use emart_catalog_api::Catalog;
use emart_events::Host;
use emart_http::{Caller, Context, Role};
use emart_inventory_api::Inventory;
use emart_store::Settings;
use emart_telemetry::Metrics;
use emart_types::Clock;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;

/// A browser: it keeps its cookies.
struct Browser {
    pages: Router,
    cookies: Vec<(String, String)>,
    caller: Caller,
}

struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Seen {
    fn header(&self, name: http::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn location(&self) -> &str {
        self.header(LOCATION)
    }
}

impl Browser {
    fn of(caller: Caller) -> Self {
        Self::with(caller, shop::clients())
    }

    /// Somebody who looks after the goods, and what the services behind hear of it.
    fn of_the_goods(role: Role) -> (Self, goods::Heard) {
        let heard = goods::Heard::default();
        let catalog = goods::catalog(heard.clone());
        let inventory = goods::inventory(heard.clone());
        let clients = Clients {
            catalog: Catalog(shop::peer("catalog", catalog)),
            inventory: Inventory(shop::peer("inventory", inventory)),
            ..shop::clients()
        };
        (Self::with(Caller::person(role, "usr_1"), clients), heard)
    }

    fn with(caller: Caller, clients: Clients) -> Self {
        let host = Host::new(Clock::system(), Metrics::new(), Settings::sqlite("unused"));
        let service = emart_admin::service(&Config::default(), &host, clients);
        Self { pages: service.router, cookies: Vec::new(), caller }
    }

    fn of_an_administrator() -> Self {
        Self::of(Caller::person(Role::Admin, "usr_1"))
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
        let (status, headers) = (response.status(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Seen { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}
