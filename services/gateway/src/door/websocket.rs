//! WebSockets (RFC 6455), asked for as over HTTP/1.1 (the listener translates those of HTTP/2): the gateway knows who
//! opens one and where it leads; what is said on it is none of its business. One to a service in this process is that
//! service's own as soon as it is open; one to another process is passed on here, byte by byte, until either side ends it,
//! nobody says anything for long, or the process stops.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::response::Response;
use emart_http::{Stopping, asks_for_websocket};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};

const PIECE: usize = 16 << 10;

/// A request's wish to become a WebSocket.
pub(super) struct Wish {
    upgrade: OnUpgrade,
    stopping: Option<Stopping>,
}

impl Wish {
    /// The wish of a request, if it has one.
    pub(super) fn of(parts: &mut Parts) -> Option<Self> {
        if !asks_for_websocket(&parts.method, &parts.headers) {
            return None;
        }
        let upgrade = parts.extensions.remove::<OnUpgrade>()?;
        Some(Self { upgrade, stopping: parts.extensions.remove::<Stopping>() })
    }

    /// Says it again to the service: what was said before was for the gateway.
    pub(super) fn tell(&self, headers: &mut HeaderMap, extensions: &mut Extensions) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        extensions.insert(self.upgrade.clone());
        if let Some(stopping) = &self.stopping {
            extensions.insert(stopping.clone());
        }
    }

    /// What is to be done once the service has agreed, if it is elsewhere.
    pub(super) fn granted(
        self,
        response: &mut Response,
        idle: Duration,
    ) -> Option<impl Future<Output = ()> + Send + use<>> {
        let there = response.extensions_mut().remove::<OnUpgrade>()?;
        let Self { upgrade: here, stopping } = self;
        Some(async move {
            let pass_on = async {
                let (Ok(here), Ok(there)) = tokio::join!(here, there) else { return };
                between(TokioIo::new(here), TokioIo::new(there), idle).await;
            };
            match stopping {
                Some(Stopping(stop)) => drop(stop.run_until_cancelled(pass_on).await),
                None => pass_on.await,
            }
        })
    }
}

/// Whether a service has agreed to speak something else from now on.
pub(super) fn is_granted(response: &Response) -> bool {
    response.status() == StatusCode::SWITCHING_PROTOCOLS
}

/// Passes on what either side says.
async fn between<A, B>(one: A, other: B, idle: Duration)
where
    A: AsyncRead + AsyncWrite + Send,
    B: AsyncRead + AsyncWrite + Send,
{
    let said = AtomicBool::new(true);
    let ((from_one, to_one), (from_other, to_other)) = (split(one), split(other));
    let both =
        async { tokio::join!(pass(from_one, to_other, &said), pass(from_other, to_one, &said)) };
    let silence = async {
        while said.swap(false, Ordering::Relaxed) {
            tokio::time::sleep(idle).await;
        }
    };
    tokio::select! {
        _ = both => {}
        () = silence => {}
    }
}

/// One way, to its end, which is passed on as well.
async fn pass<R, W>(mut from: R, mut to: W, said: &AtomicBool) -> std::io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut piece = vec![0; PIECE];
    loop {
        let read = from.read(&mut piece).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        said.store(true, Ordering::Relaxed);
        to.write_all(&piece[..read]).await?;
        to.flush().await?;
    }
}
