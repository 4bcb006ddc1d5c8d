//! A connection that is kept alive, one request after the other.

use std::net::SocketAddr;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection that is kept alive.
#[derive(Debug)]
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

/// An answer that was not hoped for.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {status}\n{body}")]
pub struct Refused {
    /// What was to be done.
    pub what: &'static str,
    /// The answer's status.
    pub status: u16,
    /// The answer's body.
    pub body: String,
}

impl Refused {
    /// Lets an answer through that succeeded.
    pub fn unless_fine(
        what: &'static str,
        answer: Response<Bytes>,
    ) -> Result<Response<Bytes>, Self> {
        if answer.status().is_success() {
            return Ok(answer);
        }
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        Err(Self { what, status: answer.status().as_u16(), body })
    }
}

impl Client {
    /// Opens one.
    pub async fn connect(addr: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(addr).await.with_context(|| addr.to_string())?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        drive(async move {
            let _ = connection.await;
        });
        Ok(Self { sender, host: addr.to_string() })
    }

    /// GETs something.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Response<Bytes>> {
        self.send(Request::get(path), Bytes::new()).await
    }

    /// As a browser that has a cookie.
    pub async fn get_with(&mut self, path: &str, cookie: &str) -> anyhow::Result<Response<Bytes>> {
        self.send(Request::get(path).header("cookie", cookie), Bytes::new()).await
    }

    /// POSTs JSON.
    pub async fn post(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> anyhow::Result<Response<Bytes>> {
        self.request("POST", path, headers, body).await
    }

    /// Sends any request whose body, if it has one, is JSON.
    pub async fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> anyhow::Result<Response<Bytes>> {
        let mut request = Request::builder().method(method).uri(path);
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request, Bytes::from(body)).await
    }

    async fn send(
        &mut self,
        request: hyper::http::request::Builder,
        body: Bytes,
    ) -> anyhow::Result<Response<Bytes>> {
        let request = request.header("host", &self.host).body(Full::new(body))?;
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }
}

/// The connection ends with its client.
#[expect(clippy::disallowed_methods, reason = "it ends with the client that it belongs to")]
fn drive(connection: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(connection);
}
