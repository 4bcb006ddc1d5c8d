//! The load: so many clients, each on one keep-alive connection, one request after the other.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection that is kept alive.
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Client {
    pub(crate) async fn connect(addr: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(addr).await.with_context(|| addr.to_string())?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        spawn(async move {
            let _ = connection.await;
        });
        Ok(Self { sender, host: addr.to_string() })
    }

    pub(crate) async fn get(&mut self, path: &str) -> anyhow::Result<Response<Bytes>> {
        self.send(Request::get(path), Bytes::new()).await
    }

    pub(crate) async fn post(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> anyhow::Result<Response<Bytes>> {
        let mut request = Request::post(path).header("content-type", "application/json");
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

/// What a load showed.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) done: u64,
}

/// Runs `clients` for `duration`; each does `work` again and again with what `prepare` gave it.
pub(crate) async fn drive<P, PF, C, W>(
    clients: usize,
    duration: Duration,
    prepare: P,
    work: W,
) -> anyhow::Result<Outcome>
where
    P: Fn(usize) -> PF,
    PF: Future<Output = anyhow::Result<C>>,
    C: Send + 'static,
    W: AsyncWork<C>,
{
    let mut prepared = Vec::new();
    for n in 0..clients {
        prepared.push(prepare(n).await?);
    }
    let work = Arc::new(work);
    let (began, mut running) = (Instant::now(), Vec::new());
    let end = began + duration;
    for mut client in prepared {
        let work = Arc::clone(&work);
        running.push(spawn(async move {
            let mut times = Vec::with_capacity(100_000);
            while Instant::now() < end {
                let start = Instant::now();
                work.once(&mut client).await?;
                times.push(start.elapsed());
            }
            anyhow::Ok(times)
        }));
    }
    let mut times = Vec::new();
    for client in running {
        times.extend(client.await??);
    }
    let took = began.elapsed();
    ensure!(!times.is_empty(), "nothing was done");
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    Ok(Outcome {
        per_second: times.len() as f64 / took.as_secs_f64(),
        p50: at(50),
        p99: at(99),
        done: times.len() as u64,
    })
}

/// One piece of work on a client.
pub(crate) trait AsyncWork<C>: Send + Sync + 'static {
    fn once(&self, client: &mut C) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// The bench waits for all it starts, or ends with it.
#[expect(clippy::disallowed_methods, reason = "the bench is no service")]
pub(crate) fn spawn<F>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future)
}
