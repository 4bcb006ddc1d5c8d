//! A shopper's connection to the store.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// How long a shopper waits for an order.
const PATIENCE: Duration = Duration::from_secs(60);

const CARD_TOKENS: &str = "/api/v1/payments/card-tokens";

/// One keep-alive connection.
#[derive(Debug)]
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    /// The longest that an answer, or that there will be none, was waited for.
    pub slowest: Duration,
}

/// What the store answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head.
    pub headers: http::HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Client {
    /// Connects.
    pub async fn connect(addr: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(addr).await.context("connect")?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        #[expect(clippy::disallowed_methods, reason = "it ends with the connection")]
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(Self { sender, host: addr.to_string(), slowest: Duration::ZERO })
    }

    /// Sends any request.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let began = Instant::now();
        let answer = self.answer(request.body(Full::new(body.into()))?).await;
        self.slowest = self.slowest.max(began.elapsed());
        answer
    }

    async fn answer(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<Answer> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }

    /// GET.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.send("GET", path, &[], Bytes::new()).await
    }

    /// POST with JSON.
    pub async fn post(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> anyhow::Result<Answer> {
        let headers = [&[("content-type", "application/json")], headers].concat();
        self.send("POST", path, &headers, body.to_string()).await
    }

    /// Makes a cart with so many of a variant.
    pub async fn cart(&mut self, variant: &str, quantity: u32) -> anyhow::Result<Value> {
        made(&self.post("/api/v1/carts", &[], &one_line(variant, quantity)).await?)
    }

    /// The same for as long as the store says that it cannot just now.
    pub async fn cart_patiently(&mut self, variant: &str, quantity: u32) -> anyhow::Result<Value> {
        made(&self.post_patiently("/api/v1/carts", &[], &one_line(variant, quantity)).await?)
    }

    /// A guest's cart as it is now.
    pub async fn cart_again(&mut self, cart: &Value) -> anyhow::Result<Value> {
        let path = format!("/api/v1/carts/{}", cart["id"].as_str().unwrap_or_default());
        let token = [("cart-token", cart["token"].as_str().unwrap_or_default())];
        Ok(self.send("GET", &path, &token, Bytes::new()).await?.json())
    }

    /// Turns a card into a token.
    pub async fn card(&mut self, number: &str) -> anyhow::Result<Value> {
        token(&self.post(CARD_TOKENS, &[], &card(number)).await?)
    }

    /// Buys a cart with a card.
    pub async fn buy(&mut self, cart: &Value, number: &str, key: &str) -> anyhow::Result<Answer> {
        let card = self.card(number).await?;
        self.pay(cart, &card, key).await
    }

    /// The same for as long as the store says that it is under way (202), or that it cannot just now (502 to 504).
    pub async fn buy_patiently(
        &mut self,
        cart: &Value,
        number: &str,
        key: &str,
    ) -> anyhow::Result<Answer> {
        let token = token(&self.post_patiently(CARD_TOKENS, &[], &card(number)).await?)?;
        let headers = [("idempotency-key", key)];
        self.post_patiently("/api/v1/checkouts", &headers, &checkout(cart, &token)).await
    }

    /// POST with JSON, again for as long as the store says that it is under way (202), or that it cannot just now (502 to 504).
    pub async fn post_patiently(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> anyhow::Result<Answer> {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.post(path, headers, body).await?;
            if !matches!(answer.status, 202 | 502..=504) || Instant::now() > until {
                return Ok(answer);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Buys a cart with a card that has been turned into a token.
    pub async fn pay(&mut self, cart: &Value, card: &Value, key: &str) -> anyhow::Result<Answer> {
        self.post("/api/v1/checkouts", &[("idempotency-key", key)], &checkout(cart, card)).await
    }
}

fn one_line(variant: &str, quantity: u32) -> Value {
    json!({"lines": [{"variant_id": variant, "quantity": quantity}]})
}

fn made(answer: &Answer) -> anyhow::Result<Value> {
    anyhow::ensure!(answer.status == 201, "cart: {} {:?}", answer.status, answer.body);
    Ok(answer.json())
}

fn card(number: &str) -> Value {
    json!({"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"})
}

fn token(answer: &Answer) -> anyhow::Result<Value> {
    anyhow::ensure!(answer.status < 300, "card: {} {:?}", answer.status, answer.body);
    Ok(answer.json()["token"].clone())
}

/// A guest's checkout of a cart.
pub fn checkout(cart: &Value, card_token: &Value) -> Value {
    json!({
        "cart_id": cart["id"],
        "cart_token": cart["token"],
        "email": "ada@example.com",
        "shipping_address": {
            "name": "Ada Lovelace", "line1": "1 Analytical Way", "city": "Berlin",
            "postal_code": "10115", "country": "DE",
        },
        "card_token": card_token,
    })
}
