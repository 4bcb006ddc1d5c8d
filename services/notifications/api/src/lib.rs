//! What others may know of `notifications`: its bodies, its events, its client.

#![warn(missing_docs)]

mod client;
mod events;
mod mail_server;
mod templates;
mod webhooks;

pub use client::Notifications;
pub use events::Audited;
pub use mail_server::{
    MailRoute, MailSecurity, MailServer, MailServerTested, PutMailServer, TestMailServer,
};
pub use templates::{EmailTemplate, EmailTemplateContent, TemplateText, TestEmail};
pub use webhooks::{
    Delivery, DeliveryContent, DeliveryId, DeliveryState, NewWebhook, NewWebhookSecret, Webhook,
    WebhookEvent, WebhookId, WebhookPatch, WebhookWithSecret,
};

use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// An e-mail.
    EmailId,
    "eml"
);

/// What became of an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmailState {
    /// Waiting to be handed over.
    Queued,
    /// Handed to the mail server, or put into the mailbox folder.
    Sent,
    /// Given up after the last try; `error` says why.
    Failed,
}

/// An e-mail in the list. Staff only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Email {
    /// The e-mail.
    pub id: EmailId,
    /// `order_confirmation`, `welcome`, `confirm_address`, `sign_in_alert`, …
    pub kind: String,
    /// To whom.
    pub to: String,
    /// What stands in the list of an inbox.
    pub subject: String,
    /// What became of it.
    pub state: EmailState,
    /// Tries so far.
    pub tries: u32,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was handed over.
    pub sent_at: Option<Timestamp>,
    /// The order it is about.
    #[serde(default)]
    #[schema(required)]
    pub order_id: Option<String>,
}

/// An e-mail with its text. Staff only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EmailContent {
    /// Its head.
    #[serde(flatten)]
    pub email: Email,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// Whose e-mails are wanted, to be handed to them. Internal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalEmailsQuery {
    /// Those to this address.
    pub to: Option<String>,
    /// Those about these orders, wherever they went: at most 500.
    pub order_ids: Vec<String>,
}
