//! One checkout is one trace, from the door to the e-mail, as a collector gets it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use emart_tests::{Engine, Store};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::GOOD_CARD;

/// The trace of the tests, and the span of theirs that asks.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const OUTSIDE: &str = "b7ad6b7169203331";
/// How long spans may be on their way.
const PATIENCE: Duration = Duration::from_secs(60);

/// A span as it came.
#[derive(Debug, Clone)]
struct Span {
    service: String,
    name: String,
    trace: String,
    id: String,
    parent: String,
    failed: bool,
}

/// Takes spans as a collector does: OTLP over HTTP, as JSON.
pub(crate) struct Collector {
    addr: SocketAddr,
    spans: Arc<Mutex<Vec<Span>>>,
    _serves: JoinSet<()>,
}

impl Collector {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (addr, spans) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Span>>>::default());
        let (mut serves, taken) = (JoinSet::new(), Arc::clone(&spans));
        serves.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(take(stream, Arc::clone(&taken)));
            }
        });
        Self { addr, spans, _serves: serves }
    }

    /// What the settings name.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    fn of_trace(&self, trace: &str) -> Vec<Span> {
        let spans = self.spans.lock().unwrap();
        spans.iter().filter(|span| span.trace == trace).cloned().collect()
    }
}

/// Answers every request on a connection.
async fn take(mut stream: TcpStream, spans: Arc<Mutex<Vec<Span>>>) {
    let mut read = Vec::new();
    while stream.read_buf(&mut read).await.is_ok_and(|count| count > 0) {
        while let Some((request, length)) = request(&read) {
            spans.lock().unwrap().extend(told(&request));
            read.drain(..length);
            let answer =
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
    }
}

/// The first whole request's body, and how long the request is.
fn request(read: &[u8]) -> Option<(Value, usize)> {
    let head = read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&read[..head]).to_lowercase();
    assert!(text.starts_with("post /v1/traces http/1.1"), "{text}");
    assert!(text.contains("content-type: application/json"), "{text}");
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let end = head + length.trim().parse::<usize>().unwrap();
    let body = read.get(head..end)?;
    Some((serde_json::from_slice(body).unwrap(), end))
}

fn told(request: &Value) -> Vec<Span> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut spans = Vec::new();
    for resource in request["resourceSpans"].as_array().unwrap() {
        let attributes = resource["resource"]["attributes"].as_array().unwrap();
        let service = attributes.iter().find(|known| known["key"] == "service.name").unwrap();
        for span in resource["scopeSpans"][0]["spans"].as_array().unwrap() {
            let (from, to) = (text(&span["startTimeUnixNano"]), text(&span["endTimeUnixNano"]));
            assert!(from.parse::<u64>().unwrap() <= to.parse::<u64>().unwrap(), "{span}");
            spans.push(Span {
                service: text(&service["value"]["stringValue"]),
                name: text(&span["name"]),
                trace: text(&span["traceId"]),
                id: text(&span["spanId"]),
                parent: text(&span["parentSpanId"]),
                failed: span["status"]["code"] == 2,
            });
        }
    }
    spans
}

/// Buys something and follows it: everything that came of it stands in one trace, each span below the one that made it.
pub(crate) async fn one_checkout_is_one_trace(store: &Store, collector: &Collector) {
    let mut client = store.client().await.unwrap();
    let cart = client.cart(&store.tea().await.unwrap(), 1).await.unwrap();
    let card = client.card(GOOD_CARD).await.unwrap();
    let parent = format!("00-{TRACE}-{OUTSIDE}-01");
    let headers = [("idempotency-key", "one"), ("traceparent", &*parent)];
    let body = emart_tests::checkout(&cart, &card);
    let answer = client.post("/api/v1/checkouts", &headers, &body).await.unwrap();
    assert!(answer.status < 300, "{} {:?}", answer.status, answer.body);

    // Each process sends its own, when it has some.
    let until = Instant::now() + PATIENCE;
    while let Err(missing) = is_whole(&collector.of_trace(TRACE), OUTSIDE) {
        let spans = collector.of_trace(TRACE);
        assert!(Instant::now() < until, "{missing}: {spans:#?}\n{}", store.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let spans = collector.of_trace(TRACE);
    assert!(spans.iter().all(|span| !span.failed), "{spans:#?}");
}

/// Whether all of a checkout is there, below the span of whoever asked for it.
fn is_whole(spans: &[Span], outside: &str) -> Result<(), String> {
    let above = |span: &Span| spans.iter().find(|above| above.id == span.parent);
    let find = |service: &str, name: &str| {
        let mut own = spans.iter().filter(|span| span.service == service);
        let found = own.find(|span| span.name.starts_with(name));
        found.ok_or_else(|| format!("{service} told of no {name}"))
    };
    for (service, name) in [
        ("cart", "GET /"),
        ("pricing", "POST /"),
        ("inventory", "POST /"),
        ("payments", "POST /"),
        ("notifications", "send e-mail order_confirmation"),
    ] {
        let mut span = find(service, name)?;
        let mut way = vec![&*span.service];
        while let Some(next) = above(span) {
            span = next;
            way.push(&*span.service);
        }
        way.dedup();
        if way != [service, "orders", "gateway"] || span.parent != outside {
            return Err(format!("{service} was reached by {way:?}"));
        }
    }
    let mail = find("notifications", "send e-mail order_confirmation")?;
    let handled = above(mail).map(|span| &*span.name);
    match handled {
        Some("handle orders.order_placed.v1") => Ok(()),
        other => Err(format!("the e-mail was made by {other:?}")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_checkout_is_one_trace_up_to_its_email_and_a_collector_that_is_away_costs_the_shop_nothing()
 {
    let collector = Collector::open().await;
    let endpoint = collector.endpoint();
    let settings = [
        ("EMART_TELEMETRY__OTLP_ENDPOINT", &*endpoint),
        ("EMART_LOG__FORMAT", "json"),
        ("EMART_GATEWAY__ACCESS_LOG", "true"),
    ];
    let mut store = Store::on(Engine::Sqlite, 5, &settings).await.unwrap();
    one_checkout_is_one_trace(&store, &collector).await;
    let said = format!("{{\"trace_id\":\"{TRACE}\",");
    assert!(store.log().lines().any(|line| line.starts_with(&said)), "{}", store.log());

    let settings = [("EMART_TELEMETRY__OTLP_ENDPOINT", "http://127.0.0.1:1")];
    store.kill_and_restart(&settings).await.unwrap();
    let mut client = store.client().await.unwrap();
    let cart = client.cart(&store.tea().await.unwrap(), 1).await.unwrap();
    let answer = client.buy_patiently(&cart, GOOD_CARD, "two").await.unwrap();
    assert!(answer.status < 300, "{} {:?}", answer.status, answer.body);
}
