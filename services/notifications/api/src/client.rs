//! How others call `notifications`.

use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    Delivery, DeliveryContent, DeliveryId, Email, EmailContent, EmailId, EmailTemplate,
    EmailTemplateContent, MailServer, MailServerTested, NewWebhook, NewWebhookSecret,
    PersonalEmailsQuery, PutMailServer, TemplateText, TestEmail, TestMailServer, Webhook,
    WebhookId, WebhookPatch, WebhookWithSecret,
};

const EMAILS: &str = "/api/v1/notifications/emails";
const TEMPLATES: &str = "/api/v1/notifications/templates";
const WEBHOOKS: &str = "/api/v1/notifications/webhooks";
const MAIL_SERVER: &str = "/api/v1/notifications/mail-server";

/// A typed handle to `notifications`.
#[derive(Clone, Debug)]
pub struct Notifications(pub Peer);

fn version(version: i64) -> String {
    format!("\"{version}\"")
}

impl Notifications {
    /// E-mails, newest first; `query` takes `limit`, `cursor`, `to` and `order`.
    pub async fn emails(&self, query: &str) -> Result<Page<Email>, CallError> {
        Call::get(&self.0, EMAILS).query(query).send().await
    }

    /// An e-mail with its text.
    pub async fn email(&self, id: &EmailId) -> Result<Option<EmailContent>, CallError> {
        Call::get(&self.0, format!("{EMAILS}/{id}")).optional().await
    }

    /// The e-mails to a person or about their orders, with their text, for those who may change customers. Internal.
    pub async fn personal_emails(
        &self,
        query: &PersonalEmailsQuery,
    ) -> Result<Vec<EmailContent>, CallError> {
        Call::post(&self.0, "/internal/notifications/personal-data").json(query).send().await
    }

    /// Sends an e-mail again.
    pub async fn resend_email(&self, id: &EmailId) -> Result<Email, CallError> {
        Call::post(&self.0, format!("{EMAILS}/{id}/resends")).send().await
    }

    /// All templates.
    pub async fn email_templates(&self) -> Result<Page<EmailTemplate>, CallError> {
        Call::get(&self.0, TEMPLATES).send().await
    }

    /// A template with its text.
    pub async fn email_template(
        &self,
        kind: &str,
    ) -> Result<Option<EmailTemplateContent>, CallError> {
        Call::get(&self.0, format!("{TEMPLATES}/{kind}")).optional().await
    }

    /// Changes a template that is still of this version.
    pub async fn put_email_template(
        &self,
        kind: &str,
        seen: i64,
        content: &TemplateText,
    ) -> Result<EmailTemplateContent, CallError> {
        let call = Call::put(&self.0, format!("{TEMPLATES}/{kind}"));
        call.header("if-match", &version(seen)).json(content).send().await
    }

    /// Goes back to the default template.
    pub async fn reset_email_template(
        &self,
        kind: &str,
    ) -> Result<EmailTemplateContent, CallError> {
        Call::delete(&self.0, format!("{TEMPLATES}/{kind}")).send().await
    }

    /// What a text would make of sample data.
    pub async fn preview_email_template(
        &self,
        kind: &str,
        content: &TemplateText,
    ) -> Result<TemplateText, CallError> {
        Call::post(&self.0, format!("{TEMPLATES}/{kind}/previews")).json(content).send().await
    }

    /// Sends a template, filled with sample data, to an address.
    pub async fn try_email_template(
        &self,
        kind: &str,
        test: &TestEmail,
    ) -> Result<Email, CallError> {
        Call::post(&self.0, format!("{TEMPLATES}/{kind}/tests")).json(test).send().await
    }

    /// The mail server in use.
    pub async fn mail_server(&self) -> Result<MailServer, CallError> {
        Call::get(&self.0, MAIL_SERVER).send().await
    }

    /// Sets the mail server, if it is still of this version.
    pub async fn put_mail_server(
        &self,
        seen: i64,
        put: &PutMailServer,
    ) -> Result<MailServer, CallError> {
        let call = Call::put(&self.0, MAIL_SERVER).header("if-match", &version(seen));
        call.json(put).send().await
    }

    /// Goes back to the mail server of the settings file.
    pub async fn reset_mail_server(&self) -> Result<MailServer, CallError> {
        Call::delete(&self.0, MAIL_SERVER).send().await
    }

    /// Sends an e-mail through the mail server in use.
    pub async fn try_mail_server(
        &self,
        test: &TestMailServer,
    ) -> Result<MailServerTested, CallError> {
        Call::post(&self.0, format!("{MAIL_SERVER}/tests")).json(test).send().await
    }

    /// Webhooks, newest first; `query` takes `limit` and `cursor`.
    pub async fn webhooks(&self, query: &str) -> Result<Page<Webhook>, CallError> {
        Call::get(&self.0, WEBHOOKS).query(query).send().await
    }

    /// A webhook.
    pub async fn webhook(&self, id: &WebhookId) -> Result<Option<Webhook>, CallError> {
        Call::get(&self.0, format!("{WEBHOOKS}/{id}")).optional().await
    }

    /// Adds a webhook; the only answer with its secret.
    pub async fn create_webhook(&self, new: &NewWebhook) -> Result<WebhookWithSecret, CallError> {
        Call::post(&self.0, WEBHOOKS).json(new).send().await
    }

    /// Changes a webhook that is still of this version.
    pub async fn patch_webhook(
        &self,
        id: &WebhookId,
        seen: i64,
        patch: &WebhookPatch,
    ) -> Result<Webhook, CallError> {
        let call = Call::patch(&self.0, format!("{WEBHOOKS}/{id}"));
        call.header("if-match", &version(seen)).json(patch).send().await
    }

    /// Gives a webhook another secret.
    pub async fn rotate_webhook_secret(
        &self,
        id: &WebhookId,
        new: NewWebhookSecret,
    ) -> Result<WebhookWithSecret, CallError> {
        Call::post(&self.0, format!("{WEBHOOKS}/{id}/secrets")).json(&new).send().await
    }

    /// Deletes a webhook.
    pub async fn delete_webhook(&self, id: &WebhookId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("{WEBHOOKS}/{id}")).done().await
    }

    /// Sends a `webhook.test`.
    pub async fn try_webhook(&self, id: &WebhookId) -> Result<Delivery, CallError> {
        Call::post(&self.0, format!("{WEBHOOKS}/{id}/tests")).send().await
    }

    /// A webhook's deliveries, newest first; `query` takes `limit` and `cursor`.
    pub async fn deliveries(
        &self,
        id: &WebhookId,
        query: &str,
    ) -> Result<Page<Delivery>, CallError> {
        Call::get(&self.0, format!("{WEBHOOKS}/{id}/deliveries")).query(query).send().await
    }

    /// A delivery with what is sent.
    pub async fn delivery(
        &self,
        id: &WebhookId,
        delivery: &DeliveryId,
    ) -> Result<Option<DeliveryContent>, CallError> {
        let path = format!("{WEBHOOKS}/{id}/deliveries/{delivery}");
        Call::get(&self.0, path).optional().await
    }

    /// Sends a delivery again.
    pub async fn replay_delivery(
        &self,
        id: &WebhookId,
        delivery: &DeliveryId,
    ) -> Result<Delivery, CallError> {
        let path = format!("{WEBHOOKS}/{id}/deliveries/{delivery}/replays");
        Call::post(&self.0, path).send().await
    }
}
