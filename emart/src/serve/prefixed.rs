//! A connection of which something has been read already: that is read again first.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;

/// A connection and what was read of it. It keeps its place among the listener's connections for as long as it is there,
/// also when it has become something else than HTTP.
#[derive(Debug)]
pub(super) struct Prefixed<S> {
    read: BytesMut,
    inner: S,
    _place: OwnedSemaphorePermit,
}

impl<S: AsyncRead + Unpin> Prefixed<S> {
    pub(super) fn new(inner: S, place: OwnedSemaphorePermit) -> Self {
        Self { read: BytesMut::new(), inner, _place: place }
    }

    /// What was read and not yet taken.
    pub(super) fn seen(&self) -> &[u8] {
        &self.read
    }

    /// Reads some more; `false` at the end.
    pub(super) async fn see_more(&mut self, about: usize) -> io::Result<bool> {
        self.read.reserve(about);
        Ok(self.inner.read_buf(&mut self.read).await? > 0)
    }

    /// Takes bytes off the front.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.read.advance(bytes.min(self.read.len()));
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Prefixed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read.is_empty() {
            return Pin::new(&mut self.inner).poll_read(cx, buf);
        }
        let now = self.read.len().min(buf.remaining());
        buf.put_slice(&self.read[..now]);
        self.read.advance(now);
        if self.read.is_empty() {
            // It is never needed again: a connection may live for hours.
            self.read = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Prefixed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
