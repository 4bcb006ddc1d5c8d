//! Staff look at what was written, and send it again.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{AuditRecord, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query};
use emart_notifications_api::{
    Audited, Email, EmailContent, EmailId, PersonalEmailsQuery, TemplateText,
};
use http::StatusCode;
use serde::Deserialize;

use crate::Notifications;
use crate::compose::Draft;
use crate::compose::kinds::Kind;
use crate::error::Error;
use crate::store::emails::{self, Filter};

/// Which e-mails to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EmailQuery {
    /// Only those to this address.
    #[param(max_length = 254)]
    to: Option<String>,
    /// Only those about this order.
    #[param(max_length = 64)]
    order: Option<String>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// E-mails, newest first. Those about an order are for whoever sees orders, all others for whoever sees customers.
#[utoipa::path(get, path = "/api/v1/notifications/emails", operation_id = "list_emails",
    tag = "notifications", params(EmailQuery),
    responses((status = 200, body = Page<Email>), (status = "4XX", body = Problem)))]
pub(super) async fn list_emails(
    caller: Caller,
    State(notifications): State<Notifications>,
    Query(query): Query<EmailQuery>,
) -> Result<Json<Page<Email>>, Error> {
    let about_order = query.order.is_some();
    caller.require(if about_order { Permission::OrdersRead } else { Permission::CustomersRead })?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<String>()?);
    let to = query.to.map(|to| to.trim().to_lowercase());
    let filter = Filter { to, order_id: query.order, before };
    let read = |tx| async move { emails::emails(&tx, &filter, limit + 1).await };
    let found = notifications.db.read(read).await?;
    Ok(Json(Page::from_rows(found, limit, |email| email.id.to_string())))
}

/// An e-mail with its text. Links that let somebody in are for administrators only.
#[utoipa::path(get, path = "/api/v1/notifications/emails/{id}", operation_id = "get_email",
    tag = "notifications", params(("id" = EmailId, Path)),
    responses((status = 200, body = EmailContent), (status = "4XX", body = Problem)))]
pub(super) async fn get_email(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(id): Path<EmailId>,
) -> Result<Json<EmailContent>, Error> {
    let found = notifications.db.read(|tx| async move { emails::email(&tx, &id).await }).await?;
    let about_order = found.as_ref().is_some_and(|found| found.email.order_id.is_some());
    // Whoever sees orders only does not learn which other e-mails there are.
    if !(about_order && caller.may(Permission::OrdersRead)) {
        caller.require(Permission::CustomersRead)?;
    }
    let mut content = found.ok_or(Error::NotFound)?;
    if !caller.is_admin() {
        withhold(&mut content);
    }
    Ok(Json(content))
}

/// Orders whose e-mails are asked for at once.
const MOST_ORDERS: usize = 500;

/// E-mails to a person, or about their orders, to be handed to them. What lets somebody in is not in them. Internal.
pub(super) async fn personal_emails(
    caller: Caller,
    State(notifications): State<Notifications>,
    Json(query): Json<PersonalEmailsQuery>,
) -> Result<Json<Vec<EmailContent>>, Error> {
    caller.require(Permission::CustomersWrite)?;
    let PersonalEmailsQuery { to, mut order_ids } = query;
    order_ids.truncate(MOST_ORDERS);
    let to = to.map(|to| to.trim().to_lowercase());
    let read = |tx| async move { emails::personal(&tx, to.as_deref(), &order_ids).await };
    let mut found = notifications.db.read(read).await?;
    for content in &mut found {
        withhold(content);
    }
    Ok(Json(found))
}

fn withhold(content: &mut EmailContent) {
    if Kind::find(&content.email.kind).is_some_and(|kind| kind.secret) {
        content.text = WITHHELD.to_owned();
        content.html = format!("<p>{WITHHELD}</p>");
    }
}

const WITHHELD: &str =
    "This e-mail holds a link that lets somebody in: only administrators see it.";

/// Sends an e-mail again, as it was written.
#[utoipa::path(post, path = "/api/v1/notifications/emails/{id}/resends", operation_id = "resend_email",
    tag = "notifications", params(("id" = EmailId, Path)),
    responses((status = 201, body = Email), (status = "4XX", body = Problem)))]
pub(super) async fn resend_email(
    caller: Caller,
    State(notifications): State<Notifications>,
    Path(id): Path<EmailId>,
) -> Result<Response, Error> {
    let record = AuditRecord::new("email.resent", id.as_str(), "");
    let (outbox, now) = (notifications.outbox.clone(), notifications.clock.now());
    let write = notifications.db.write(move |tx| async move {
        let was = emails::email(&tx, &id).await?;
        let about_order = was.as_ref().is_some_and(|was| was.email.order_id.is_some());
        if !(about_order && caller.may(Permission::OrdersWrite)) {
            caller.require(Permission::CustomersWrite)?;
        }
        let draft = again(was.ok_or(Error::NotFound)?);
        emails::insert(&tx, &draft, now).await?;
        let mut record = record;
        record.label.clone_from(&draft.content.subject);
        outbox.emit(&tx, &Audited(record)).await?;
        tx.notify_commit();
        emails::email(&tx, &draft.id).await?.ok_or(Error::NotFound)
    });
    Ok((StatusCode::CREATED, Json(write.await?.email)).into_response())
}

fn again(was: EmailContent) -> Draft {
    let email = was.email;
    Draft {
        id: EmailId::new(),
        kind: email.kind,
        to: email.to,
        content: TemplateText { subject: email.subject, text: was.text, html: was.html },
        order_id: email.order_id,
    }
}
