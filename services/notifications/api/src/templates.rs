//! The templates of e-mails, as staff see and change them.

use emart_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a template says, or what came of it. Jinja, without anything that reads more than the e-mail's own data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateText {
    /// What stands in the list of an inbox; one line.
    #[schema(max_length = 65_536)]
    pub subject: String,
    /// As plain text.
    #[schema(max_length = 65_536)]
    pub text: String,
    /// As HTML. What is printed is escaped.
    #[schema(max_length = 65_536)]
    pub html: String,
}

/// A kind of e-mail in the list of templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmailTemplate {
    /// `order_confirmation`, `welcome`, …
    pub kind: String,
    /// What people call it.
    pub title: String,
    /// When it is written.
    pub when: String,
    /// Whether staff have changed it; otherwise the default is used.
    pub changed: bool,
    /// The ETag; 0 while it is the default.
    pub version: i64,
    /// When it was last changed.
    #[schema(required)]
    pub updated_at: Option<Timestamp>,
}

/// A template with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmailTemplateContent {
    /// Its head.
    #[serde(flatten)]
    pub template: EmailTemplate,
    /// What is used.
    pub content: TemplateText,
    /// What is used without a change.
    pub default: TemplateText,
    /// Sample data: what a template may print as `it.…`, beside `shop` and `url`.
    #[schema(value_type = Object)]
    pub sample: serde_json::Value,
}

/// Sends a template, filled with sample data, to an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestEmail {
    /// To whom.
    #[schema(max_length = 254)]
    pub to: String,
    /// The text to try; what is used if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<TemplateText>,
}
