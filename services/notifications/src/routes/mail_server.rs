//! The mail server: seen, set, tried. What staff set goes before the settings file, until they take it back.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{AuditRecord, Caller, ETag, IfMatch, Json, Permission, Problem};
use emart_notifications_api::{
    Audited, Email, EmailContent, EmailId, EmailState, MailRoute, MailServer, MailServerTested,
    PutMailServer, TestMailServer,
};
use emart_types::{Invalid, Secret};
use http::{HeaderValue, header};

use crate::Notifications;
use crate::deliver::carriers::Route;
use crate::deliver::{self, smtp};
use crate::domain::mail_server as rules;
use crate::error::Error;
use crate::store::mail_server::{self, Kept};

const RESOURCE: &str = "mail_server";
/// How long whoever tries a mail server waits for it.
const PATIENCE: Duration = Duration::from_secs(8);

/// The mail server in use.
#[utoipa::path(get, path = "/api/v1/notifications/mail-server", operation_id = "get_mail_server",
    tag = "notifications",
    responses((status = 200, body = MailServer), (status = "4XX", body = Problem)))]
pub(super) async fn get_mail_server(
    caller: Caller,
    State(notifications): State<Notifications>,
) -> Result<Response, Error> {
    caller.require(Permission::Connections)?;
    let kept = notifications.db.read(|tx| async move { mail_server::get(&tx).await }).await?;
    Ok(tagged(shown(&notifications, kept.as_ref())))
}

/// Sets the mail server; the settings' own is not used any more.
#[utoipa::path(put, path = "/api/v1/notifications/mail-server", operation_id = "put_mail_server",
    tag = "notifications", params(("if-match" = String, Header)), request_body = PutMailServer,
    responses((status = 200, body = MailServer), (status = "4XX", body = Problem)))]
pub(super) async fn put_mail_server(
    caller: Caller,
    State(notifications): State<Notifications>,
    version: IfMatch,
    Json(put): Json<PutMailServer>,
) -> Result<Response, Error> {
    caller.require(Permission::Connections)?;
    let put = rules::checked(put, |from| deliver::check_sender(from).is_ok())?;
    let record = AuditRecord::new("mail_server.updated", RESOURCE, &put.host);
    let (state, now) = (notifications.clone(), notifications.clock.now());
    let write = notifications.db.write(move |tx| async move {
        let was = mail_server::get(&tx).await?;
        let seen = was.as_ref().map_or(0, |was| was.version);
        version.check(&ETag::new(seen))?;
        let kept = Kept {
            password: password(&put, was.as_ref())?,
            host: put.host,
            port: put.port,
            security: put.security,
            username: put.username,
            from: put.from,
            version: now.as_millis().max(seen + 1),
        };
        Route::of_office(&kept).map_err(|_| Invalid::field("/host", "cannot be connected to"))?;
        if !mail_server::put(&tx, &kept, seen, now).await? {
            // Somebody else was faster.
            version.check(&ETag::new(kept.version))?;
        }
        let after = shown(&state, Some(&kept));
        let record = record.change(Some(&shown(&state, was.as_ref())), Some(&after));
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(after)
    });
    Ok(tagged(write.await?))
}

/// The one sent, or the one there is, as long as it stays with its server and user: nobody sends a password that they
/// do not know to a server of their own.
fn password(put: &PutMailServer, was: Option<&Kept>) -> Result<Secret<String>, Invalid> {
    if let Some(password) = &put.password {
        return Ok(password.clone());
    }
    match was {
        Some(was) if was.host == put.host && was.username == put.username => {
            Ok(was.password.clone())
        }
        _ if put.username.is_empty() => Ok(Secret::new(String::new())),
        _ => Err(Invalid::field("/password", "say it anew: the server or the user is another")),
    }
}

/// Goes back to the mail server of the settings file.
#[utoipa::path(delete, path = "/api/v1/notifications/mail-server", operation_id = "delete_mail_server",
    tag = "notifications",
    responses((status = 200, body = MailServer), (status = "4XX", body = Problem)))]
pub(super) async fn delete_mail_server(
    caller: Caller,
    State(notifications): State<Notifications>,
) -> Result<Response, Error> {
    caller.require(Permission::Connections)?;
    let record = AuditRecord::new("mail_server.reset", RESOURCE, "");
    let state = notifications.clone();
    let write = notifications.db.write(move |tx| async move {
        let Some(was) = mail_server::get(&tx).await? else { return Ok(()) };
        mail_server::delete(&tx).await?;
        let (before, after) = (shown(&state, Some(&was)), shown(&state, None));
        let record = record.change(Some(&before), Some(&after));
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(tagged(shown(&notifications, None)))
}

/// Sends an e-mail through the mail server in use, now, and says what came of it.
#[utoipa::path(post, path = "/api/v1/notifications/mail-server/tests", operation_id = "try_mail_server",
    tag = "notifications", request_body = TestMailServer,
    responses((status = 200, body = MailServerTested), (status = "4XX", body = Problem)))]
pub(super) async fn try_mail_server(
    caller: Caller,
    State(notifications): State<Notifications>,
    Json(TestMailServer { to }): Json<TestMailServer>,
) -> Result<Json<MailServerTested>, Error> {
    caller.require(Permission::Connections)?;
    let route = notifications.carriers.current(&notifications.db).await?;
    let shop = &notifications.config.shop_name;
    let text = format!("This is a test e-mail from {shop}. The mail server works.");
    let email = Email {
        id: EmailId::new(),
        kind: "test".to_owned(),
        to: to.trim().to_owned(),
        subject: format!("Test e-mail from {shop}"),
        state: EmailState::Queued,
        tries: 0,
        error: None,
        created_at: notifications.clock.now(),
        sent_at: None,
        order_id: None,
    };
    let html = format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;"));
    let content = EmailContent { email, text: text + "\n", html };
    let message = deliver::message(&route.from, &content);
    let message = message.map_err(|_| Invalid::field("/to", "must be an e-mail address"))?;
    let carried = tokio::time::timeout(PATIENCE, route.carry(&content.email.id, message)).await;
    let error = match carried {
        Ok(carried) => carried.err().map(|error| format!("{error:#}")),
        Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    Ok(Json(MailServerTested { taken: error.is_none(), error }))
}

fn shown(notifications: &Notifications, kept: Option<&Kept>) -> MailServer {
    if let Some(kept) = kept {
        return MailServer {
            route: MailRoute::Office,
            host: Some(kept.host.clone()),
            port: Some(kept.port),
            security: Some(kept.security),
            username: Some(kept.username.clone()),
            has_password: !kept.password.expose().is_empty(),
            from: kept.from.clone(),
            version: kept.version,
        };
    }
    let settings = &notifications.carriers.settings;
    MailServer {
        route: if settings.is_mailbox() { MailRoute::Mailbox } else { MailRoute::Settings },
        host: smtp::host(&notifications.config),
        port: None,
        security: None,
        username: None,
        has_password: false,
        from: settings.from.clone(),
        version: 0,
    }
}

fn tagged(server: MailServer) -> Response {
    let headers = [
        (header::ETAG, ETag::new(server.version).header()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, Json(server)).into_response()
}
