//! Clients who take their time keep no place for ever.

use tokio::io::AsyncWriteExt;

use super::client::{limits, open_with, read_to_end, with_tls};

#[tokio::test]
async fn whoever_does_not_finish_what_they_began_is_cut_off() {
    let plain = open_with(limits(), |_| {}).await;
    for begins in [&b""[..], b"P", b"PRI * HTTP/2.0\r\n\r\n", b"GET / HTTP/1.1\r\nhost: a\r\nx: "] {
        let mut stream = plain.connect().await;
        stream.write_all(begins).await.unwrap();
        let answer = read_to_end(stream).await;
        assert!(!answer.contains("200 OK"), "{begins:?}: {answer}");
    }
    let tls = open_with(limits(), with_tls).await;
    for begins in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        let mut stream = tls.connect().await;
        stream.write_all(begins).await.unwrap();
        assert_eq!(read_to_end(stream).await, "", "{begins:?}");
    }
    let proxied = open_with(limits(), |config| {
        config.proxy_protocol = true;
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    for begins in [&b""[..], b"PROXY TCP4 203.0.113.9", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"] {
        let mut stream = proxied.connect().await;
        stream.write_all(begins).await.unwrap();
        assert_eq!(read_to_end(stream).await, "", "{begins:?}");
    }
}

#[tokio::test]
async fn a_connection_of_http_2_on_which_no_request_comes_to_its_end_is_closed() {
    let front = open_with(limits(), |_| {}).await;
    let mut stream = front.connect().await;
    // The preface, empty settings, and the beginning of a request's head that never ends.
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    stream.write_all(b"\0\0\0\x04\0\0\0\0\0").await.unwrap();
    stream.write_all(b"\0\0\x01\x01\0\0\0\0\x01\x82").await.unwrap();
    read_to_end(stream).await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let front = open_with(limits(), |_| {}).await;
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "x".repeat(40_000));
    let answer = front.exchange(head.as_bytes()).await;
    assert!(!answer.contains("200 OK"), "{answer}");
}

#[tokio::test]
async fn whoever_begins_as_http_2_and_goes_on_as_http_1_is_hung_up_on() {
    let front = open_with(limits(), |_| {}).await;
    let lines = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n";
    let answer = front.exchange(lines).await;
    assert!(!answer.contains("HTTP/1.1"), "{answer}");
}
