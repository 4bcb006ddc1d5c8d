//! WebSockets and streams of events, to services here and elsewhere.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use emart_gateway::Config;
use emart_http::Service;
use emart_mesh::{Far, Mesh, Peer, Reach, ServiceTokens};
use emart_telemetry::Metrics;
use emart_types::{Clock, Secret};
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use utoipa_axum::router::OpenApiRouter;

use crate::shop::Shop;

const PATIENCE: Duration = Duration::from_secs(10);
const AGREED: &str = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-accept: as the service says\r\n\r\n";

/// Two lines with no end after them.
async fn events() -> Response {
    let first = stream::iter([Ok::<_, Infallible>("data: 1\n\n")]).chain(stream::pending());
    ([("content-type", "text/event-stream")], Body::from_stream(first)).into_response()
}

/// A service elsewhere that agrees to a WebSocket and says back what is said on it; it also tells what it was asked.
async fn echo_elsewhere(
    tasks: &mut JoinSet<()>,
) -> (SocketAddr, tokio::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (tell, asked) = tokio::sync::mpsc::channel(8);
    tasks.spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let tell = tell.clone();
            open.spawn(async move {
                let head = hear(&mut stream, "\r\n\r\n").await;
                tell.send(head).await.unwrap();
                stream.write_all(AGREED.as_bytes()).await.unwrap();
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
                let _ = to.shutdown().await;
            });
        }
    });
    (addr, asked)
}

fn peer(addr: SocketAddr) -> Peer {
    let secret = Secret::new("s".repeat(32));
    let tokens = Arc::new(ServiceTokens::new(&secret, Clock::system()).unwrap());
    let urls = BTreeMap::from([("storefront".to_owned(), format!("http://{addr}"))]);
    let reach = Reach::new("gateway", &urls, Far::default(), tokens, &Metrics::new()).unwrap();
    Mesh::default().reaching(reach).peer("storefront").unwrap()
}

/// Reads until this has been said.
async fn hear(stream: &mut TcpStream, end: &str) -> String {
    let mut heard = String::new();
    while !heard.ends_with(end) {
        let byte = timeout(PATIENCE, stream.read_u8()).await.expect("nothing is said");
        heard.push(byte.unwrap_or_else(|error| panic!("{error} after {heard}")).into());
    }
    heard
}

/// A gateway with a listener, whose storefront is elsewhere.
async fn before(elsewhere: SocketAddr, config: Config, tasks: &mut JoinSet<()>) -> SocketAddr {
    let shop = Shop::behind(
        config,
        |_| {},
        |clients| {
            let storefront = clients.services.iter_mut().find(|behind| behind.name == "storefront");
            let storefront = storefront.unwrap();
            (storefront.peer, storefront.here) = (peer(elsewhere), false);
        },
    );
    let router = shop.await.router();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tasks.spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).await.unwrap();
    });
    addr
}

async fn ask(gateway: SocketAddr, more: &str) -> TcpStream {
    let mut stream = TcpStream::connect(gateway).await.unwrap();
    let request = format!(
        "GET /live?room=1 HTTP/1.1\r\nhost: 127.0.0.1:8080\r\nconnection: keep-alive, Upgrade, x-mine\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         x-mine: for the gateway\r\n{more}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_websocket_to_a_service_elsewhere_is_passed_on_both_ways_until_either_side_ends_it() {
    let mut tasks = JoinSet::new();
    let (elsewhere, mut asked) = echo_elsewhere(&mut tasks).await;
    let gateway = before(elsewhere, Config::default(), &mut tasks).await;
    let mut stream = ask(gateway, "origin: http://127.0.0.1:8080\r\n").await;
    let head = hear(&mut stream, "\r\n\r\n").await.to_lowercase();
    assert!(head.starts_with("http/1.1 101 "), "{head}");
    for line in ["upgrade: websocket", "sec-websocket-accept: as the service says", "x-request-id:"]
    {
        assert!(head.contains(line), "{line} is not in {head}");
    }
    let seen = asked.recv().await.unwrap().to_lowercase();
    for line in ["get /live?room=1 ", "upgrade: websocket", "sec-websocket-key: dghlihnhbxb"] {
        assert!(seen.contains(line), "{line} is not in {seen}");
    }
    assert!(!seen.contains("x-mine"), "what is for the gateway goes no further: {seen}");
    for said in ["\u{1}\u{2}hello", "and so on"] {
        stream.write_all(said.as_bytes()).await.unwrap();
        hear(&mut stream, said).await;
    }
    stream.shutdown().await.unwrap();
    assert_eq!(timeout(PATIENCE, stream.read(&mut [0; 9])).await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn a_websocket_on_which_nobody_says_anything_is_closed() {
    let mut tasks = JoinSet::new();
    let (elsewhere, _asked) = echo_elsewhere(&mut tasks).await;
    let config = Config { websocket_idle_seconds: 1, ..Config::default() };
    let gateway = before(elsewhere, config, &mut tasks).await;
    let mut stream = ask(gateway, "").await;
    hear(&mut stream, "\r\n\r\n").await;
    assert_eq!(timeout(PATIENCE, stream.read(&mut [0; 9])).await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn no_other_site_opens_a_websocket_as_the_visitor() {
    let mut tasks = JoinSet::new();
    let (elsewhere, _asked) = echo_elsewhere(&mut tasks).await;
    let gateway = before(elsewhere, Config::default(), &mut tasks).await;
    for lines in ["origin: https://evil.example\r\n", "sec-fetch-site: cross-site\r\n"] {
        let head = hear(&mut ask(gateway, lines).await, "\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    }
}

#[tokio::test]
async fn events_reach_a_client_one_by_one_and_are_not_compressed() {
    let mut tasks = JoinSet::new();
    let shop = Shop::with(Config::default(), |services| {
        let routes = OpenApiRouter::new().route("/events", get(events));
        services.retain(|service| service.name != "storefront");
        services.push(Service::new("storefront", &Metrics::new(), routes));
    });
    let router = shop.await.router();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gateway = listener.local_addr().unwrap();
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    let mut stream = TcpStream::connect(gateway).await.unwrap();
    let request =
        b"GET /events HTTP/1.1\r\nhost: 127.0.0.1:8080\r\naccept-encoding: gzip, br, zstd\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let heard = hear(&mut stream, "data: 1\n\n").await.to_lowercase();
    assert!(!heard.contains("content-encoding"), "{heard}");
}
