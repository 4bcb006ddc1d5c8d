//! How a question is answered: from memory, from the service, by whoever asks it already, or, when the service fails,
//! with what there is.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::response::Response;
use emart_mesh::CallError;
use http::{HeaderValue, StatusCode, header};
use http_body::Body as _;
use http_body_util::{BodyExt, Limited};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::flights::{Flight, Gate, Place};
use super::policy::Policy;
use super::status::{Way, mark};
use super::{Asked, Cache, Found, Question, State, Stored, vary};
use crate::backend::{Failure, is_outage};
use crate::shed::Rank;

const WHILE_REVALIDATE: &str = "stale-while-revalidate";
const IF_ERROR: &str = "stale-if-error";
const SLOW: &str = "slow";

/// What came of asking.
enum Fetched {
    /// It is kept; this is the status the service answered with.
    Kept(Arc<Stored>, StatusCode),
    /// It is not to be kept.
    Plain(Response),
}

impl Cache {
    /// Answers a question.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        question: Question,
        asked: &Asked,
    ) -> Result<Response, Failure> {
        let mut collapsed = false;
        loop {
            let now = Instant::now();
            let stale = match self.find(&question) {
                Found::Answer(stored) => match stored.state(now) {
                    State::Fresh => return Ok(self.hit(&stored, asked, now)),
                    State::Renewing => {
                        self.renew(question, &stored);
                        return Ok(stand_in(
                            &stored,
                            asked,
                            hit_stale(&stored, now, WHILE_REVALIDATE),
                        ));
                    }
                    State::Spare if stored.failed_lately(now) => {
                        self.counts.stale.inc();
                        return Ok(stand_in(&stored, asked, hit_stale(&stored, now, IF_ERROR)));
                    }
                    State::Spare | State::Over => Some(stored),
                },
                Found::Pass => return self.alone(&question, asked).await,
                Found::Nothing if collapsed => return self.alone(&question, asked).await,
                Found::Nothing => None,
            };
            match self.flights.join(question.key()) {
                Place::First(flight) => {
                    return self.lead(question, flight, stale, asked, collapsed).await;
                }
                Place::Behind(gate) => {
                    if let Some(response) = self.follow(&question, &gate, stale, asked).await? {
                        return Ok(response);
                    }
                }
            }
            collapsed = true;
        }
    }

    /// What anyone sees, for somebody who would see an error otherwise.
    pub(crate) fn instead_of(
        &self,
        question: &Question,
        asked: &Asked,
        failure: Option<&Failure>,
    ) -> Option<Response> {
        let now = Instant::now();
        let Found::Answer(stored) = self.find(question) else { return None };
        let stored = stored.is_spare(now).then_some(stored)?;
        self.counts.stale.inc();
        let why = if failure.is_some() { IF_ERROR } else { SLOW };
        let way = Way::InsteadOfFailure { status: failure.and_then(Failure::status), why };
        let mut response = stand_in(&stored, asked, way);
        let unkept = HeaderValue::from_static("private, no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, unkept);
        Some(response)
    }

    /// Whether there is something that anyone may see, should it be needed.
    pub(crate) fn has_a_spare(&self, question: &Question) -> bool {
        matches!(self.find(question), Found::Answer(stored) if stored.is_spare(Instant::now()))
    }

    fn hit(&self, stored: &Stored, asked: &Asked, now: Instant) -> Response {
        self.counts.hits.inc();
        stand_in(stored, asked, Way::Hit { ttl: stored.ttl(now) })
    }

    /// Asks, and others wait. Where something older could stand in, the asking goes on in a task of its own, and is
    /// waited for only for a while.
    async fn lead(
        self: &Arc<Self>,
        question: Question,
        flight: Flight,
        stale: Option<Arc<Stored>>,
        asked: &Asked,
        collapsed: bool,
    ) -> Result<Response, Failure> {
        self.counts.misses.inc();
        let now = Instant::now();
        let Some(spare) = stale.clone().filter(|stored| stored.is_spare(now)) else {
            let fetched = self.fetch(&question, stale.as_deref()).await;
            if fetched.is_err() {
                flight.fail();
            }
            return Ok(given(fetched?, asked, stale.is_some(), collapsed));
        };
        let patience = self.config.load().patience();
        let (tell, told) = oneshot::channel();
        let (cache, old) = (Arc::clone(self), Arc::clone(&spare));
        self.tasks.spawn("cache: asking", async move {
            let fetched = cache.fetch(&question, Some(&*old)).await;
            drop(flight);
            let _ = tell.send(fetched);
        });
        match tokio::time::timeout(patience, told).await {
            Ok(Ok(Ok(fetched))) => Ok(given(fetched, asked, true, collapsed)),
            Ok(Ok(Err(failure))) if !failure.is_outage() => Err(failure),
            Ok(Ok(Err(failure))) => Ok(self.excuse(&spare, asked, failure.status(), IF_ERROR)),
            Ok(Err(_)) => Ok(self.excuse(&spare, asked, None, IF_ERROR)),
            Err(_) => Ok(self.excuse(&spare, asked, None, SLOW)),
        }
    }

    /// Waits for whom asked before. `None`: look again.
    async fn follow(
        &self,
        question: &Question,
        gate: &Gate,
        stale: Option<Arc<Stored>>,
        asked: &Asked,
    ) -> Result<Option<Response>, Failure> {
        let spare = stale.filter(|stored| stored.is_spare(Instant::now()));
        let Some(spare) = spare else {
            let deadline = question.context.deadline().map_or_else(Instant::now, Instant::from_std);
            return match tokio::time::timeout_at(deadline, gate.passed()).await {
                Ok(false) => Ok(None),
                Ok(true) => Err(Failure::InVain),
                Err(_) => Err(Failure::Call(CallError::Timeout)),
            };
        };
        let until = gate.since + self.config.load().patience();
        match tokio::time::timeout_at(until, gate.passed()).await {
            Ok(_) => Ok(None),
            Err(_) => Ok(Some(self.excuse(&spare, asked, None, SLOW))),
        }
    }

    /// Fetches a newer answer while the older one is given out.
    fn renew(self: &Arc<Self>, question: Question, stored: &Arc<Stored>) {
        self.counts.hits.inc();
        if stored.failed_lately(Instant::now()) {
            return;
        }
        let Place::First(flight) = self.flights.join(question.key()) else { return };
        let (cache, old) = (Arc::clone(self), Arc::clone(stored));
        self.tasks.spawn("cache: renewing", async move {
            let _ = cache.fetch(&question, Some(&*old)).await;
            drop(flight);
        });
    }

    /// Asks without anyone waiting for it.
    async fn alone(&self, question: &Question, asked: &Asked) -> Result<Response, Failure> {
        self.counts.misses.inc();
        Ok(given(self.fetch(question, None).await?, asked, false, false))
    }

    fn excuse(
        &self,
        spare: &Stored,
        asked: &Asked,
        status: Option<StatusCode>,
        why: &'static str,
    ) -> Response {
        self.counts.stale.inc();
        stand_in(spare, asked, Way::InsteadOfFailure { status, why })
    }

    /// Asks the service, and keeps what may be kept.
    async fn fetch(&self, question: &Question, old: Option<&Stored>) -> Result<Fetched, Failure> {
        let change = self.changed(question.key()).load(Ordering::Acquire);
        let known = old.and_then(Stored::etag);
        let answer = question.backend.call(question.request(known), Rank::Anyone).await;
        let response = match answer {
            Ok(response) if is_outage(response.status()) => Err(Failure::Answered(response)),
            answer => answer,
        };
        let response = response.inspect_err(|_| {
            if let Some(old) = old {
                old.note_failure(Instant::now());
            }
        })?;
        let status = response.status();
        let if_error = self.config.load().if_error();
        if let (Some(old), true) = (old, status == StatusCode::NOT_MODIFIED) {
            let stored = Arc::new(old.renewed(response.headers(), if_error));
            match vary(stored.headers()).filter(|_| stored.may_be_kept()) {
                Some(names) => self.keep(question, &names, Arc::clone(&stored), change),
                None => self.forget(question),
            }
            return Ok(Fetched::Kept(stored, status));
        }
        let names = vary(response.headers());
        let policy = Policy::of(status, response.headers(), if_error);
        let size = response.body().size_hint().exact().unwrap_or(u64::MAX);
        let (Some(policy), Some(names), true) = (policy, names, size <= self.largest()) else {
            // Of an error nothing is remembered: those who ask for it wait for nobody twice.
            if status == StatusCode::OK {
                self.pass_by(question);
            } else if old.is_some() {
                self.forget(question);
            }
            return Ok(Fetched::Plain(response));
        };
        let (head, body) = response.into_parts();
        let limit = usize::try_from(size).unwrap_or(usize::MAX);
        let body = Limited::new(body, limit).collect().await;
        let body = body.map_err(|error| Failure::Call(CallError::Malformed(error.to_string())))?;
        let stored = Arc::new(Stored::new(status, head.headers, body.to_bytes(), policy));
        self.keep(question, &names, Arc::clone(&stored), change);
        Ok(Fetched::Kept(stored, status))
    }
}

fn hit_stale(stored: &Stored, now: Instant, why: &'static str) -> Way {
    Way::HitStale { ttl: stored.ttl(now), why }
}

fn stand_in(stored: &Stored, asked: &Asked, way: Way) -> Response {
    let mut response = stored.response(asked, Instant::now());
    mark(&mut response, way);
    response
}

fn given(fetched: Fetched, asked: &Asked, had: bool, collapsed: bool) -> Response {
    match fetched {
        Fetched::Kept(stored, status) => {
            let way = Way::Forwarded { had, status, stored: true, collapsed };
            stand_in(&stored, asked, way)
        }
        Fetched::Plain(mut response) => {
            let status = response.status();
            if asked.head {
                if let Some(size) = response.body().size_hint().exact() {
                    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(size));
                }
                *response.body_mut() = Body::empty();
            }
            mark(&mut response, Way::Forwarded { had, status, stored: false, collapsed });
            response
        }
    }
}
