//! Bodies: JSON, a form, a form with a file. What is none of these is no body at all.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header;

use crate::domain::fields::Fields;
use crate::domain::multipart;
use crate::error::{Error, unreadable};

/// The field that holds a product's picture.
const IMAGE: &str = "imageUrl";

/// The fields of a request's body.
pub(crate) struct Form(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            Error::Said(rejection.status(), "The body is too large or broke off".to_owned())
        })?;
        let fields = read(&kind, &body)?;
        if fields.has_nul() {
            Err(unreadable("The character U+0000 is not allowed"))
        } else {
            Ok(Self(fields))
        }
    }
}

fn read(kind: &str, body: &Bytes) -> Result<Fields, Error> {
    if let Some(boundary) = multipart::boundary(kind) {
        let broken = || unreadable("The form could not be read");
        return of_parts(multipart::parts(body, &boundary).ok_or_else(broken)?);
    }
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" if !body.is_empty() => {
            let json =
                serde_json::from_slice(body).map_err(|_| unreadable("The body is not JSON"))?;
            Ok(Fields::of_json(json))
        }
        "application/x-www-form-urlencoded" => {
            let mut fields = Fields::default();
            for (name, text) in url::form_urlencoded::parse(body) {
                fields.put(name.into_owned(), text.into_owned());
            }
            Ok(fields)
        }
        "multipart/form-data" => Err(unreadable("The form could not be read")),
        _ => Ok(Fields::default()),
    }
}

fn of_parts(parts: Vec<multipart::Part>) -> Result<Fields, Error> {
    let mut fields = Fields::default();
    for part in parts {
        if part.is_file {
            // A form whose file was not chosen sends an empty one.
            if part.name == IMAGE && !part.content.is_empty() {
                fields.image = Some(part.content);
            }
        } else {
            let text = std::str::from_utf8(&part.content)
                .map_err(|_| unreadable("The form is not UTF-8"))?;
            fields.put(part.name, text.to_owned());
        }
    }
    Ok(fields)
}
