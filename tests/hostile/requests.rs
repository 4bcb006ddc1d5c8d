//! Requests out of operations: filled in as the document asks.

use std::sync::atomic::{AtomicU32, Ordering};

use url::form_urlencoded::byte_serialize;

use crate::api::{Api, Operation, Parameter};
use crate::asker::Request;
use crate::pool::Pool;
use crate::values::{Maker, Style, text};

/// Counts idempotency keys: no two requests are the same one.
static KEYS: AtomicU32 = AtomicU32::new(0);

pub(crate) fn get(path: &str) -> Request {
    Request { method: "GET".to_owned(), path: path.to_owned(), ..Request::default() }
}

/// A request there is nothing wrong with, as far as the document says.
pub(crate) fn good(api: &Api, operation: &Operation, pool: &Pool, style: Style) -> Request {
    let mut maker = Maker::new(api, 1, style);
    let mut request = bare(&mut maker, operation, pool);
    if let Some(body) = operation.json() {
        request.body = text(&maker.value(pool, "", &body.schema)).into();
    }
    request
}

/// Without a body.
pub(crate) fn bare(maker: &mut Maker<'_>, operation: &Operation, pool: &Pool) -> Request {
    let mut request = get(&operation.path);
    request.method.clone_from(&operation.method);
    for parameter in operation.parameters("path") {
        let value = maker.value(pool, &parameter.name, &parameter.schema);
        let value: String = byte_serialize(value.as_str().unwrap_or("1").as_bytes()).collect();
        request.path = filled(&request.path, parameter, &value);
    }
    for parameter in operation.parameters("query").filter(|parameter| parameter.required) {
        let value = maker.value(pool, &parameter.name, &parameter.schema);
        let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let value: String = byte_serialize(value.as_bytes()).collect();
        let mark = if request.path.contains('?') { '&' } else { '?' };
        request.path.push_str(&format!("{mark}{}={value}", parameter.name));
    }
    for header in operation.parameters("header").filter(|header| header.required) {
        request = request.with(&header.name, &required_header(&header.name));
    }
    match &operation.body {
        Some(body) => request.with("content-type", &body.content_type),
        None => request,
    }
}

fn required_header(name: &str) -> String {
    match name {
        // Any version will do: what is changed here is nobody's work.
        "If-Match" | "if-match" => "*".to_owned(),
        _ => format!("k{}", KEYS.fetch_add(1, Ordering::Relaxed)),
    }
}

/// A path with a parameter's value in its place.
pub(crate) fn filled(path: &str, parameter: &Parameter, value: &str) -> String {
    path.replace(&format!("{{{}}}", parameter.name), value)
}
