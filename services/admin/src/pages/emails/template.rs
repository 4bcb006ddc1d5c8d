//! A template: changed, looked at with sample data, sent to oneself, put back.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{Form, Path};
use emart_notifications_api::{EmailTemplateContent, TemplateText, TestEmail};
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Deserialize;

use super::POLICY;
use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, Field, Problems};
use crate::frame::{self, Frame};
use crate::pages::conflict::{Conflict, Versions};
use crate::pages::content::framed;
use crate::view::{Badge, Tone};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "emails/template.html", whitespace = "minimize")]
struct Editor {
    frame: Frame,
    problems: Problems,
    fields: Vec<Field>,
    version: i64,
    path: String,
    changed: bool,
    sample: String,
    to: String,
}

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    version: i64,
    subject: String,
    text: String,
    html: String,
    /// Where a test goes.
    to: String,
}

impl Sent {
    fn of(template: &EmailTemplateContent) -> Self {
        let content = template.content.clone();
        Self {
            version: template.template.version,
            subject: content.subject,
            text: content.text,
            html: content.html,
            to: String::new(),
        }
    }

    fn content(&self) -> TemplateText {
        let (subject, text, html) = (self.subject.clone(), self.text.clone(), self.html.clone());
        TemplateText { subject, text, html }
    }

    fn fields(&self, problems: &Problems) -> Vec<Field> {
        let fields = [
            forms::text("subject", "Subject", 0).value(&*self.subject),
            forms::area("html", "HTML", 0, 18)
                .value(&*self.html)
                .hint("What is printed with {{ … }} is escaped."),
            forms::area("text", "Plain text", 0, 12)
                .value(&*self.text)
                .hint("For readers of mail without HTML."),
        ];
        fields.map(|field| field.told(problems)).into()
    }
}

fn path(kind: &str) -> String {
    format!("/admin/emails/templates/{kind}")
}

async fn found(admin: &Admin, kind: &str) -> Result<EmailTemplateContent, Error> {
    let plain = kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !plain {
        return Err(Error::NotFound);
    }
    admin.clients.notifications.email_template(kind).await?.ok_or(Error::NotFound)
}

async fn editor(
    admin: &Admin,
    visitor: &Visitor,
    template: &EmailTemplateContent,
    sent: &Sent,
    problems: Problems,
) -> Editor {
    let head = &template.template;
    let mut frame = admin.frame(visitor, &*head.title).await;
    frame = frame.back("/admin/emails", "E-mails").note(&*head.when);
    if head.changed {
        frame = frame.badge(Badge::new(Tone::Info, "Yours"));
    }
    let to = if sent.to.is_empty() { frame.who.email.clone() } else { sent.to.clone() };
    Editor {
        fields: sent.fields(&problems),
        frame,
        problems,
        version: sent.version,
        path: path(&head.kind),
        changed: head.changed,
        sample: serde_json::to_string_pretty(&template.sample).unwrap_or_default(),
        to,
    }
}

/// `GET /admin/emails/templates/{kind}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(kind): Path<String>,
) -> Result<Response, Error> {
    let template = found(&admin, &kind).await?;
    let sent = Sent::of(&template);
    frame::html(&editor(&admin, &visitor, &template, &sent, Problems::default()).await)
}

/// `POST /admin/emails/templates/{kind}`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(kind): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let template = found(&admin, &kind).await?;
    let notifications = &admin.clients.notifications;
    match notifications.put_email_template(&kind, sent.version, &sent.content()).await {
        Ok(_) => Ok(admin.done(&path(&kind), "Saved. The next e-mail is written with it.")),
        Err(error) if is_conflict(&error) => conflict(&admin, &visitor, &template, &sent).await,
        Err(error) => {
            let problems = form_problems(error)?;
            frame::again(&editor(&admin, &visitor, &template, &sent, problems).await)
        }
    }
}

async fn conflict(
    admin: &Admin,
    visitor: &Visitor,
    theirs: &EmailTemplateContent,
    mine: &Sent,
) -> Result<Response, Error> {
    let there = Sent::of(theirs);
    let path = path(&theirs.template.kind);
    let frame = admin.frame(visitor, "Somebody was faster").await;
    let versions = vec![
        Versions::new("Subject", &*mine.subject, &*there.subject),
        Versions::new("HTML", &*mine.html, &*there.html),
        Versions::new("Plain text", &*mine.text, &*there.text),
    ];
    let hidden = [
        ("version", there.version.to_string()),
        ("subject", mine.subject.clone()),
        ("html", mine.html.clone()),
        ("text", mine.text.clone()),
    ];
    let hidden = hidden.map(|(name, value)| (name.to_owned(), value)).into();
    Conflict { frame, versions, action: path.clone(), hidden, back: path }.page()
}

/// `POST /admin/emails/templates/{kind}/preview`: the HTML made of sample data, in a frame.
pub(super) async fn preview(
    State(admin): State<Admin>,
    Path(kind): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    found(&admin, &kind).await?;
    let notifications = &admin.clients.notifications;
    let html = match notifications.preview_email_template(&kind, &sent.content()).await {
        Ok(content) => content.html,
        Err(error) => {
            let problems = form_problems(error)?.0;
            let lines = problems.iter().map(|problem| {
                format!("<li>{}: {}</li>", escaped(&problem.field), escaped(&problem.text))
            });
            format!("<!doctype html><title>Preview</title><ul>{}</ul>", lines.collect::<String>())
        }
    };
    Ok(shown(html))
}

/// An e-mail's HTML as a page for a frame.
pub(super) fn shown(html: String) -> Response {
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    framed((kind, html).into_response(), POLICY)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `POST /admin/emails/templates/{kind}/test`
pub(super) async fn test(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(kind): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let template = found(&admin, &kind).await?;
    let test = TestEmail { to: sent.to.clone(), content: Some(sent.content()) };
    match admin.clients.notifications.try_email_template(&kind, &test).await {
        Ok(email) => {
            // The text stays as it was typed: a test saves nothing.
            let mut page = editor(&admin, &visitor, &template, &sent, Problems::default()).await;
            let text = format!("On its way to {}. Nothing is saved yet.", email.to);
            page.frame.flash = Some(crate::flash::Flash { text, bad: false });
            frame::html(&page)
        }
        Err(error) => {
            let problems = form_problems(error)?;
            frame::again(&editor(&admin, &visitor, &template, &sent, problems).await)
        }
    }
}

/// `POST /admin/emails/templates/{kind}/reset`
pub(super) async fn reset(
    State(admin): State<Admin>,
    Path(kind): Path<String>,
) -> Result<Response, Error> {
    found(&admin, &kind).await?;
    match admin.clients.notifications.reset_email_template(&kind).await {
        Ok(_) => Ok(admin.done(&path(&kind), "The default is used again.")),
        Err(error) => Ok(admin.failed(&path(&kind), &refusal(error)?)),
    }
}
