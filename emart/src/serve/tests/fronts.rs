//! What a front speaks, and how it ends.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::client::{
    PATIENCE, ask_1, ask_2, certify, limits, open, open_with, read_to_end, with_tls,
};
use crate::serve::{Front, Limits};

const BOTH: [&[u8]; 2] = [b"h2", b"http/1.1"];

#[tokio::test]
async fn a_plain_address_speaks_http_1_and_http_2_with_those_who_know() {
    let front = open(|_| {}).await;
    let said = ask_1(front.connect().await, "/p/tea?a=b").await;
    assert_eq!(said, "127.0.0.1 HTTP/1.1 /p/tea?a=b localhost");
    let said = ask_2(front.connect().await, "/p/tea?a=b").await.unwrap();
    assert_eq!(said, "127.0.0.1 HTTP/2.0 /p/tea?a=b localhost");
}

#[tokio::test]
async fn a_request_that_comes_byte_by_byte_is_the_same_request() {
    let front = open(|_| {}).await;
    let mut stream = front.connect().await;
    stream.set_nodelay(true).unwrap();
    // It begins like HTTP/2's preface does.
    for byte in b"PRI * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n" {
        stream.write_all(&[*byte]).await.unwrap();
    }
    assert!(read_to_end(stream).await.contains("HTTP/1.1 * a"));
}

#[tokio::test]
async fn under_tls_the_client_chooses_the_version() {
    let front = open(with_tls).await;
    let said = ask_2(front.greet(&BOTH).await.unwrap(), "/p/tea").await.unwrap();
    assert_eq!(said, "127.0.0.1 HTTP/2.0 /p/tea localhost");
    for alpn in [&[b"http/1.1" as &[u8]][..], &[]] {
        let said = ask_1(front.greet(alpn).await.unwrap(), "/p/tea").await;
        assert_eq!(said, "127.0.0.1 HTTP/1.1 /p/tea localhost");
    }
    let plain = front.exchange(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(!plain.contains("HTTP/1.1 200"), "{plain}");
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() {
    let front = open(with_tls).await;
    let mut old = front.greet(&[]).await.unwrap();
    std::fs::write(front.files.path().join("key.pem"), "no key").unwrap();
    certify(front.files.path());
    let until = Instant::now() + PATIENCE;
    // The client trusts what is in the file now.
    while front.greet(&[]).await.is_err() {
        assert!(Instant::now() < until, "the new certificate is not used");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    old.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(read_to_end(old).await.contains("200 OK"), "who was there already stays");
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = emart_gateway::Config::default();
    config.tls.cert_file = Some(dir.path().join("cert.pem"));
    config.tls.key_file = Some(dir.path().join("key.pem"));
    let addr = ([127, 0, 0, 1], 0).into();
    for (cert, said) in [(None, "cert.pem"), (Some("no certificate"), "cert.pem")] {
        if let Some(text) = cert {
            std::fs::write(dir.path().join("cert.pem"), text).unwrap();
        }
        let error =
            Front::open(addr, &config, "https://shop.example", dir.path()).await.err().unwrap();
        assert!(format!("{error:#}").contains(said), "{error:#}");
    }
    certify(dir.path());
    let other = tempfile::tempdir().unwrap();
    certify(other.path());
    config.tls.key_file = Some(other.path().join("key.pem"));
    let error = Front::open(addr, &config, "https://shop.example", dir.path()).await.err().unwrap();
    assert!(format!("{error:#}").contains("the certificate and its key"), "{error:#}");
}

#[tokio::test]
async fn the_plain_address_sends_everyone_to_the_stores_own() {
    let front = open(|config| {
        with_tls(config);
        config.tls.redirect_from = Some(([127, 0, 0, 1], 0).into());
    })
    .await;
    let mut stream = tokio::net::TcpStream::connect(front.plain.unwrap()).await.unwrap();
    let request = b"GET /p/tea?a=b HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let answer = read_to_end(stream).await;
    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
    assert!(answer.contains("location: https://shop.example/p/tea?a=b\r\n"), "{answer}");
}

#[tokio::test]
async fn requests_under_way_are_answered_before_it_ends() {
    let mut front = open(with_tls).await;
    let (one, two) = (front.greet(&[]).await.unwrap(), front.greet(&BOTH).await.unwrap());
    let idle = front.greet(&BOTH).await.unwrap();
    let stop = front.stop.clone();
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.cancel();
    };
    let (one, two, ()) = tokio::join!(ask_1(one, "/slow"), ask_2(two, "/slow"), stopping);
    assert_eq!((one.as_str(), two.as_deref()), ("at last", Some("at last")));
    let ended = tokio::time::timeout(PATIENCE, front.served.join_next()).await;
    assert!(ended.is_ok(), "an idle connection holds nothing up");
    drop(idle);
    assert!(tokio::net::TcpStream::connect(front.addr).await.is_err());
}

#[tokio::test]
async fn a_connection_of_http_2_that_nobody_uses_is_closed_and_one_in_use_is_not() {
    let front = open_with(limits(), |_| {}).await;
    assert_eq!(ask_2(front.connect().await, "/slow").await.as_deref(), Some("at last"));
    let io = TokioIo::new(front.connect().await);
    let (_sender, connection) =
        http2::handshake::<_, _, Empty<Bytes>>(TokioExecutor::new(), io).await.unwrap();
    let ended = tokio::time::timeout(PATIENCE, connection).await;
    assert!(ended.is_ok(), "it keeps its place for ever");
}

#[tokio::test]
async fn a_connection_of_http_2_carries_so_many_requests_at_once_and_no_more() {
    let front = open_with(Limits { streams: 2, ..Limits::default() }, |_| {}).await;
    let io = TokioIo::new(front.connect().await);
    let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { drop(connection.await) });
    let began = Instant::now();
    // The first makes sure that the limit has been heard of.
    let asks = |path: &str| {
        let request = http::Request::get(format!("http://localhost{path}"));
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let mut sender = sender.clone();
        async move { sender.send_request(request).await.unwrap().status() }
    };
    assert_eq!(asks("/").await, 200);
    let answers = tokio::join!(asks("/slow"), asks("/slow"), asks("/slow"), asks("/slow"));
    assert_eq!(
        answers,
        (
            http::StatusCode::OK,
            200.try_into().unwrap(),
            200.try_into().unwrap(),
            200.try_into().unwrap()
        )
    );
    assert!(began.elapsed() >= Duration::from_millis(600), "{:?}", began.elapsed());
}
