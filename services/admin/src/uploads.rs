//! Forms that bring a file.

use axum::extract::Multipart;
use bytes::Bytes;
use emart_http::Problem;
use emart_mesh::CallError;
use http::StatusCode;

use crate::error::Error;
use crate::sent::Sent;

/// What a form with a file sent.
#[derive(Default)]
pub(crate) struct Upload {
    pub(crate) fields: Sent,
    /// The files, in order; the first is `file`.
    pub(crate) files: Vec<(String, Bytes)>,
    pub(crate) file_name: String,
    /// Empty when none was chosen.
    pub(crate) file: Bytes,
}

/// Reads a form with files; how large they may be, the route says.
pub(crate) async fn upload(mut form: Multipart) -> Result<Upload, Error> {
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(ToOwned::to_owned) {
            Some(file_name) => {
                let file = field.bytes().await.map_err(unreadable)?;
                if !file.is_empty() {
                    upload.files.push((file_name, file));
                }
            }
            None => upload.fields.0.push((name, field.text().await.map_err(unreadable)?)),
        }
    }
    if let Some((name, file)) = upload.files.first() {
        (upload.file_name, upload.file) = (name.clone(), file.clone());
    }
    Ok(upload)
}

#[expect(clippy::needless_pass_by_value, reason = "it is the function of a `map_err`")]
fn unreadable(error: axum::extract::multipart::MultipartError) -> Error {
    let (status, slug, title) = match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The file is too large")
        }
        _ => (StatusCode::BAD_REQUEST, "malformed-body", "The form could not be read"),
    };
    let problem = Problem::new(status, slug, title).detail("try again, or with a smaller file");
    Error::Call(CallError::Problem(Box::new(problem)))
}
