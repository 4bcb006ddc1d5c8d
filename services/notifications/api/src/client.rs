//! How others call `notifications`.

use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{Email, EmailContent, EmailId};

/// A typed handle to `notifications`.
#[derive(Clone, Debug)]
pub struct Notifications(pub Peer);

impl Notifications {
    /// E-mails, newest first; `query` takes `limit`, `cursor` and `to`.
    pub async fn emails(&self, query: &str) -> Result<Page<Email>, CallError> {
        Call::get(&self.0, "/api/v1/notifications/emails").query(query).send().await
    }

    /// An e-mail with its text.
    pub async fn email(&self, id: &EmailId) -> Result<Option<EmailContent>, CallError> {
        Call::get(&self.0, format!("/api/v1/notifications/emails/{id}")).optional().await
    }
}
