//! The near call: the callee is a router in this process. It has what a far call has: the deadline, the context,
//! a panic that ends as a 500, and for anything but a read a task of its own, so that a caller who gives up cuts
//! nothing in half.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use emart_http::{Context, Problem};
use futures_util::FutureExt;
use http::{Request, Response};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

use crate::{CallError, Peer};

/// Makes a peer of a router in this process. `calls` tracks what must end before the process does.
#[must_use]
pub fn here(name: &'static str, callee: Router, timeout: Duration, calls: &TaskTracker) -> Peer {
    let calls = calls.clone();
    let service = tower::service_fn(move |request: Request<Bytes>| {
        let (callee, calls) = (callee.clone(), calls.clone());
        async move { near(callee, request, timeout, &calls).await }
    });
    Peer::new(name, BoxCloneSyncService::new(service))
}

async fn near(
    callee: Router,
    mut request: Request<Bytes>,
    timeout: Duration,
    calls: &TaskTracker,
) -> Result<Response<Body>, CallError> {
    let context = match request.extensions_mut().remove::<Context>() {
        Some(context) => context,
        None => Context::current().unwrap_or_default(),
    };
    let context = context.with_deadline(Instant::now() + timeout);
    let deadline = context.deadline().unwrap_or_else(Instant::now);
    if deadline <= Instant::now() {
        return Err(CallError::Timeout);
    }
    let reads = request.method().is_safe();
    request.extensions_mut().insert(context);
    let answer = AssertUnwindSafe(callee.oneshot(request.map(Body::from))).catch_unwind();
    let until = tokio::time::Instant::from_std(deadline);
    let answer = if reads {
        tokio::time::timeout_at(until, answer).await.map_err(|_| CallError::Timeout)?
    } else {
        // The deadline ends the waiting, not the work: a write that has begun is carried to its end.
        let task = calls.spawn(answer);
        let joined = tokio::time::timeout_at(until, task).await.map_err(|_| CallError::Timeout)?;
        joined.map_err(|_| CallError::Unreachable("the process is stopping".to_owned()))?
    };
    Ok(match answer {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => Problem::internal().into_response(),
    })
}
