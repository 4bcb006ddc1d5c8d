//! A gateway, and behind it services that say what reached them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use emart_events::Host;
use emart_gateway::{Clients, Config, Reload};
use emart_http::{Context, Json, Permission, Permissions, Problem, Role, Service};
use emart_identity_api::{Principal, UserId};
use emart_mesh::Mesh;
use emart_store::Settings;
use emart_telemetry::Metrics;
use emart_types::Clock;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower::ServiceExt;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What reached a service.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) caller: String,
    pub(crate) request_id: String,
    pub(crate) trace_id: String,
    pub(crate) client: Option<String>,
    pub(crate) has_deadline: bool,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body_bytes: usize,
}

async fn see(request: Request) -> Json<Seen> {
    let context = Context::current().unwrap();
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter();
    Json(Seen {
        path: parts.uri.to_string(),
        caller: context.caller().to_string(),
        request_id: context.request_id().to_owned(),
        trace_id: context.trace().trace_id(),
        client: context.client().map(|client| client.to_string()),
        has_deadline: context.deadline().is_some(),
        headers: headers.map(|(k, v)| (k.to_string(), v.to_str().unwrap().to_owned())).collect(),
        body_bytes: body.collect().await.unwrap().to_bytes().len(),
    })
}

static SAME: LazyLock<UserId> = LazyLock::new(UserId::new);

async fn principal(headers: HeaderMap) -> Result<Json<Principal>, Problem> {
    let credential =
        ["authorization", "emart-session"].into_iter().find_map(|name| headers.get(name));
    let role = match credential.and_then(|value| value.to_str().ok()) {
        Some("Bearer customer-token" | "Bearer same-customer" | "customer-session") => {
            Role::Customer
        }
        Some("Bearer staff-token" | "staff-session") => Role::Staff,
        Some("Bearer admin-token" | "admin-session") => Role::Admin,
        Some("hangs") => std::future::pending().await,
        Some("Bearer broken" | "broken") => return Err(Problem::unavailable()),
        _ => return Err(Problem::not_found()),
    };
    let same = credential.is_some_and(|value| value == "Bearer same-customer");
    let user_id = if same { SAME.clone() } else { UserId::new() };
    let (user_id, permissions) =
        (user_id.to_string(), Permissions::NONE.with(Permission::ProductsWrite));
    let (email, second_factor_due) = ("ada@example.com".to_owned(), false);
    Ok(Json(Principal { user_id, email, role, permissions, second_factor_due }))
}

/// A thing, to be documented.
#[derive(Serialize, Deserialize, ToSchema)]
struct Thing {
    /// What it is called.
    #[schema(max_length = 20, example = "Teapot")]
    name: String,
    /// What it is made of.
    #[schema(no_recursion)]
    parts: Vec<Thing>,
}

/// Returns a thing.
#[utoipa::path(get, path = "/api/v1/catalog/things/{id}", operation_id = "get_thing", tag = "catalog",
    params(("id" = String, Path, description = "The thing")),
    responses((status = 200, body = Thing), (status = "4XX", body = Problem)))]
async fn get_thing() -> Json<Thing> {
    Json(Thing { name: "Teapot".to_owned(), parts: Vec::new() })
}

/// Makes a thing.
#[utoipa::path(post, path = "/api/v1/carts/things", operation_id = "create_thing", tag = "cart",
    request_body = Thing, responses((status = 201, body = Thing), (status = "4XX", body = Problem)))]
async fn create_thing() -> StatusCode {
    StatusCode::CREATED
}

async fn panicking() -> &'static str {
    panic!("on purpose")
}

async fn page() -> Response {
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::ETAG, "\"1\"")];
    (html, "<p>A page that says the same thing again.</p>\n".repeat(100)).into_response()
}

async fn own_policy() -> Response {
    [(header::CONTENT_SECURITY_POLICY, "default-src 'none'")].into_response()
}

fn services(metrics: &Metrics) -> Vec<Service> {
    let see_all = || OpenApiRouter::new().route("/{*path}", any(see));
    let catalog = see_all()
        .routes(routes!(get_thing))
        .route(
            "/images/picture",
            get(|| async { ([(header::CONTENT_TYPE, "image/webp")], vec![7; 4000]) }),
        )
        .route("/api/v1/catalog/panic", get(panicking));
    let storefront = see_all()
        .route("/page", get(page).post(see))
        .route("/own-policy", get(own_policy))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_millis(400)).await }))
        .route("/in-trouble", get(|| async { (StatusCode::BAD_GATEWAY, "upstream connect error") }))
        .route("/never", get(std::future::pending::<&'static str>));
    let mut names = vec![
        Service::new(
            "identity",
            metrics,
            see_all().route("/internal/identity/principal", get(principal)),
        ),
        Service::new("cart", metrics, see_all().routes(routes!(create_thing))),
        Service::new("storefront", metrics, storefront),
    ];
    for name in [
        "admin",
        "books",
        "classic",
        "content",
        "orders",
        "pricing",
        "inventory",
        "payments",
        "notifications",
    ] {
        names.push(Service::new(name, metrics, see_all()));
    }
    names.push(Service::new("catalog", metrics, catalog));
    names
}

#[derive(Clone)]
pub(crate) struct Shop {
    router: Router,
    pub(crate) metrics: Metrics,
    pub(crate) reload: Reload,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn seen(&self) -> Seen {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }

    /// The slug of a problem document.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem: Value = self.json();
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["instance"], self.header("x-request-id"));
        problem["type"].as_str().unwrap().strip_prefix("/problems/").unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::with(Config::default(), |_| {}).await
    }

    pub(crate) async fn configured(config: Config) -> Self {
        Self::with(config, |_| {}).await
    }

    pub(crate) async fn with(config: Config, change: impl FnOnce(&mut Vec<Service>)) -> Self {
        Self::behind(config, change, |_| {}).await
    }

    /// With services, and ways to them, as a test wants them.
    pub(crate) async fn behind(
        config: Config,
        change: impl FnOnce(&mut Vec<Service>),
        reach: impl FnOnce(&mut Clients),
    ) -> Self {
        let metrics = Metrics::new();
        let host = Host::new(Clock::system(), metrics.clone(), Settings::sqlite("/nonexistent"));
        let mut services = services(&metrics);
        change(&mut services);
        let mut mesh = Mesh::new(Duration::from_secs(60));
        services.into_iter().for_each(|service| mesh.add(service));
        let mut clients = Clients::of(&mesh).unwrap();
        reach(&mut clients);
        let (gateway, reload) = emart_gateway::open(&config, &host, clients).unwrap();
        Self { router: gateway.router, metrics, reload }
    }

    /// For a listener.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("POST", path, headers, Body::from("{}")).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        self.send_from("192.0.2.7", method, path, headers, body).await
    }

    pub(crate) async fn send_from(
        &self,
        peer: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body).unwrap();
        let peer = SocketAddr::new(peer.parse().unwrap(), 4000);
        request.extensions_mut().insert(ConnectInfo(peer));
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }
}
