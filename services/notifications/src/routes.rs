//! All routes of `notifications`: for staff.

mod deliveries;
mod emails;
mod mail_server;
mod templates;
mod webhooks;

use axum::routing::post;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Notifications;

pub(crate) fn routes(notifications: Notifications) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(emails::list_emails))
        .routes(routes!(emails::get_email))
        .routes(routes!(emails::resend_email))
        .routes(routes!(templates::list_email_templates))
        .routes(routes!(
            templates::get_email_template,
            templates::put_email_template,
            templates::delete_email_template
        ))
        .routes(routes!(templates::preview_email_template))
        .routes(routes!(templates::try_email_template))
        .routes(routes!(
            mail_server::get_mail_server,
            mail_server::put_mail_server,
            mail_server::delete_mail_server
        ))
        .routes(routes!(mail_server::try_mail_server))
        .routes(routes!(webhooks::list_webhooks, webhooks::create_webhook))
        .routes(routes!(webhooks::get_webhook, webhooks::patch_webhook, webhooks::delete_webhook))
        .routes(routes!(webhooks::rotate_webhook_secret))
        .routes(routes!(webhooks::try_webhook))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(deliveries::get_delivery))
        .routes(routes!(deliveries::replay_delivery))
        .route("/internal/notifications/personal-data", post(emails::personal_emails))
        .with_state(notifications)
}
