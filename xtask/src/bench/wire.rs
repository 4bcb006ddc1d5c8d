//! What a call between services costs on the wire, in CPU of both ends: pooled HTTP/1.1, and HTTP/2 on one connection.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::ensure;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::limits::Bare;
use super::load::{AsyncWork, drive};
use super::process;
use super::report::Figure;
use super::work::figure;

/// Bytes of each answer.
const LENGTH: usize = 256;
/// As long as what a service proves itself with.
const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzdG9yZWZyb250IiwiYXVkIjoiY2F0YWxvZyIsImlhdCI6MTc5NTQ0NjAwMCwiZXhwIjoxNzk1NDQ2MDYwfQ.0123456789012345678901234567890123456789abc";

/// Measures both, with few and with many calls under way.
pub(crate) async fn measure(duration: Duration) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for callers in [1, 8, 64] {
        let (old, new) = (Bare::start(LENGTH)?, Bare::start_h2(LENGTH)?);
        for (name, server, h2) in
            [("pooled HTTP/1.1", old, false), ("HTTP/2, one connection", new, true)]
        {
            let client = Client::builder(TokioExecutor::new())
                .http2_only(h2)
                .pool_max_idle_per_host(256)
                .build(connector());
            let used = || {
                let (here, there) =
                    (process::cpu_time(std::process::id())?, process::cpu_time(server.pid())?);
                anyhow::Ok(here + there)
            };
            let before = used()?;
            let prepare = |_| std::future::ready(Ok(client.clone()));
            let outcome = drive(callers, duration, prepare, Call { addr: server.addr }).await?;
            let each = used()?.saturating_sub(before).div_f64(outcome.done as f64);
            figures.push(figure(&format!("{name}, {callers} at once"), &outcome, each, ""));
        }
    }
    Ok(figures)
}

fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector
}

/// A call as one service makes it of another.
struct Call {
    addr: SocketAddr,
}

impl AsyncWork<Client<HttpConnector, Full<Bytes>>> for Call {
    async fn once(&self, client: &mut Client<HttpConnector, Full<Bytes>>) -> anyhow::Result<()> {
        let request = Request::get(format!("http://{}/api/v1/catalog/products/tea", self.addr))
            .header("emart-service-token", TOKEN)
            .header("emart-service", "catalog")
            .header("emart-deadline-ms", rand::random_range(20_000..30_000).to_string())
            .header("x-request-id", format!("{:032x}", rand::random::<u128>()))
            .header("traceparent", format!("00-{:032x}-{:016x}-01", rand::random::<u128>(), 7));
        let answer = client.request(request.body(Full::new(Bytes::new()))?).await?;
        ensure!(answer.status() == 200, "{}", answer.status());
        answer.into_body().collect().await?;
        Ok(())
    }
}
