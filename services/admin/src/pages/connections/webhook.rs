//! A webhook: added, changed, tried, given another secret, deleted.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Form, Path};
use emart_notifications_api::{
    NewWebhook, NewWebhookSecret, Webhook, WebhookEvent, WebhookId, WebhookPatch,
};
use serde::Deserialize;

use super::deliveries;
use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, Choice, Field, Problems};
use crate::frame::{self, Frame};
use crate::pages::confirm::Confirm;
use crate::table::{Pager, Table};
use crate::visitor::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "connections/webhook.html", whitespace = "minimize")]
struct Editor {
    frame: Frame,
    problems: Problems,
    fields: Vec<Field>,
    version: i64,
    /// One that is there already; new ones have none of it.
    there: Option<There>,
}

struct There {
    path: String,
    /// Shown this once.
    secret: Option<String>,
    secret_ends_with: String,
    old_until: Option<String>,
    /// What is to be known of its state.
    warning: Option<String>,
    log: Table,
    pager: Pager,
}

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    version: i64,
    url: String,
    description: String,
    events: Vec<String>,
    enabled: bool,
}

impl Sent {
    fn of(webhook: &Webhook) -> Self {
        Self {
            version: webhook.version,
            url: webhook.url.clone(),
            description: webhook.description.clone(),
            events: webhook.events.iter().map(ToString::to_string).collect(),
            enabled: webhook.enabled,
        }
    }

    fn events(&self) -> Vec<WebhookEvent> {
        self.events.iter().filter_map(|event| event.parse().ok()).collect()
    }

    fn fields(&self, problems: &Problems) -> Vec<Field> {
        let choice = |event: &WebhookEvent| {
            let label = format!("{event}: {}", event.means());
            let on = self.events.iter().any(|chosen| chosen == event.as_str());
            Choice::new(event.as_str(), &label, on)
        };
        let by_itself = |event: &&WebhookEvent| **event != WebhookEvent::WebhookTest;
        let events = WebhookEvent::ALL.iter().filter(by_itself).map(choice).collect();
        let fields = [
            forms::text("url", "Address", 2000)
                .input("url")
                .value(&*self.url)
                .hint("Where a POST goes, such as https://example.com/hook."),
            forms::text("description", "What it is for", 200).value(&*self.description).optional(),
            forms::checks("events", "What it is told of", events),
            forms::check("enabled", "It is on", self.enabled),
        ];
        fields.map(|field| field.told(problems)).into()
    }
}

fn path(id: &WebhookId) -> String {
    format!("/admin/connections/webhooks/{id}")
}

async fn found(admin: &Admin, id: &WebhookId) -> Result<Webhook, Error> {
    admin.clients.notifications.webhook(id).await?.ok_or(Error::NotFound)
}

/// `GET /admin/connections/webhooks/new`
pub(super) async fn blank(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let sent = Sent { enabled: true, ..Sent::default() };
    frame::html(&new(&admin, &visitor, &sent, Problems::default()).await)
}

async fn new(admin: &Admin, visitor: &Visitor, sent: &Sent, problems: Problems) -> Editor {
    let frame = admin.frame(visitor, "A new webhook").await;
    let frame = frame.back("/admin/connections", "Connections");
    Editor { frame, fields: sent.fields(&problems), problems, version: 0, there: None }
}

/// `POST /admin/connections/webhooks/new`
pub(super) async fn add(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let made = NewWebhook {
        url: sent.url.clone(),
        description: sent.description.clone(),
        events: sent.events(),
        enabled: sent.enabled,
    };
    match admin.clients.notifications.create_webhook(&made).await {
        Ok(made) => {
            let sent = Sent::of(&made.webhook);
            let page = (&made.webhook, Some(made.secret));
            frame::html(
                &editor(&admin, (&visitor, &asked), page, &sent, Problems::default()).await?,
            )
        }
        Err(error) => frame::again(&new(&admin, &visitor, &sent, form_problems(error)?).await),
    }
}

