//! What has no end of its own: connections that become something else, streams of events.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::client::{PATIENCE, open, open_with, with_tls};
use crate::serve::Limits;

const UPGRADE: &[u8] =
    b"GET /echo HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

/// Reads until this has been said.
async fn hear(stream: &mut (impl AsyncRead + Unpin), end: &str) -> String {
    let mut heard = String::new();
    while !heard.ends_with(end) {
        let byte = timeout(PATIENCE, stream.read_u8()).await.expect("nothing is said");
        heard.push(byte.unwrap_or_else(|error| panic!("{error} after {heard}")).into());
    }
    heard
}

async fn upgraded(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    stream.write_all(UPGRADE).await.unwrap();
    let head = hear(stream, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    stream.write_all(b"\x81\x05hello").await.unwrap();
    hear(stream, "hello").await;
}

#[tokio::test]
async fn a_connection_becomes_something_else_plain_and_under_tls() {
    let front = open(|_| {}).await;
    upgraded(&mut front.connect().await).await;
    let front = open(with_tls).await;
    upgraded(&mut front.greet(&[b"http/1.1"]).await.unwrap()).await;
}

/// Asks for a WebSocket over HTTP/2.
fn websocket(path: &str) -> http::Request<Empty<Bytes>> {
    let request = http::Request::connect(format!("https://localhost{path}"));
    let request = request.header("sec-websocket-version", "13");
    let protocol = hyper::ext::Protocol::from_static("websocket");
    request.extension(protocol).body(Empty::new()).unwrap()
}

#[tokio::test]
async fn over_http_2_a_stream_becomes_a_websocket_beside_others() {
    let soon = Limits { idle: Duration::from_millis(50), ..Limits::default() };
    let mut front = open_with(soon, with_tls).await;
    let io = TokioIo::new(front.greet(&[b"h2"]).await.unwrap());
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { drop(connection.await) });
    // The first makes sure that the server's settings have been heard of.
    let plain = || http::Request::get("https://localhost/").body(Empty::<Bytes>::new()).unwrap();
    assert_eq!(sender.send_request(plain()).await.unwrap().status(), 200);
    let response = sender.send_request(websocket("/echo")).await.unwrap();
    assert_eq!(response.status(), 200);
    for name in ["connection", "upgrade", "sec-websocket-accept"] {
        assert!(!response.headers().contains_key(name), "{name} is of HTTP/1.1");
    }
    let mut socket = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    socket.write_all(b"\x81\x05hello").await.unwrap();
    hear(&mut socket, "hello").await;
    // Longer than a connection that nobody uses is kept.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(sender.send_request(plain()).await.unwrap().status(), 200);
    socket.write_all(b"still").await.unwrap();
    hear(&mut socket, "still").await;
    let refused = sender.send_request(websocket("/slow")).await.unwrap();
    assert_eq!(refused.status(), 400, "it is no WebSocket");
    front.stop.cancel();
    let ended = timeout(PATIENCE, socket.read(&mut [0; 9])).await.expect("it does not end");
    assert!(ended.map_or(true, |read| read == 0), "it ends when the process stops");
    timeout(PATIENCE, front.served.join_next()).await.unwrap();
}

#[tokio::test]
async fn one_that_has_become_something_else_keeps_its_place_and_ends_when_the_process_stops() {
    let one = Limits { connections: 1, ..Limits::default() };
    let mut front = open_with(one, |_| {}).await;
    let mut first = front.connect().await;
    upgraded(&mut first).await;
    let mut second = front.connect().await;
    second.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    first.write_all(b"still").await.unwrap();
    hear(&mut first, "still").await;
    drop(first);
    assert!(hear(&mut second, "HTTP/1.1 / a").await.starts_with("HTTP/1.1 200 "));
    let mut third = front.connect().await;
    upgraded(&mut third).await;
    front.stop.cancel();
    assert_eq!(timeout(PATIENCE, third.read(&mut [0; 9])).await.unwrap().unwrap(), 0);
    timeout(PATIENCE, front.served.join_next()).await.unwrap();
}

#[tokio::test]
async fn an_event_goes_out_at_once_and_a_stream_of_them_ends_when_the_process_stops() {
    let mut front = open(|_| {}).await;
    let mut stream = front.connect().await;
    stream.write_all(b"GET /events HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    hear(&mut stream, "data: 1\n\n").await;
    front.stop.cancel();
    // The last chunk: the stream is whole.
    hear(&mut stream, "\r\n0\r\n\r\n").await;
    timeout(PATIENCE, front.served.join_next()).await.unwrap();
}
