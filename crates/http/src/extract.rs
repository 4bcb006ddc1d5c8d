//! Extractors whose refusals are problem documents.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Problem;
use crate::strict::Strict;

/// A JSON body, in and out. Where an object is expected, a list of its fields is none.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_type(request.headers(), |t| t == "application/json" || t.ends_with("+json")) {
            return Err(unsupported("application/json"));
        }
        let body = body(request, state).await?;
        if has_nul_escape(&body) {
            return Err(invalid_body("", "the character U+0000 is not allowed"));
        }
        let mut json = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(Strict(&mut json)).map_err(json_problem)?;
        json.end().map_err(|error| malformed(&error))?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let json = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, json)], body).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "an answer could not be written as JSON");
                Problem::internal().into_response()
            }
        }
    }
}

/// A form's body, `application/x-www-form-urlencoded`; a key may stand several times.
#[derive(Debug, Clone, Copy)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_type(request.headers(), |t| t == "application/x-www-form-urlencoded") {
            return Err(unsupported("application/x-www-form-urlencoded"));
        }
        let body = body(request, state).await?;
        if body.contains(&0) || body.windows(3).any(|w| w == b"%00") {
            return Err(invalid_body("", "the character U+0000 is not allowed"));
        }
        serde_html_form::from_bytes(&body)
            .map(Self)
            .map_err(|error| invalid_body("", &error.to_string()))
    }
}

/// A URL's query; a key may stand several times.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let bad = |detail: &str| {
            Problem::new(StatusCode::BAD_REQUEST, "bad-query", "The query is not valid")
                .detail(detail)
        };
        if query.contains("%00") {
            return Err(bad("the character U+0000 is not allowed"));
        }
        serde_html_form::from_str(query).map(Self).map_err(|error| bad(&error.to_string()))
    }
}

/// The variable parts of a URL's path. One that can name nothing (an id of another form) is a 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.path().contains("%00") {
            return Err(Problem::not_found());
        }
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Problem::not_found())
    }
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| body_problem(&rejection))
}

fn body_problem(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large")
    } else {
        Problem::new(StatusCode::BAD_REQUEST, "malformed-body", "The body could not be read")
            .detail("it ended early or was sent in a form that HTTP does not know")
    }
}

fn is_type(headers: &HeaderMap, accepts: impl Fn(&str) -> bool) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .is_some_and(|essence| accepts(&essence))
}

fn unsupported(wanted: &str) -> Problem {
    let title = "This Content-Type is not understood";
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", title)
        .detail(format!("send the body as {wanted}"))
}

/// PostgreSQL cannot store U+0000 in a text, so no body may carry it. `\\u0000` (an escaped backslash) is fine.
fn has_nul_escape(body: &[u8]) -> bool {
    body.windows(6).enumerate().any(|(at, window)| {
        // Counted only where it matters: a body of nothing but backslashes would take minutes.
        let backslashes = || body[..at].iter().rev().take_while(|b| **b == b'\\').count();
        window == b"\\u0000" && backslashes().is_multiple_of(2)
    })
}

fn json_problem(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let pointer = pointer(error.path());
    let error = error.into_inner();
    if error.is_data() { invalid_body(&pointer, &error.to_string()) } else { malformed(&error) }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed-body", "The body is not JSON").detail(error)
}

fn invalid_body(pointer: &str, detail: &str) -> Problem {
    Problem::from(emart_types::Invalid::field(pointer, detail))
}

/// A serde path as a JSON Pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => {
            format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Line {
        #[expect(dead_code, reason = "only its type matters here")]
        quantity: u32,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Cart {
        #[expect(dead_code, reason = "only its type matters here")]
        lines: Vec<Line>,
    }

    async fn refused(content_type: &str, body: &'static str) -> Problem {
        let request = Request::builder()
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body))
            .unwrap();
        Json::<Cart>::from_request(request, &()).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_wrong_field_is_pointed_at() {
        let problem =
            refused("application/json", r#"{"lines":[{"quantity":1},{"quantity":"x"}]}"#).await;
        assert_eq!(problem.status, 422);
        assert_eq!(problem.errors[0].pointer, "/lines/1/quantity");
    }

    #[tokio::test]
    async fn a_list_is_no_object() {
        let problem = refused("application/json", "[]").await;
        assert_eq!((problem.status, &*problem.errors[0].pointer), (422, ""));
        let problem = refused("application/json", r#"{"lines":[[1]]}"#).await;
        assert_eq!(problem.errors[0].pointer, "/lines/0");
    }

    #[tokio::test]
    async fn what_is_no_json_is_a_400_and_another_type_a_415() {
        assert_eq!(refused("application/json", "{").await.status, 400);
        assert_eq!(refused("application/json", r#"{"lines":[]} x"#).await.status, 400);
        assert_eq!(refused("text/plain", "{}").await.status, 415);
    }

    #[tokio::test]
    async fn no_text_with_a_nul_character_comes_in() {
        assert_eq!(refused("application/json", r#"{"lines":[],"x":"a\u0000"}"#).await.status, 422);
        assert!(!has_nul_escape(br#""a\\u0000""#));
    }

    #[test]
    fn backslashes_without_end_are_looked_through_once() {
        let began = std::time::Instant::now();
        assert!(!has_nul_escape(&[b'\\'; 1 << 20]));
        assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