async fn editor(
    admin: &Admin,
    (visitor, asked): (&Visitor, &Asked),
    (webhook, secret): (&Webhook, Option<String>),
    sent: &Sent,
    problems: Problems,
) -> Result<Editor, Error> {
    let name = if webhook.description.is_empty() { "Webhook" } else { &webhook.description };
    let frame = admin.frame(visitor, name).await.back("/admin/connections", "Connections");
    let since = |at| words::ago(at, admin.clock.now());
    let warning = match (&webhook.off_because, webhook.failing_since) {
        (Some(why), _) => Some(format!("It was turned off: {why}.")),
        (None, Some(at)) => Some(format!("Nothing has gone through since {}.", since(at))),
        (None, None) => None,
    };
    let (log, pager) = deliveries::log(admin, webhook, asked).await?;
    let there = There {
        path: path(&webhook.id),
        secret,
        secret_ends_with: webhook.secret_ends_with.clone(),
        old_until: webhook
            .old_secret_until
            .filter(|until| *until > admin.clock.now())
            .map(words::date_time),
        warning,
        log,
        pager,
    };
    Ok(Editor {
        frame: frame.badge(super::state(webhook)),
        fields: sent.fields(&problems),
        problems,
        version: sent.version,
        there: Some(there),
    })
}

/// `GET /admin/connections/webhooks/{id}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
    Path(id): Path<WebhookId>,
) -> Result<Response, Error> {
    let webhook = found(&admin, &id).await?;
    let sent = Sent::of(&webhook);
    let page = (&webhook, None);
    frame::html(&editor(&admin, (&visitor, &asked), page, &sent, Problems::default()).await?)
}

/// `POST /admin/connections/webhooks/{id}`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
    Path(id): Path<WebhookId>,
    Form(mut sent): Form<Sent>,
) -> Result<Response, Error> {
    let patch = WebhookPatch {
        url: Some(sent.url.clone()),
        description: Some(sent.description.clone()),
        events: Some(sent.events()),
        enabled: Some(sent.enabled),
    };
    match admin.clients.notifications.patch_webhook(&id, sent.version, &patch).await {
        Ok(_) => Ok(admin.done(&path(&id), "Saved.")),
        Err(error) => {
            let webhook = found(&admin, &id).await?;
            let problems = if is_conflict(&error) {
                // What is typed stays; saved once more, it goes over what is there.
                sent.version = webhook.version;
                let mut problems = Problems::default();
                problems.add("", "It has changed meanwhile. Save again to put yours over it");
                problems
            } else {
                form_problems(error)?
            };
            let page = (&webhook, None);
            frame::again(&editor(&admin, (&visitor, &asked), page, &sent, problems).await?)
        }
    }
}

/// `POST /admin/connections/webhooks/{id}/test`
pub(super) async fn test(
    State(admin): State<Admin>,
    Path(id): Path<WebhookId>,
) -> Result<Response, Error> {
    match admin.clients.notifications.try_webhook(&id).await {
        Ok(delivery) => {
            let to = format!("{}/deliveries/{}", path(&id), delivery.id);
            Ok(admin.done(&to, "A test is on its way."))
        }
        Err(error) => Ok(admin.failed(&path(&id), &refusal(error)?)),
    }
}

/// `POST /admin/connections/webhooks/{id}/secret`
pub(super) async fn secret(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
    Path(id): Path<WebhookId>,
) -> Result<Response, Error> {
    let new = NewWebhookSecret { old_valid_hours: 24 };
    match admin.clients.notifications.rotate_webhook_secret(&id, new).await {
        Ok(made) => {
            let sent = Sent::of(&made.webhook);
            let page = (&made.webhook, Some(made.secret));
            frame::html(
                &editor(&admin, (&visitor, &asked), page, &sent, Problems::default()).await?,
            )
        }
        Err(error) => Ok(admin.failed(&path(&id), &refusal(error)?)),
    }
}

/// Whether somebody has said that they are sure.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sure {
    sure: String,
}

/// `POST /admin/connections/webhooks/{id}/delete`
pub(super) async fn delete(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<WebhookId>,
    Form(sure): Form<Sure>,
) -> Result<Response, Error> {
    if sure.sure != "yes" {
        let webhook = found(&admin, &id).await?;
        return Confirm {
            frame: admin.frame(&visitor, "Delete this webhook?").await,
            text: "It is told nothing any more, and its log goes with it.".to_owned(),
            items: vec![webhook.url],
            action: format!("{}/delete", path(&id)),
            hidden: Vec::new(),
            button: "Delete the webhook".to_owned(),
            back: path(&id),
        }
        .page();
    }
    match admin.clients.notifications.delete_webhook(&id).await {
        Ok(()) => Ok(admin.done("/admin/connections", "The webhook is deleted.")),
        Err(error) => Ok(admin.failed(&path(&id), &refusal(error)?)),
    }
}
