//! HTTP as no client would write it: byte by byte, over plain TCP.

use std::net::SocketAddr;
use std::time::Duration;

use emart_tests::Store;
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// How long a connection is listened to on which nothing comes any more.
const PATIENCE: Duration = Duration::from_secs(3);
/// Follows what may be taken for the end of a request; must not be answered.
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

/// What came back on a connection.
#[derive(Debug)]
struct Heard {
    text: String,
    closed: bool,
}

impl Heard {
    /// The status of every answer.
    fn statuses(&self) -> Vec<u16> {
        let answers = self.text.split("HTTP/1.1 ").skip(1);
        answers.filter_map(|answer| answer.get(..3)?.parse().ok()).collect()
    }
}

/// Sends these bytes on a connection of their own, and listens.
async fn say(addr: SocketAddr, bytes: &[u8]) -> Heard {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let (mut read, mut write) = stream.split();
    // Who has heard enough stops listening: that is no failure here.
    let speak = async {
        let _ = write.write_all(bytes).await;
    };
    let listen = async {
        let (mut heard, mut buffer) = (Vec::new(), [0; 4096]);
        let closed = loop {
            match timeout(PATIENCE, read.read(&mut buffer)).await {
                Ok(Ok(0) | Err(_)) => break true,
                Ok(Ok(count)) => heard.extend_from_slice(&buffer[..count]),
                Err(_) => break false,
            }
        };
        Heard { text: String::from_utf8_lossy(&heard).into_owned(), closed }
    };
    let ((), heard) = tokio::join!(speak, listen);
    heard
}

async fn assert_ready(store: &Store) {
    let answer = store.client().await.unwrap().get("/readyz").await.unwrap();
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let log = store.log();
    assert!(!log.contains("ERROR"), "{log}");
}

/// Says all these at once, and returns those that were not refused: with one answer of 4xx, or none, and hung up on.
async fn not_refused(addr: SocketAddr, shapes: &[(&str, Vec<u8>)]) -> Vec<String> {
    let all = shapes.iter().map(async |(what, bytes)| (*what, say(addr, bytes).await));
    let refused = |heard: &Heard| match heard.statuses()[..] {
        [] => heard.closed && heard.text.is_empty(),
        [status] => (400..500).contains(&status),
        _ => false,
    };
    let all = join_all(all).await.into_iter().filter(|(_, heard)| !refused(heard));
    all.map(|(what, heard)| format!("{what}: {heard:?}")).collect()
}

/// A POST with these headers and this body, and something behind it.
fn post(headers: &str, body: &str) -> Vec<u8> {
    let head = "POST /api/v1/carts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json";
    format!("{head}\r\n{headers}\r\n\r\n{body}{SMUGGLED}").into_bytes()
}

