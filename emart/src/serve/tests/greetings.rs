//! The PROXY protocol: believed from proxies that are trusted, required of them, and nothing to anyone else.

use emart_gateway::Config;
use tokio::io::AsyncWriteExt;

use super::client::{Open, open, read_to_end, with_tls};

const REQUEST: &str = "GET /p HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
const LINE: &str = "PROXY TCP4 203.0.113.9 10.0.0.1 12345 443\r\n";
const HEAD_2: &[u8] =
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x09\x0a\0\0\x01\x30\x39\x01\xbb";

async fn front(trusted: &str) -> Open {
    open(|config| trust(config, trusted)).await
}

fn trust(config: &mut Config, trusted: &str) {
    config.proxy_protocol = true;
    config.trusted_proxies = vec![trusted.parse().unwrap()];
}

#[tokio::test]
async fn a_trusted_proxy_says_whose_the_connection_is() {
    let front = front("127.0.0.0/8").await;
    for header in [LINE.as_bytes(), HEAD_2] {
        let answer = front.exchange(&[header, REQUEST.as_bytes()].concat()).await;
        assert!(answer.ends_with("203.0.113.9 HTTP/1.1 /p a"), "{answer}");
    }
    for header in [&b"PROXY UNKNOWN\r\n"[..], b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"] {
        let answer = front.exchange(&[header, REQUEST.as_bytes()].concat()).await;
        assert!(answer.ends_with("127.0.0.1 HTTP/1.1 /p a"), "{answer}");
    }
}

#[tokio::test]
async fn a_trusted_proxy_that_says_nothing_or_nonsense_gets_no_answer() {
    let front = front("127.0.0.0/8").await;
    for begins in ["", "PROXY TCP4 nonsense\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 99999 1\r\n", " "] {
        let answer = front.exchange(&[begins.as_bytes(), REQUEST.as_bytes()].concat()).await;
        assert_eq!(answer, "", "{begins:?}");
    }
}

#[tokio::test]
async fn whoever_is_not_trusted_is_whom_their_connection_says() {
    let front = front("10.0.0.0/8").await;
    let answer = front.exchange(REQUEST.as_bytes()).await;
    assert!(answer.ends_with("127.0.0.1 HTTP/1.1 /p a"), "{answer}");
    for header in [LINE.as_bytes(), HEAD_2] {
        let answer = front.exchange(&[header, REQUEST.as_bytes()].concat()).await;
        assert!(!answer.contains("200 OK") && !answer.contains("203.0.113.9"), "{answer}");
    }
}

#[tokio::test]
async fn the_header_goes_before_tls() {
    let front = open(|config| {
        with_tls(config);
        trust(config, "127.0.0.1");
    })
    .await;
    let mut stream = front.connect().await;
    stream.write_all(LINE.as_bytes()).await.unwrap();
    let mut stream = front.greet_on(stream, &[]).await.unwrap();
    stream.write_all(REQUEST.as_bytes()).await.unwrap();
    let answer = read_to_end(stream).await;
    assert!(answer.ends_with("203.0.113.9 HTTP/1.1 /p a"), "{answer}");
}
