//! The far call: the callee runs in other processes. A call goes through, in this order: its deadline, a bounded queue,
//! the retry budget, the choice of a copy, that copy's circuit breaker, the time for one try, a pooled connection.
//!
//! What may be made again: a call that never reached a copy, always; any other that failed, only when its method is
//! idempotent (RFC 9110, section 9.2.2) or it carries an `Idempotency-Key`, and only out of the budget.

mod body;
mod breaker;
mod budget;
mod connect;
mod copies;
mod metrics;
mod queue;
pub(crate) mod url;
mod watch;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use emart_http::{Context, Problem};
use emart_telemetry::{Kind, Span};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use tower::util::BoxCloneSyncService;

use self::body::received;
use self::budget::Budget;
pub(crate) use self::connect::Connections;
pub(crate) use self::copies::Copies;
pub use self::copies::CopyState;
use self::copies::{Copy, Failure};
pub(crate) use self::metrics::CallMetrics;
use self::queue::{Queue, Shed};
use self::url::PeerUrl;
use crate::token::{SERVICE_TOKEN_HEADER, ServiceTokens};
use crate::{CallError, Peer};

/// The header by which a callee says that it has not begun the work: anybody may be asked instead.
pub(crate) const UNTOUCHED_HEADER: &str = "emart-untouched";
/// The header by which a callee says that it is about to stop.
pub(crate) const STOPPING_HEADER: &str = "emart-stopping";
/// The header that names the service a call is for; a process may run several.
pub(crate) const SERVICE_HEADER: &str = "emart-service";

/// What an answer says of this one connection, or to this caller alone (RFC 9110, section 7.6.1): it goes no further.
const HOP_BY_HOP: [&str; 6] =
    ["connection", "keep-alive", "transfer-encoding", "upgrade", UNTOUCHED_HEADER, STOPPING_HEADER];

/// Tries of one call, whatever the budget says.
const TRIES: usize = 4;

/// How far calls are made.
#[derive(Debug, Clone)]
pub struct Far {
    /// How long a call takes at most, all its tries together.
    pub timeout: Duration,
    /// How long one try takes at most.
    pub try_timeout: Duration,
    /// How often names are looked up again and copies asked whether they are ready.
    pub watch: Duration,
    /// How many calls to one service are under way at once; further ones wait.
    pub at_once: usize,
    /// How many wait at most; the rest are shed at once.
    pub waiting: u32,
}

impl Default for Far {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            try_timeout: Duration::from_secs(10),
            watch: Duration::from_secs(2),
            at_once: 512,
            waiting: 1024,
        }
    }
}

/// What all peers of a process share.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    /// Whoever calls: the services of this process.
    pub(crate) caller: Arc<str>,
    pub(crate) far: Far,
    pub(crate) tokens: Arc<ServiceTokens>,
    pub(crate) connections: Connections,
    pub(crate) metrics: CallMetrics,
}

/// A service in other processes.
pub(crate) struct Remote {
    name: &'static str,
    wire: Wire,
    copies: Copies,
    budget: Budget,
    queue: Queue,
}

impl Remote {
    pub(crate) fn new(name: &'static str, urls: Vec<PeerUrl>, wire: Wire) -> Arc<Self> {
        Arc::new(Self {
            name,
            copies: Copies::new(urls),
            budget: Budget::default(),
            queue: Queue::new(wire.far.at_once, wire.far.waiting),
            wire,
        })
    }

    /// A handle for callers.
    pub(crate) fn peer(self: &Arc<Self>) -> Peer {
        let remote = Arc::clone(self);
        let service = tower::service_fn(move |request: Request<Bytes>| {
            let remote = Arc::clone(&remote);
            async move { remote.call(request).await }
        });
        Peer::new(self.name, BoxCloneSyncService::new(service))
    }

    async fn call(&self, mut request: Request<Bytes>) -> Result<Response<Body>, CallError> {
        let context = request.extensions_mut().remove::<Context>();
        let context = context.or_else(Context::current).unwrap_or_default();
        let span = Span::below(context.trace(), &self.wire.caller, Kind::Client);
        let context = match &span {
            Some(span) => context.with_trace(span.trace()),
            None => context,
        };
        let context = context.with_deadline(Instant::now() + self.wire.far.timeout);
        let deadline = context.deadline().unwrap_or_else(Instant::now);
        let began = Instant::now();
        let answer = async {
            let _place = self.enter().await?;
            self.tries(&request, &context, deadline).await
        };
        let answer = tokio::time::timeout_at(deadline.into(), answer).await;
        let answer = answer.unwrap_or(Err(CallError::Timeout));
        self.wire.metrics.called(self.name, &answer, began.elapsed());
        if let Some(span) = span {
            self.tell(span, &request, &answer);
        }
        answer
    }

    /// The call, all its tries together, as its caller sees it.
    fn tell(
        &self,
        mut span: Span,
        request: &Request<Bytes>,
        answer: &Result<Response<Body>, CallError>,
    ) {
        span.name(format!("{} {}", request.method(), self.name));
        span.note("http.request.method", request.method().as_str());
        span.note("peer.service", self.name);
        let failed = match answer {
            Ok(response) => {
                span.note("http.response.status_code", response.status().as_str());
                response.status().is_server_error().then_some("the answer is an error")
            }
            Err(CallError::Timeout) => Some("no answer in time"),
            Err(_) => Some("it could not be reached"),
        };
        span.end(failed);
    }

