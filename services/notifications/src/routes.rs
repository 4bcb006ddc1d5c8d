//! All routes of `notifications`: staff look at what was written.

use axum::extract::State;
use emart_http::{Json, Page, PageQuery, Path, Problem, Query, Staff};
use emart_notifications_api::{Email, EmailContent, EmailId};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Error;
use crate::{Notifications, store};

pub(crate) fn routes(notifications: Notifications) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_emails))
        .routes(routes!(get_email))
        .with_state(notifications)
}

/// Which e-mails to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EmailQuery {
    /// Only those to this address.
    #[param(max_length = 254)]
    to: Option<String>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// E-mails, newest first. Staff only.
#[utoipa::path(get, path = "/api/v1/notifications/emails", operation_id = "list_emails",
    tag = "notifications", params(EmailQuery),
    responses((status = 200, body = Page<Email>), (status = "4XX", body = Problem)))]
async fn list_emails(
    _: Staff,
    State(notifications): State<Notifications>,
    Query(query): Query<EmailQuery>,
) -> Result<Json<Page<Email>>, Error> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<String>()?);
    let to = query.to.map(|to| to.trim().to_lowercase());
    let emails =
        notifications
            .db
            .read(|tx| async move {
                store::emails(&tx, to.as_deref(), before.as_deref(), limit + 1).await
            })
            .await?;
    Ok(Json(Page::from_rows(emails, limit, |email| email.id.to_string())))
}

/// An e-mail with its text. Staff only.
#[utoipa::path(get, path = "/api/v1/notifications/emails/{id}", operation_id = "get_email",
    tag = "notifications", params(("id" = EmailId, Path)),
    responses((status = 200, body = EmailContent), (status = "4XX", body = Problem)))]
async fn get_email(
    _: Staff,
    State(notifications): State<Notifications>,
    Path(id): Path<EmailId>,
) -> Result<Json<EmailContent>, Error> {
    let found = notifications.db.read(|tx| async move { store::email(&tx, &id).await }).await?;
    found.map(Json).ok_or(Error::NotFound)
}
