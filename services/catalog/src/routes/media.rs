//! Pictures: staff bring them, everybody sees them.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use emart_catalog_api::Image;
use emart_http::{Caller, ETag, Json, Path, Permission, Problem};
use emart_types::Invalid;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::Catalog;
use crate::error::Error;
use crate::media::Refused;

/// The header of a picture's text.
const ALT: &str = "emart-image-alt";
/// The longest text.
pub(crate) const LONGEST_ALT: usize = 500;
/// The name holds the content's hash: the file never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Takes a picture in: the body is a PNG, JPEG or WebP file, whatever its `Content-Type` says. Needs `products:write`. The same
/// file with the same text again answers the same picture.
#[utoipa::path(post, path = "/api/v1/catalog/media", operation_id = "create_image", tag = "catalog",
    params(("emart-image-alt" = Option<String>, Header, description = "What the picture shows, in UTF-8; at most 500 characters")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Image), (status = "4XX", body = Problem)))]
pub(crate) async fn create_image(
    caller: Caller,
    State(catalog): State<Arc<Catalog>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    caller.require(Permission::ProductsWrite)?;
    let alt = alt(&headers)?;
    let picture = body.map_err(|_| Refused::TooManyBytes(catalog.media.most_bytes() >> 20))?;
    let image = catalog.take_picture(picture, &alt).await?;
    Ok((StatusCode::CREATED, Json(image)).into_response())
}

fn alt(headers: &HeaderMap) -> Result<String, Error> {
    let Some(value) = headers.get(ALT) else { return Ok(String::new()) };
    let invalid = |detail: &str| Error::from(Invalid::field("/emart-image-alt", detail));
    let alt = str::from_utf8(value.as_bytes()).map_err(|_| invalid("must be UTF-8"))?.trim();
    if alt.chars().count() > LONGEST_ALT {
        return Err(invalid("at most 500 characters"));
    }
    if alt.contains(char::is_control) {
        return Err(invalid("must be one line of text"));
    }
    Ok(alt.to_owned())
}

/// A picture's file.
#[utoipa::path(get, path = "/images/{name}", operation_id = "get_image", tag = "catalog",
    params(("name" = String, Path)),
    responses((status = 200, description = "the file", content_type = "image/webp", body = Vec<u8>), (status = 304),
        (status = "4XX", body = Problem)))]
pub(crate) async fn get_image(
    State(catalog): State<Arc<Catalog>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (format, file) = catalog.picture_file(&name).await?;
    let etag = ETag::new(&name);
    let kind = HeaderValue::from_static(format.content_type());
    let head = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::ETAG, etag.header()),
    ];
    if etag.is_known_to(&headers) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    Ok((head, file).into_response())
}
