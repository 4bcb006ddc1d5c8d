//! The way of a request to its service: counted, known, stripped, read, handed over.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use emart_http::{Caller, Context, Permission, Problem};
use emart_mesh::CallError;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::{Door, websocket};
use crate::backend::{self, Backend, Failure};
use crate::cache::{self, Asked, Question, Reader, TARGETED};
use crate::caller::Credentials;
use crate::limits::{Class, Counted};
use crate::pages::{self, Refusal};
use crate::routes::{self, BodyLimit, Route};
use crate::shed::Rank;
use crate::{Answer, csrf, headers};

/// How long somebody who is known waits for their own page while there is one that anyone may see.
const VISITORS_PATIENCE: Duration = Duration::from_secs(5);
/// The session's token, for those that may end it or ask for more of it.
const SESSION_HEADER: &str = "emart-session";
/// The bearer token, for those that may end it.
const BEARER_HEADER: &str = "emart-bearer";

impl Door {
    /// Hands a request to the service it is for.
    pub(super) async fn pass_on(
        &self,
        route: &'static Route,
        mut parts: Parts,
        body: Body,
        context: &Context,
    ) -> Answer {
        let service = self.services.iter().find(|service| service.behind.name == route.service);
        let Some(service) = service else { return Err(Problem::unavailable().into()) };
        let (limits, class) = (&self.config.limits, Class::of(&parts.method, parts.uri.path()));
        let limited = self.shared.limits.by_address(limits, class, context.client())?;
        let wish = websocket::Wish::of(&mut parts);
        let memory = match wish {
            Some(_) => None,
            None => self.memory(&parts, &body, service, context),
        };
        if let Some((Reader::Anyone, question, asked)) = memory {
            let answer = self.shared.cache.answer(question, &asked).await;
            let answer = answer.or_else(|failure| failure.tell(route.service))?;
            return Ok(with_limits(answer, limited));
        }
        let credentials = match Credentials::of(&parts, self.session_cookie) {
            Credentials::Session(_) if route.bearer_only => Credentials::None,
            credentials => credentials,
        };
        let by_cookie = !route.bearer_only && !matches!(credentials, Credentials::Token(_));
        let changes_nothing = parts.method.is_safe() && wish.is_none();
        if by_cookie && !changes_nothing && !csrf::is_welcome(&parts, &self.origin) {
            return Err(pages::cross_site());
        }
        let caller = self.caller(&credentials, parts.method.is_safe()).await;
        let caller = match caller {
            Err(refusal) if route.bearer_only && refusal.is_unauthorized() => Caller::guest(),
            caller => caller?,
        };
        let own = self.shared.limits.by_account(limits, class, &caller)?;
        let limited = Counted::tighter(limited, own);
        let rank = if caller.is_staff() { Rank::Staff } else { Rank::Anyone };
        let private = caller.user_id().is_some() || !parts.method.is_safe();
        let session = match credentials {
            Credentials::Session(session) if route.session => HeaderValue::from_str(session).ok(),
            _ => None,
        };
        let bearer = match credentials {
            Credentials::Token(token) if route.session && route.bearer_only => {
                HeaderValue::from_str(token).ok()
            }
            _ => None,
        };
        let hidden = (!route.session).then_some(self.session_cookie);
        headers::strip(&mut parts.headers, hidden);
        if let Some(bearer) = bearer {
            parts.headers.insert(BEARER_HEADER, bearer);
        }
        if let Some(session) = session {
            parts.headers.insert(SESSION_HEADER, session);
        }
        if let (true, Some(client)) = (route.session, context.client())
            && let Ok(client) = HeaderValue::try_from(client.to_string())
        {
            parts.headers.insert(emart_http::CLIENT_HEADER, client);
        }
        let body =
            self.body(&parts.headers, body, self.limit(route.body, &caller), context).await?;
        let context =
            if caller.user_id().is_some() { context.with_caller(caller) } else { context.clone() };
        parts.extensions.clear();
        parts.extensions.insert(context);
        if let Some(wish) = &wish {
            wish.tell(&mut parts.headers, &mut parts.extensions);
        }
        let changes = (!parts.method.is_safe() && routes::is_for_everyone(parts.uri.path()))
            .then(|| parts.uri.clone());
        let answer = service.call(Request::from_parts(parts, body), rank);
        let answer = match memory {
            Some((_, question, asked)) => self.with_a_spare(answer, &question, &asked).await,
            None => answer.await,
        };
        let mut response = answer.or_else(|failure| failure.tell(route.service))?;
        if let Some(changed) = changes.filter(|_| !response.status().is_client_error()) {
            self.shared.cache.invalidate(&changed);
        }
        response.headers_mut().remove(TARGETED);
        if websocket::is_granted(&response) {
            self.open_websocket(wish, &mut response)?;
        }
        let response = if private { headers::unkept(response) } else { response };
        Ok(with_limits(response, limited))
    }

