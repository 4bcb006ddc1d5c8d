//! A typed call to a peer: what the clients in the `-api` crates are made of.

use axum::body::Body;
use bytes::Bytes;
use emart_http::Problem;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Peer;

/// The largest answer a client reads into memory: 64 MiB (an export streams through [`Peer::forward`]).
const ANSWER_LIMIT: usize = 64 << 20;

/// Why a call gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The callee says what is wrong.
    #[error("{} ({})", .0.title, .0.detail.as_deref().unwrap_or(&.0.kind))]
    Problem(Box<Problem>),
    /// The callee did not answer in time; it may have done the work.
    #[error("the service did not answer in time")]
    Timeout,
    /// The callee could not be reached, or went away before it had answered: then it may have done the work.
    #[error("the service cannot be reached: {0}")]
    Unreachable(String),
    /// The callee answered something else than its contract says.
    #[error("the service's answer could not be read: {0}")]
    Malformed(String),
}

impl CallError {
    /// Whether the callee answered with the problem `/problems/<slug>`.
    #[must_use]
    pub fn is(&self, slug: &str) -> bool {
        self.problem().is_some_and(|problem| problem.is(slug))
    }

    /// The callee's problem, if it answered with one.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Timeout | Self::Unreachable(_) | Self::Malformed(_) => None,
        }
    }

    /// Whether the callee refused (4xx): asking again the same way will not help.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.problem().is_some_and(|problem| (400..500).contains(&problem.status))
    }
}

/// A call under construction.
///
/// ```text
/// Call::get(&peer, format!("/api/v1/catalog/products/{id}")).optional::<Product>().await
/// ```
#[derive(Debug)]
pub struct Call<'a> {
    peer: &'a Peer,
    request: Result<Request<Bytes>, CallError>,
}

impl<'a> Call<'a> {
    /// A call with any method. `path` starts with `/` and may carry a query.
    pub fn new(peer: &'a Peer, method: Method, path: impl AsRef<str>) -> Self {
        let request = Request::builder().method(method).uri(path.as_ref()).body(Bytes::new());
        Self { peer, request: request.map_err(|error| CallError::Malformed(error.to_string())) }
    }

    /// A GET.
    pub fn get(peer: &'a Peer, path: impl AsRef<str>) -> Self {
        Self::new(peer, Method::GET, path)
    }

    /// A POST.
    pub fn post(peer: &'a Peer, path: impl AsRef<str>) -> Self {
        Self::new(peer, Method::POST, path)
    }

    /// A PUT.
    pub fn put(peer: &'a Peer, path: impl AsRef<str>) -> Self {
        Self::new(peer, Method::PUT, path)
    }

    /// A PATCH.
    pub fn patch(peer: &'a Peer, path: impl AsRef<str>) -> Self {
        Self::new(peer, Method::PATCH, path)
    }

    /// A DELETE.
    pub fn delete(peer: &'a Peer, path: impl AsRef<str>) -> Self {
        Self::new(peer, Method::DELETE, path)
    }

    /// Adds a header. A value that HTTP cannot carry makes the call fail, not panic.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request = self.request.and_then(|mut request| {
            let value = HeaderValue::try_from(value)
                .map_err(|_| CallError::Malformed(format!("{name} cannot carry this value")))?;
            request.headers_mut().insert(name, value);
            Ok(request)
        });
        self
    }

    /// Adds the query, from anything that serialises as one.
    #[must_use]
    pub fn query(mut self, query: &str) -> Self {
        self.request = self.request.and_then(|mut request| {
            if !query.is_empty() {
                let uri = format!("{}?{query}", request.uri().path());
                *request.uri_mut() =
                    uri.parse().map_err(|_| CallError::Malformed("bad query".to_owned()))?;
            }
            Ok(request)
        });
        self
    }

    /// Says that the callee does this once however often it is asked with this reference: a try that was not answered is
    /// made again, at another copy.
    #[must_use]
    pub fn once(self, reference: &str) -> Self {
        self.header("idempotency-key", reference)
    }

    /// Sends this as the JSON body.
    #[must_use]
    pub fn json<B: Serialize>(mut self, body: &B) -> Self {
        self.request = self.request.and_then(|mut request| {
            let json = serde_json::to_vec(body)
                .map_err(|error| CallError::Malformed(error.to_string()))?;
            *request.body_mut() = Bytes::from(json);
            let value = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, value);
            Ok(request)
        });
        self
    }

    /// Sends these bytes as the body.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: Bytes) -> Self {
        self = self.header("content-type", content_type);
        self.request = self.request.map(|mut request| {
            *request.body_mut() = body;
            request
        });
        self
    }

    /// Sends it and reads the JSON answer.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, CallError> {
        let (_, body) = self.bytes().await?;
        serde_json::from_slice(&body).map_err(|error| CallError::Malformed(error.to_string()))
    }

    /// Sends it and reads the JSON answer; a 404 is `None`.
    pub async fn optional<T: DeserializeOwned>(self) -> Result<Option<T>, CallError> {
        match self.send().await {
            Ok(value) => Ok(Some(value)),
            Err(CallError::Problem(problem)) if problem.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends it and expects nothing but success.
    pub async fn done(self) -> Result<(), CallError> {
        self.bytes().await.map(|_| ())
    }

    /// Sends it and returns the head of the answer and its whole body.
    pub async fn bytes(self) -> Result<(http::response::Parts, Bytes), CallError> {
        let response = self.peer.forward(self.request?).await?;
        let (head, body) = response.into_parts();
        let body = read(body).await?;
        if head.status.is_success() || head.status == StatusCode::NOT_MODIFIED {
            return Ok((head, body));
        }
        Err(refused(&Response::from_parts(head, body)))
    }
}

async fn read(body: Body) -> Result<Bytes, CallError> {
    let whole = Limited::new(body, ANSWER_LIMIT).collect().await;
    Ok(whole.map_err(|error| CallError::Malformed(error.to_string()))?.to_bytes())
}

fn refused(response: &Response<Bytes>) -> CallError {
    match serde_json::from_slice::<Problem>(response.body()) {
        Ok(problem) => CallError::Problem(Box::new(problem)),
        Err(_) => CallError::Malformed(format!("status {} without a problem", response.status())),
    }
}
