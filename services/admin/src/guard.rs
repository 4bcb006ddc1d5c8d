//! The outermost layer: who may come in at all, and what a problem document looks like to a person.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::{Context, Problem, Role};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERER};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::{BodyExt, Limited};

use crate::flash;
use crate::pages::error::{ErrorPage, Stranger};
use crate::visitor::{Visitor, wants_json};
use crate::{Admin, frame};

/// Lets in who works here, and shows them pages where scripts get problems.
pub(crate) async fn guard(State(admin): State<Admin>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/admin/static/") {
        return next.run(request).await;
    }
    let context = Context::of(request.extensions(), request.headers());
    let visitor =
        Visitor { caller: context.caller().clone(), path, headers: request.headers().clone() };
    let script = wants_json(&visitor.headers);
    match visitor.caller.role() {
        Role::Guest if script => return Problem::unauthorized().into_response(),
        Role::Guest => return unkept(sign_in(&admin, &request)),
        Role::Customer if script => return Problem::forbidden().into_response(),
        Role::Customer => return unkept(stranger(&admin)),
        Role::Staff | Role::Admin => {}
    }
    let brought = flash::brought(&visitor.headers).is_some();
    let response = next.run(request).await;
    let mut response = if is_problem(response.headers()) && !script {
        context.scope(page(&admin, &visitor, response)).await
    } else {
        response
    };
    if brought && is_page(response.headers()) {
        admin.forget_flash(response.headers_mut());
    }
    response
}

/// To the shop's sign-in, and back afterwards: to the page, or for a form to the page it is on.
fn sign_in(admin: &Admin, request: &Request) -> Response {
    let asked = request.uri().path_and_query().map_or("/admin", |path| path.as_str());
    let next = if matches!(*request.method(), Method::GET | Method::HEAD) {
        asked
    } else {
        came_from(request.headers()).unwrap_or("/admin")
    };
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    Redirect::to(&format!("{}/sign-in?next={next}", admin.config.shop_path())).into_response()
}

/// The page of the back office that a form is on.
fn came_from(headers: &HeaderMap) -> Option<&str> {
    let from = headers.get(REFERER)?.to_str().ok()?;
    let (_, place) = from.split_once("://")?;
    let path = &place[place.find('/')?..];
    path.starts_with("/admin").then_some(path)
}

/// What somebody sees who is signed in and does not work here.
fn stranger(admin: &Admin) -> Response {
    let page = Stranger {
        shop: &admin.config.shop_name,
        shop_path: admin.config.shop_path(),
        assets: &crate::assets::ASSETS,
    };
    match frame::html(&page) {
        Ok(mut response) => {
            *response.status_mut() = StatusCode::FORBIDDEN;
            response
        }
        Err(error) => error.into_response(),
    }
}

fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value == "application/problem+json")
}

fn is_page(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

async fn page(admin: &Admin, visitor: &Visitor, response: Response) -> Response {
    let (head, body) = response.into_parts();
    let problem = read(body).await;
    let (title, text) = words(head.status);
    let (detail, request_id) = problem.map_or_else(Default::default, |problem| {
        (problem.detail.unwrap_or_default(), problem.instance.unwrap_or_default())
    });
    // What a service says about a bad request helps; about anything else the words here say it.
    let detail = if head.status.is_client_error() && !detail.is_empty() {
        crate::error::sentence(&detail)
    } else {
        String::new()
    };
    let page = ErrorPage {
        frame: admin.frame(visitor, title).await,
        text,
        detail,
        again: head.status.is_server_error(),
        request_id: if head.status.is_server_error() { request_id } else { String::new() },
    };
    let mut response = match frame::html(&page) {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    *response.status_mut() = head.status;
    for name in [http::header::RETRY_AFTER, http::header::ALLOW] {
        if let Some(value) = head.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

async fn read(body: Body) -> Option<Problem> {
    let bytes = Limited::new(body, 64 << 10).collect().await.ok()?.to_bytes();
    serde_json::from_slice(&bytes).ok()
}

fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => {
            ("There is nothing here", "It may have been deleted, or the link is old or mistyped.")
        }
        StatusCode::FORBIDDEN => (
            "You may not do this",
            "Your account does not have the permission. Ask an administrator of the shop if you need it.",
        ),
        StatusCode::UNAUTHORIZED => ("You are signed out", "Sign in again to go on."),
        StatusCode::TOO_MANY_REQUESTS => (
            "One moment, please",
            "There were too many requests in a short time. Please wait a little and try again.",
        ),
        StatusCode::PRECONDITION_FAILED | StatusCode::CONFLICT => (
            "Somebody was faster",
            "It has changed meanwhile. Go back, look at it again and repeat what you did.",
        ),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT | StatusCode::BAD_GATEWAY => {
            (
                "A part of the shop does not answer",
                "The service behind this page is away at the moment. Nothing is lost; try again in a minute, or look at System.",
            )
        }
        status if status.is_client_error() => {
            ("That did not come through", "Please go back, look at what was sent and try again.")
        }
        _ => (
            "Something went wrong here",
            "It is not your fault, and it has been noted. Please try again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_back_office_are_come_back_to() {
        for (from, path) in [
            ("https://shop.example/admin/orders?q=1", Some("/admin/orders?q=1")),
            ("https://shop.example/cart", None),
            ("nonsense", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(REFERER, HeaderValue::from_static(from));
            assert_eq!(came_from(&headers), path);
        }
    }
}