fn get(line: &str, headers: &str) -> Vec<u8> {
    format!("{line}\r\n{headers}\r\n").into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_smuggled_in_behind_another_whose_end_is_doubtful() {
    let store = Store::with_tea(10).await.unwrap();
    let ambiguous = [
        (
            "length, then chunks",
            post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        ),
        (
            "chunks, then length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 4", "0\r\n\r\n"),
        ),
        ("two lengths", post("Content-Length: 2\r\nContent-Length: 40", "{}")),
        ("two lengths in one", post("Content-Length: 2, 40", "{}")),
        ("a length with a sign", post("Content-Length: +2", "{}")),
        ("a length below nothing", post("Content-Length: -2", "{}")),
        ("a length in base 16", post("Content-Length: 0x2", "{}")),
        ("a length past 64 bits", post("Content-Length: 18446744073709551618", "{}")),
        ("no length at all", post("Content-Length:", "{}")),
        ("chunks in another coding", post("Transfer-Encoding: chunked, identity", "0\r\n\r\n")),
        ("an unknown coding", post("Transfer-Encoding: xchunked", "0\r\n\r\n")),
        ("no coding", post("Transfer-Encoding: identity\r\nContent-Length: 2", "{}")),
        ("a space before the colon", post("Transfer-Encoding : chunked", "0\r\n\r\n")),
        (
            "a header over two lines",
            post("X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 2", "{}"),
        ),
        ("a chunk of no size", post("Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n")),
        ("a chunk below nothing", post("Transfer-Encoding: chunked", "-2\r\n{}\r\n0\r\n\r\n")),
        (
            "a chunk past 64 bits",
            post("Transfer-Encoding: chunked", "10000000000000002\r\n{}\r\n0\r\n\r\n"),
        ),
        ("a chunk longer than it says", post("Transfer-Encoding: chunked", "1\r\n{}\r\n0\r\n\r\n")),
        (
            "a chunk with a long note",
            post(
                "Transfer-Encoding: chunked",
                &format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "x".repeat(100_000)),
            ),
        ),
        (
            "endless trailers",
            post("Transfer-Encoding: chunked", &format!("0\r\n{}\r\n", "A: b\r\n".repeat(10_000))),
        ),
    ];
    let wrong = not_refused(store.addr, &ambiguous).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_ready(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_http_is_refused_or_hung_up_on() {
    let store = Store::with_tea(10).await.unwrap();
    let line = "GET /healthz HTTP/1.1";
    let host = "Host: a\r\n";
    let many: String = (0..10_000).map(|n| format!("X-{n}: y\r\n")).collect();
    let shapes = [
        ("no host", get(line, "")),
        ("two hosts", get(line, "Host: a\r\nHost: b\r\n")),
        ("a host that is none", get(line, "Host: a b/../c\r\n")),
        ("a header of a megabyte", get(line, &format!("{host}X: {}\r\n", "y".repeat(1 << 20)))),
        ("ten thousand headers", get(line, &format!("{host}{many}"))),
        ("a path of 100,000 letters", get(&format!("GET /{} HTTP/1.1", "x".repeat(100_000)), host)),
        ("an unknown method", get("BREW /healthz HTTP/1.1", host)),
        ("a method in small letters", get("get /healthz HTTP/1.1", host)),
        ("a very long method", get(&format!("{} / HTTP/1.1", "X".repeat(10_000)), host)),
        ("a tunnel", get("CONNECT example.com:80 HTTP/1.1", host)),
        ("an echo", get("TRACE /healthz HTTP/1.1", host)),
        ("everything", get("OPTIONS * HTTP/1.1", host)),
        ("another version", get("GET /healthz HTTP/9.9", host)),
        ("almost HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSN\r\n\r\n".to_vec()),
        ("no version", get("GET /healthz", host)),
        ("a path with a space", get("GET /a b HTTP/1.1", host)),
        ("a path with U+0000", get("GET /a\0b HTTP/1.1", host)),
        ("a header with U+0000", get(line, &format!("{host}X: a\0b\r\n"))),
        ("a header without a name", get(line, &format!("{host}: a\r\n"))),
        ("a header without a colon", get(line, &format!("{host}nothing\r\n"))),
        ("a carriage return alone", get(line, &format!("{host}X: a\rb\r\n"))),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20)),
        ("no text at all", vec![0xff; 10_000]),
        ("a body longer than the limit", post("Content-Length: 2097152", &" ".repeat(2 << 20))),
        (
            "a long body with a question",
            post("Expect: 100-continue\r\nContent-Length: 2097152", ""),
        ),
        (
            "a long body in chunks",
            post(
                "Transfer-Encoding: chunked",
                &format!("200000\r\n{}\r\n0\r\n\r\n", " ".repeat(2 << 20)),
            ),
        ),
    ];
    let wrong = not_refused(store.addr, &shapes).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_ready(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_way_of_writing_a_path_leads_behind_the_door() {
    let store = Store::with_tea(10).await.unwrap();
    let inside = "internal/identity/setup";
    let paths = [
        format!("/{inside}"),
        format!("//{inside}"),
        format!("///{inside}"),
        format!("/./{inside}"),
        format!("/api/../{inside}"),
        format!("/api/v1/identity/../../../{inside}"),
        format!("/api/v1/identity/..%2f..%2f..%2f{inside}"),
        format!("/api/v1/identity/%2e%2e/%2e%2e/%2e%2e/{inside}"),
        format!("/static/%2e%2e/{inside}"),
        "/%69nternal/identity/setup".to_owned(),
        "/internal%2fidentity%2fsetup".to_owned(),
        "/Internal/identity/setup".to_owned(),
        "/internal;a/identity/setup".to_owned(),
        format!("http://a/{inside}"),
        format!("http://a/api/../{inside}"),
        format!("http://identity/{inside}"),
        "//".to_owned(),
        "/..".to_owned(),
        "/../../../../etc/passwd".to_owned(),
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd".to_owned(),
        "/static/..%2f..%2fidentity.db".to_owned(),
        "/static/....//....//identity.db".to_owned(),
        "/images/..%2f..%2fidentity.db".to_owned(),
        "/images/%2e%2e%5cidentity.db".to_owned(),
        "/images//etc/passwd".to_owned(),
        "/docs/..%2f..%2fCargo.toml".to_owned(),
        "/metrics/".to_owned(),
    ];
    let shapes: Vec<(&str, Vec<u8>)> = paths
        .iter()
        .map(|path| (path.as_str(), get(&format!("GET {path} HTTP/1.1"), "Host: a\r\n")))
        .collect();
    let wrong = not_refused(store.addr, &shapes).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_ready(&store).await;
}

/// The store gives a head 15 seconds; these take longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_ends_a_request_is_hung_up_on_and_others_are_served_meanwhile() {
    let store = Store::with_tea(10).await.unwrap();
    let began = Instant::now();
    let slow = (0..200).map(async |n: usize| {
        let mut stream = TcpStream::connect(store.addr).await.unwrap();
        let head = "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ";
        stream.write_all(&head.as_bytes()[..n % head.len()]).await.unwrap();
        let (mut heard, longest) = (Vec::new(), Duration::from_secs(40));
        // Every now and then a letter: not the pause counts, but how long it takes in all.
        let drip = timeout(longest, async {
            loop {
                match timeout(Duration::from_secs(2), stream.read_buf(&mut heard)).await {
                    Ok(Ok(0) | Err(_)) => break,
                    Ok(Ok(_)) => {}
                    Err(_) if n.is_multiple_of(head.len()) => {}
                    Err(_) if stream.write_all(b"y").await.is_err() => break,
                    Err(_) => {}
                }
            }
        });
        assert!(drip.await.is_ok(), "not hung up on after {longest:?}");
        let heard = String::from_utf8_lossy(&heard).into_owned();
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 4"), "{heard}");
    });
    let served = async {
        while began.elapsed() < Duration::from_secs(10) {
            assert_ready(&store).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::join!(join_all(slow), served);
    assert_ready(&store).await;
}
