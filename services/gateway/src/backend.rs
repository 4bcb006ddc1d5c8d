//! A service behind the gateway, and how a call of it can fail.

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use emart_mesh::CallError;
use http::{Request, StatusCode};

use crate::Behind;
use crate::config::Config;
use crate::pages::{self, Refusal};
use crate::shed::{End, Limiter, Rank, Shown};

/// A service behind the gateway.
pub(crate) struct Backend {
    pub(crate) behind: Behind,
    pub(crate) limiter: Limiter,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call failed.
    Call(CallError),
    /// The service answered that it, or something it needs, does not work.
    Answered(Response),
    /// It has as much to do as it bears; nothing was sent.
    Shed,
    /// Somebody else has just asked the same, in vain.
    InVain,
}

impl Backend {
    pub(crate) fn new(behind: Behind, config: &Config, shown: &Shown) -> Self {
        let most = config.requests_at_once;
        let limiter = Limiter::new(behind.name, &config.shedding, most, shown);
        Self { behind, limiter }
    }

    /// Hands a request over, if the service bears one more.
    pub(crate) async fn call(
        &self,
        request: Request<Bytes>,
        rank: Rank,
    ) -> Result<Response, Failure> {
        let admission = self.limiter.enter(rank).ok_or(Failure::Shed)?;
        let answer = self.behind.peer.forward(request).await;
        admission.ended(match &answer {
            Ok(response) if is_overrun(response.status()) => End::Overrun,
            Ok(_) => End::Answered,
            Err(CallError::Timeout) => End::Overrun,
            Err(CallError::Problem(problem)) if is_overrun(problem.status_code()) => End::Overrun,
            Err(_) => End::Other,
        });
        answer.map_err(Failure::Call)
    }
}

/// Whether an answer says that there was too much to do.
const fn is_overrun(status: StatusCode) -> bool {
    matches!(status.as_u16(), 503 | 504)
}

/// Whether an answer says that the service does not work (RFC 5861, section 4).
pub(crate) fn is_outage(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502..=504)
}

impl Failure {
    /// Whether the service does not work, or cannot be reached: what it said before may stand in.
    pub(crate) fn is_outage(&self) -> bool {
        match self {
            Self::Answered(response) => is_outage(response.status()),
            Self::Call(CallError::Problem(problem)) => is_outage(problem.status_code()),
            Self::Call(_) | Self::Shed | Self::InVain => true,
        }
    }

    /// The status it came with.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Answered(response) => Some(response.status()),
            Self::Call(CallError::Problem(problem)) => Some(problem.status_code()),
            Self::Call(_) | Self::Shed | Self::InVain => None,
        }
    }

    /// What the client is told.
    pub(crate) fn tell(self, service: &'static str) -> Result<Response, Refusal> {
        match self {
            Self::Answered(response) => Ok(response),
            Self::Call(CallError::Problem(problem)) => Ok(problem.into_response()),
            Self::Call(CallError::Timeout) => Err(pages::too_late()),
            Self::Call(error @ (CallError::Unreachable(_) | CallError::Malformed(_))) => {
                tracing::error!(service, %error, "a service did not answer");
                Err(pages::bad_gateway())
            }
            Self::Shed => Err(pages::overloaded()),
            Self::InVain => Err(pages::bad_gateway()),
        }
    }
}
