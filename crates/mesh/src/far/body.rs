//! The body of a far answer. A small one is read within the try: one that is cut is a try that failed. A large one
//! streams, and ends with an error when it stands still.

use std::io;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use emart_http::is_event_stream;
use futures_util::stream::{self, TryStreamExt};
use http::Response;
use http_body_util::BodyExt;

use super::connect::SendError;

/// The largest that is read before it is handed on, in bytes.
const SMALL: u64 = 256 << 10;

/// An answer whose body is here, or on its way with no pause longer than `patience`; a stream of events may pause.
pub(crate) async fn received(
    response: Response<Body>,
    patience: Duration,
) -> Result<Response<Body>, SendError> {
    let (head, body) = response.into_parts();
    let is_small = body.size_hint().exact().is_some_and(|bytes| bytes <= SMALL);
    let body = if is_event_stream(&head.headers) {
        // It says something when there is something to say.
        body
    } else if is_small {
        let cut = |error| SendError {
            never_reached: false,
            reason: format!("its answer was cut: {error}"),
        };
        Body::from(body.collect().await.map_err(cut)?.to_bytes())
    } else {
        streamed(body, patience)
    };
    Ok(Response::from_parts(head, body))
}

fn streamed(body: Body, patience: Duration) -> Body {
    let pieces = stream::try_unfold(body.into_data_stream(), move |mut pieces| async move {
        let next = tokio::time::timeout(patience, pieces.try_next()).await;
        let next = next.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
        let next = next.map_err(io::Error::other)?;
        Ok::<_, io::Error>(next.map(|piece| (piece, pieces)))
    });
    Body::from_stream(pieces)
}