    /// A service has agreed to a WebSocket, which should have been asked for.
    fn open_websocket(
        &self,
        wish: Option<websocket::Wish>,
        response: &mut Response,
    ) -> Result<(), Refusal> {
        let Some(wish) = wish else { return Err(pages::bad_gateway()) };
        let idle = Duration::from_secs(self.config.websocket_idle_seconds.into());
        if let Some(passing_on) = wish.granted(response, idle) {
            self.shared.tasks.spawn("websocket", passing_on);
        }
        Ok(())
    }

    /// What there is to be asked of the cache, if anything.
    fn memory(
        &self,
        parts: &Parts,
        body: &Body,
        service: &Arc<Backend>,
        context: &Context,
    ) -> Option<(Reader, Question, Asked)> {
        if !self.caches || !body.is_end_stream() {
            return None;
        }
        let reader = cache::reader(parts)?;
        let asked = Asked::of(&parts.method, &parts.headers);
        Some((reader, Question::new(parts, context, service), asked))
    }

    /// A visitor who is known sees their own page; or, before they see an error, what anyone sees.
    async fn with_a_spare(
        &self,
        answer: impl Future<Output = Result<Response, Failure>>,
        question: &Question,
        asked: &Asked,
    ) -> Result<Response, Failure> {
        let cache = &self.shared.cache;
        let answer = if cache.has_a_spare(question) {
            let Ok(answer) = tokio::time::timeout(VISITORS_PATIENCE, answer).await else {
                let spare = cache.instead_of(question, asked, None);
                return spare.ok_or(Failure::Call(CallError::Timeout));
            };
            answer
        } else {
            answer.await
        };
        let failure = match answer {
            Ok(response) if backend::is_outage(response.status()) => Failure::Answered(response),
            Ok(response) => return Ok(response),
            Err(failure) if failure.is_outage() => failure,
            Err(failure) => return Err(failure),
        };
        cache.instead_of(question, asked, Some(&failure)).ok_or(failure)
    }

    /// The larger limits would let strangers fill the memory.
    fn limit(&self, limit: BodyLimit, caller: &Caller) -> usize {
        let mib = |mib: u32| (mib as usize) << 20;
        match limit {
            BodyLimit::Media if caller.may(Permission::ProductsWrite) => {
                mib(self.config.media_limit_mib)
            }
            BodyLimit::Import if caller.may(Permission::ProductsWrite) => {
                mib(self.config.import_limit_mib)
            }
            _ => (self.config.body_limit_kib as usize) << 10,
        }
    }

    async fn body(
        &self,
        headers: &HeaderMap,
        body: Body,
        limit: usize,
        context: &Context,
    ) -> Result<Bytes, Refusal> {
        if body.is_end_stream() {
            return Ok(Bytes::new());
        }
        let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let announced = announced.and_then(|text| text.parse::<usize>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(pages::too_large(limit));
        }
        let deadline = context.deadline().unwrap_or_else(Instant::now);
        let whole = Limited::new(body, limit).collect();
        match tokio::time::timeout_at(deadline.into(), whole).await {
            Ok(Ok(whole)) => Ok(whole.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(pages::too_large(limit)),
            Ok(Err(_)) => Err(pages::broken_body()),
            Err(_) => Err(pages::slow_body()),
        }
    }
}

fn with_limits(mut response: Response, limited: Option<Counted>) -> Response {
    if let Some(limited) = limited {
        limited.tell(response.headers_mut());
    }
    response
}
