//! `Api`: a service's router as a test calls it, by somebody.

use axum::Router;
use axum::body::Body;
use emart_http::{Caller, Context, Role, Service};
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::Value;
use tower::ServiceExt;

/// Somebody who calls a service.
#[derive(Clone)]
pub struct Api {
    router: Router,
    caller: Caller,
    headers: HeaderMap,
}

impl Api {
    /// A guest.
    pub fn new(service: &Service) -> Self {
        Self { router: service.router.clone(), caller: Caller::guest(), headers: HeaderMap::new() }
    }

    /// Somebody else.
    pub fn by(&self, caller: Caller) -> Self {
        Self { caller, ..self.clone() }
    }

    /// A customer of this id.
    pub fn customer(&self, id: &str) -> Self {
        self.by(Caller::person(Role::Customer, id))
    }

    /// Someone who works here.
    pub fn staff(&self) -> Self {
        self.by(Caller::person(Role::Staff, "usr_staff"))
    }

    /// The same with a header on every request.
    pub fn header(&self, name: &'static str, value: &str) -> Self {
        let mut api = self.clone();
        api.headers.insert(name, value.parse().expect("a header's value"));
        api
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.raw(Method::GET, path, None, Body::empty()).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: impl Serialize) -> Answer {
        self.json(Method::POST, path, body).await
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: impl Serialize) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: impl Serialize) -> Answer {
        self.json(Method::PATCH, path, body).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.raw(Method::DELETE, path, None, Body::empty()).await
    }

    async fn json(&self, method: Method, path: &str, body: impl Serialize) -> Answer {
        let body = serde_json::to_vec(&body).expect("a body that is JSON");
        self.raw(method, path, Some("application/json"), body.into()).await
    }

    /// Any request.
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: Body,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).body(body).expect("a request");
        request.headers_mut().extend(self.headers.clone());
        if let Some(content_type) = content_type {
            let value = content_type.parse().expect("a content type");
            request.headers_mut().insert("content-type", value);
        }
        request.extensions_mut().insert(Context::new(self.caller.clone()));
        let response = self.router.clone().oneshot(request).await.expect("routers do not fail");
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }
}

/// What a service answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; fails the test unless the status is as expected.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{text}");
        if self.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&self.body).expect("JSON")
        }
    }

    /// Fails the test unless it is this problem.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, slug: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{problem}");
        problem
    }
}
