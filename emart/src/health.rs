//! `emart health`: asks `/readyz` of a running store.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::config::Config;
use crate::local;

/// Asks where the store listens; where it greets by TLS or waits for a proxy's word, through the operator's door.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(crate) async fn ask(config: &Config, addr: SocketAddr) -> anyhow::Result<()> {
    let gateway = &config.gateway;
    let is_door = config.runs("gateway") && addr.port() == config.listen.port();
    let by_socket = is_door && (gateway.tls.is_on() || gateway.proxy_protocol);
    let asked = async {
        if by_socket {
            let door = local::path(&config.data);
            let stream = UnixStream::connect(&door).await;
            ready(stream.with_context(|| format!("{}", door.display()))?, "gateway").await
        } else {
            let stream = TcpStream::connect(addr).await.with_context(|| format!("{addr}"))?;
            let is_inside = !is_door && addr.port() == config.mesh.listen.port();
            match config.mesh.tls.open()?.filter(|_| is_inside) {
                Some(mutual) => ready(mutual.connect(stream).await?, "").await,
                None => ready(stream, "").await,
            }
        }
    };
    let answer = tokio::time::timeout(Duration::from_secs(5), asked).await;
    let answer = answer.context("no answer within 5 s")??;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    println!("{body}");
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { bail!("the store is not ready") }
}

async fn ready(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    service: &str,
) -> anyhow::Result<String> {
    let header = local::SERVICE_HEADER;
    let request = format!(
        "GET /readyz HTTP/1.1\r\nhost: localhost\r\n{header}: {service}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
