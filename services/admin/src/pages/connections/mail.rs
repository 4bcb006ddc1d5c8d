//! The mail server.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::Form;
use emart_notifications_api::{MailRoute, MailSecurity, MailServer, PutMailServer, TestMailServer};
use emart_types::Secret;
use serde::Deserialize;

use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, Choice, Field, Problems};
use crate::frame::{self, Frame};
use crate::view::Tab;
use crate::visitor::Visitor;

const PATH: &str = "/admin/connections/mail";

#[derive(Template)]
#[template(path = "connections/mail.html", whitespace = "minimize")]
struct Editor {
    frame: Frame,
    tabs: Vec<Tab>,
    problems: Problems,
    /// What is in use now.
    now: String,
    fields: Vec<Field>,
    version: i64,
    /// Staff have set it.
    set: bool,
    to: String,
}

/// What the form sends.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    version: i64,
    host: String,
    port: String,
    security: String,
    username: String,
    password: String,
    from: String,
}

impl Sent {
    fn of(server: &MailServer) -> Self {
        let security = server.security.unwrap_or(MailSecurity::Starttls);
        Self {
            version: server.version,
            host: server.host.clone().unwrap_or_default(),
            port: server.port.unwrap_or(587).to_string(),
            security: security.as_str().to_owned(),
            username: server.username.clone().unwrap_or_default(),
            password: String::new(),
            from: server.from.clone(),
        }
    }

    fn put(&self) -> PutMailServer {
        PutMailServer {
            host: self.host.clone(),
            port: self.port.trim().parse().unwrap_or_default(),
            security: match self.security.as_str() {
                "tls" => MailSecurity::Tls,
                "none" => MailSecurity::None,
                _ => MailSecurity::Starttls,
            },
            username: self.username.clone(),
            password: Some(self.password.clone()).filter(|text| !text.is_empty()).map(Secret::new),
            from: self.from.clone(),
        }
    }

    fn fields(&self, has_password: bool, problems: &Problems) -> Vec<Field> {
        let choice = |value, label| Choice::new(value, label, self.security == value);
        let security = vec![
            choice("starttls", "STARTTLS (port 587)"),
            choice("tls", "TLS (port 465)"),
            choice("none", "None: only for a server on this machine"),
        ];
        let password =
            forms::text("password", "Password", 1000).input("password").optional().half();
        let password = if has_password {
            password.hint("There is one. Leave it empty to keep it.")
        } else {
            password
        };
        let fields = [
            forms::text("host", "Server", 253).value(&*self.host).half(),
            forms::number("port", "Port").value(&*self.port),
            forms::select("security", "Encryption", security),
            forms::text("username", "User", 254).value(&*self.username).optional().half(),
            password.autocomplete("new-password"),
            forms::text("from", "Who e-mails are from", 320)
                .value(&*self.from)
                .hint("Such as Shop <shop@example.com>."),
        ];
        fields.map(|field| field.told(problems)).into()
    }
}

async fn editor(
    admin: &Admin,
    visitor: &Visitor,
    server: &MailServer,
    sent: &Sent,
    problems: Problems,
) -> Editor {
    let host = server.host.as_deref().unwrap_or("a server");
    let now = match server.route {
        MailRoute::Mailbox => {
            "There is no mail server: e-mails become files in the folder mailbox.".to_owned()
        }
        MailRoute::Settings => format!("The settings of the machine name {host}."),
        MailRoute::Office => format!("E-mails go through {host}, as set here."),
    };
    let frame = admin.frame(visitor, "Mail server").await;
    Editor {
        to: frame.who.email.clone(),
        frame,
        tabs: super::tabs(PATH),
        fields: sent.fields(server.has_password, &problems),
        problems,
        now,
        version: sent.version,
        set: server.route == MailRoute::Office,
    }
}

/// `GET /admin/connections/mail`
pub(super) async fn show(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let server = admin.clients.notifications.mail_server().await?;
    let sent = Sent::of(&server);
    frame::html(&editor(&admin, &visitor, &server, &sent, Problems::default()).await)
}

/// `POST /admin/connections/mail`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(mut sent): Form<Sent>,
) -> Result<Response, Error> {
    match admin.clients.notifications.put_mail_server(sent.version, &sent.put()).await {
        Ok(_) => Ok(admin.done(PATH, "Saved. Send a test to see whether it works.")),
        Err(error) => {
            let server = admin.clients.notifications.mail_server().await?;
            let problems = if is_conflict(&error) {
                // What is typed stays; saved once more, it goes over what is there.
                sent.version = server.version;
                let mut problems = Problems::default();
                problems
                    .add("", "Somebody else saved this meanwhile. Save again to put yours over it");
                problems
            } else {
                form_problems(error)?
            };
            frame::again(&editor(&admin, &visitor, &server, &sent, problems).await)
        }
    }
}

/// Where a test goes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Test {
    to: String,
}

/// `POST /admin/connections/mail/test`
pub(super) async fn test(
    State(admin): State<Admin>,
    Form(Test { to }): Form<Test>,
) -> Result<Response, Error> {
    let test = TestMailServer { to: to.clone() };
    match admin.clients.notifications.try_mail_server(&test).await {
        Ok(tested) => Ok(match tested.error {
            None => admin.done(PATH, &format!("It works: the server took an e-mail to {to}.")),
            Some(error) => admin.failed(PATH, &format!("It does not work: {error}")),
        }),
        Err(error) => Ok(admin.failed(PATH, &refusal(error)?)),
    }
}

/// `POST /admin/connections/mail/reset`
pub(super) async fn reset(State(admin): State<Admin>) -> Result<Response, Error> {
    match admin.clients.notifications.reset_mail_server().await {
        Ok(_) => Ok(admin.done(PATH, "The settings of the machine count again.")),
        Err(error) => Ok(admin.failed(PATH, &refusal(error)?)),
    }
}