    /// A place among the calls under way; calls that would wait behind too many others are shed, with a time to come again.
    async fn enter(&self) -> Result<tokio::sync::SemaphorePermit<'_>, CallError> {
        self.queue.enter().await.map_err(|shed| match shed {
            Shed::TooMany => {
                let detail = format!("too many calls of {} wait", self.name);
                CallError::Problem(Box::new(Problem::unavailable().detail(detail)))
            }
            Shed::Stopping => CallError::Unreachable("the process is stopping".to_owned()),
        })
    }

    async fn tries(
        &self,
        request: &Request<Bytes>,
        context: &Context,
        deadline: Instant,
    ) -> Result<Response<Body>, CallError> {
        if self.copies.all().is_empty() {
            // The watch has not found it yet, or there is none: a command makes one call and is gone.
            let looked_up = self.copies.look_up().await;
            looked_up.map_err(CallError::Unreachable)?;
        }
        self.budget.deposit();
        let repeatable = is_repeatable(request);
        let mut asked: Vec<SocketAddr> = Vec::new();
        let mut last = None;
        for _ in 0..TRIES {
            let Some(copy) = self.copies.choose(&asked, rand::random()) else { break };
            asked.push(copy.addr);
            let until = deadline.min(Instant::now() + self.wire.far.try_timeout);
            let (outcome, again) = self.ask(&copy, request, context, until).await;
            let again = match again {
                Again::Never => false,
                Again::Always => true,
                Again::Repeatable => repeatable && self.budget.withdraw(),
            };
            if !again {
                return outcome;
            }
            last = Some(outcome);
            self.wire.metrics.retried(self.name);
        }
        last.unwrap_or_else(|| {
            Err(CallError::Unreachable(format!("no copy of {} answers", self.name)))
        })
    }

    /// One try.
    async fn ask(
        &self,
        copy: &Arc<Copy>,
        request: &Request<Bytes>,
        context: &Context,
        until: Instant,
    ) -> (Result<Response<Body>, CallError>, Again) {
        let request = match self.addressed(copy, request, context, until) {
            Ok(request) => request,
            Err(error) => return (Err(error), Again::Never),
        };
        let _load = copy.load();
        let sent = async {
            let response = self.wire.connections.send(request).await?;
            received(response, self.wire.far.timeout).await
        };
        match tokio::time::timeout_at(until.into(), sent).await {
            Ok(Ok(mut response)) => {
                // The callee's own clock ends the wait as well, and often a moment earlier: its service hangs all the same.
                if response.status() == StatusCode::GATEWAY_TIMEOUT {
                    self.blame(copy, Failure::Silent, "its service did not answer in time");
                } else {
                    copy.succeed();
                }
                let again = self.again_after(copy, &response);
                // One that agrees to speak something else from now on says so to whom the connection ends at.
                if response.status() != StatusCode::SWITCHING_PROTOCOLS {
                    for name in HOP_BY_HOP {
                        response.headers_mut().remove(name);
                    }
                }
                (Ok(response), again)
            }
            Ok(Err(error)) => {
                self.blame(copy, Failure::Broken, &error.reason);
                let again = if error.never_reached { Again::Always } else { Again::Repeatable };
                (Err(CallError::Unreachable(format!("{}: {}", self.name, error.reason))), again)
            }
            Err(_) => {
                self.blame(copy, Failure::Silent, "no answer in time");
                (Err(CallError::Timeout), Again::Repeatable)
            }
        }
    }

    fn again_after(&self, copy: &Copy, response: &Response<Body>) -> Again {
        if response.headers().contains_key(STOPPING_HEADER) {
            copy.rest(true);
        }
        match response.status() {
            _ if response.headers().contains_key(UNTOUCHED_HEADER) => Again::Always,
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Again::Repeatable,
            _ => Again::Never,
        }
    }

    fn blame(&self, copy: &Copy, failure: Failure, reason: &str) {
        let (service, copy_addr) = (self.name, copy.addr);
        if copy.fail(failure) {
            tracing::warn!(service, %copy_addr, reason, "a copy does not answer and is left alone for a while");
        } else {
            tracing::debug!(service, %copy_addr, reason, "a call failed");
        }
    }

    /// The request as it goes to one copy.
    fn addressed(
        &self,
        copy: &Copy,
        request: &Request<Bytes>,
        context: &Context,
        until: Instant,
    ) -> Result<Request<Bytes>, CallError> {
        let malformed = |error: http::Error| CallError::Malformed(error.to_string());
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let uri = http::Uri::builder()
            .scheme(copy.scheme.clone())
            .authority(copy.addr.to_string())
            .path_and_query(path)
            .build()
            .map_err(malformed)?;
        let mut far = Request::builder()
            .method(request.method())
            .uri(uri)
            .body(request.body().clone())
            .map_err(malformed)?;
        *far.headers_mut() = request.headers().clone();
        far.headers_mut().remove(http::header::HOST);
        context.with_deadline(until).write(far.headers_mut());
        let token = self.wire.tokens.token(&self.wire.caller, self.name);
        let token = token.map_err(CallError::Malformed)?;
        let token = HeaderValue::try_from(token).map_err(|error| malformed(error.into()))?;
        far.headers_mut().insert(SERVICE_TOKEN_HEADER, token);
        far.headers_mut().insert(SERVICE_HEADER, HeaderValue::from_static(self.name));
        Ok(far)
    }
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote")
            .field("name", &self.name)
            .field("copies", &self.copies)
            .finish_non_exhaustive()
    }
}

/// Whether a call that went wrong may be made again.
enum Again {
    Never,
    /// When doing it twice does not hurt.
    Repeatable,
    /// It was not begun.
    Always,
}

fn is_repeatable(request: &Request<Bytes>) -> bool {
    let idempotent = [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE];
    idempotent.contains(request.method()) || request.headers().contains_key("idempotency-key")
}
