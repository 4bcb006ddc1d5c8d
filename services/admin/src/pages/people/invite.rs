//! Asking somebody to work here.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Form, Path};
use emart_identity_api::{InvitationId, NewInvitation, Position};
use serde::Deserialize;

use super::HOME;
use crate::Admin;
use crate::error::{Error, form_problems, refusal};
use crate::forms::{self, Choice, Field, Problems};
use crate::frame::{self, Frame};
use crate::visitor::Visitor;

/// A form of this area: one column of fields, and what else there is to be done.
#[derive(Template)]
#[template(path = "people/form.html", whitespace = "minimize")]
pub(super) struct FormPage {
    pub(super) frame: Frame,
    pub(super) problems: Problems,
    pub(super) hidden: Vec<(String, String)>,
    pub(super) fields: Vec<Field>,
    pub(super) button: &'static str,
    pub(super) back: &'static str,
    /// Where a POST deletes it; nowhere when this is empty.
    pub(super) delete: String,
    pub(super) delete_note: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Invite {
    email: String,
    position: String,
}

/// The value of the choice that stands for administrators.
const ADMIN: &str = "admin";

/// A position by the value of its choice.
pub(super) fn position(value: &str) -> Option<Position> {
    if value == ADMIN { Some(Position::Admin) } else { value.parse().ok().map(Position::Role) }
}

/// What somebody may give, to choose from.
pub(super) async fn positions(
    admin: &Admin,
    visitor: &Visitor,
    now: &str,
) -> Result<Vec<Choice>, Error> {
    let roles = admin.clients.identity.roles().await?.items;
    let may = visitor.caller.permissions();
    let roles = roles.iter().filter(|role| may.contains_all(role.permissions));
    let mut choices: Vec<Choice> = roles
        .map(|role| Choice::new(role.id.as_str(), &role.name, role.id.as_str() == now))
        .collect();
    if visitor.caller.is_admin() {
        choices.push(Choice::new(ADMIN, "Administrator (may do everything)", now == ADMIN));
    }
    Ok(choices)
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    invite: &Invite,
    problems: Problems,
) -> Result<FormPage, Error> {
    let frame = admin.frame(visitor, "Invite somebody").await.back(HOME, "People");
    let frame = frame.note("They get an e-mail with a link, choose a password, and can begin.");
    let choices = positions(admin, visitor, &invite.position).await?;
    let email = forms::text("email", "E-mail", 254).input("email").value(&invite.email);
    Ok(FormPage {
        frame,
        hidden: Vec::new(),
        fields: vec![
            email.told(&problems),
            forms::select("position", "Role", choices).told(&problems),
        ],
        problems,
        button: "Send the invitation",
        back: HOME,
        delete: String::new(),
        delete_note: String::new(),
    })
}

/// `GET /admin/people/invite`
pub(crate) async fn form(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    frame::html(&page(&admin, &visitor, &Invite::default(), Problems::default()).await?)
}

/// `POST /admin/people/invite`
pub(crate) async fn send(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(invite): Form<Invite>,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let Some(position) = position(&invite.position) else {
        problems.add("position", "choose a role");
        return frame::again(&page(&admin, &visitor, &invite, problems).await?);
    };
    let new = NewInvitation { email: invite.email.trim().to_owned(), position };
    match admin.clients.identity.invite(&new).await {
        Ok(sent) => {
            Ok(admin.done(HOME, &format!("An invitation is on its way to {}.", sent.email)))
        }
        Err(error) => {
            let problems = form_problems(error)?;
            frame::again(&page(&admin, &visitor, &invite, problems).await?)
        }
    }
}

/// `POST /admin/people/invitations/{id}/delete`
pub(crate) async fn take_back(
    State(admin): State<Admin>,
    Path(id): Path<InvitationId>,
) -> Result<Response, Error> {
    match admin.clients.identity.delete_invitation(&id).await {
        Ok(()) => Ok(admin.done(HOME, "The invitation is taken back.")),
        Err(error) => Ok(admin.failed(HOME, &refusal(error)?)),
    }
}
