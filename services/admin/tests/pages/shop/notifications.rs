//! The faked notifications: one webhook with a delivery, one template, no mail server.

use axum::Router;
use axum::routing::{get, post};
use emart_http::{Json, Page, Problem};
use emart_notifications_api::{
    Delivery, DeliveryState, EmailTemplate, EmailTemplateContent, MailRoute, MailServer,
    NewWebhook, TemplateText, Webhook, WebhookEvent, WebhookWithSecret,
};
use emart_types::{Invalid, Timestamp};
use http::StatusCode;

use super::HOSTILE;

pub(crate) const WEBHOOK: &str = "whk_00000000000000000000000001";
pub(crate) const SECRET: &str = "whsec_c2VjcmV0";

pub(super) fn notifications() -> Router {
    let of = |rest: &str| format!("/api/v1/notifications/{rest}");
    Router::new()
        .route(&of("webhooks"), get(webhooks).post(create))
        .route(&of("webhooks/{id}"), get(|| async { Json(webhook()) }))
        .route(&of("webhooks/{id}/deliveries"), get(deliveries))
        .route(&of("templates"), get(templates))
        .route(&of("templates/{kind}"), get(|| async { Json(template()) }).put(put))
        .route(&of("templates/{kind}/previews"), post(|body: Json<TemplateText>| async { body }))
        .route(&of("mail-server"), get(mail_server))
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_400_000_000)
}

fn webhook() -> Webhook {
    Webhook {
        id: WEBHOOK.parse().unwrap(),
        url: "https://example.com/hook".to_owned(),
        description: HOSTILE.to_owned(),
        events: vec![WebhookEvent::OrderPlaced],
        enabled: true,
        off_because: None,
        failing_since: Some(at()),
        secret_ends_with: "JldA=".to_owned(),
        old_secret_until: None,
        version: 3,
        created_at: at(),
        updated_at: at(),
    }
}

async fn webhooks() -> Json<Page<Webhook>> {
    Json(Page { items: vec![webhook()], next_cursor: None })
}

async fn create(
    Json(new): Json<NewWebhook>,
) -> Result<(StatusCode, Json<WebhookWithSecret>), Problem> {
    if !new.url.starts_with("https://") {
        return Err(Invalid::field("/url", "must begin with https://").into());
    }
    let made = WebhookWithSecret { webhook: webhook(), secret: SECRET.to_owned() };
    Ok((StatusCode::CREATED, Json(made)))
}

async fn deliveries() -> Json<Page<Delivery>> {
    let delivery = Delivery {
        id: "dlv_00000000000000000000000001".parse().unwrap(),
        webhook_id: WEBHOOK.parse().unwrap(),
        message_id: "evt_1".to_owned(),
        event: WebhookEvent::OrderPlaced,
        state: DeliveryState::Failed,
        tries: 10,
        status: Some(500),
        answer: Some(HOSTILE.to_owned()),
        error: Some("it answers 500".to_owned()),
        took_ms: Some(12),
        next_try_at: None,
        created_at: at(),
        tried_at: Some(at()),
    };
    Json(Page { items: vec![delivery], next_cursor: None })
}

fn head() -> EmailTemplate {
    EmailTemplate {
        kind: "welcome".to_owned(),
        title: "Welcome".to_owned(),
        when: "Somebody has an account now.".to_owned(),
        changed: false,
        version: 0,
        updated_at: None,
    }
}

fn template() -> EmailTemplateContent {
    let content = TemplateText {
        subject: "Welcome".to_owned(),
        text: "Hello".to_owned(),
        html: "<p>{{ it.name }}</p></textarea><script>x()</script>".to_owned(),
    };
    let sample = serde_json::json!({"name": "Ada"});
    EmailTemplateContent { template: head(), default: content.clone(), content, sample }
}

async fn templates() -> Json<Page<EmailTemplate>> {
    Json(Page { items: vec![head()], next_cursor: None })
}

async fn put(Json(text): Json<TemplateText>) -> Result<Json<EmailTemplateContent>, Problem> {
    if text.html.contains("{% if %}") {
        return Err(Invalid::field("/html", "line 2: unexpected end of block").into());
    }
    Ok(Json(template()))
}

async fn mail_server() -> Json<MailServer> {
    Json(MailServer {
        route: MailRoute::Mailbox,
        host: None,
        port: None,
        security: None,
        username: None,
        has_password: false,
        from: "E-Mart <shop@localhost>".to_owned(),
        version: 0,
    })
}
