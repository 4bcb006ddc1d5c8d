//! People: those who work here, those who were asked to, what each may do, and the keys of programs.

mod invite;
mod keys;
mod member;
mod roles;
mod words;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_http::Role;
use emart_identity_api::{Invitation, Position, StaffMember};

use crate::Admin;
use crate::error::Error;
use crate::frame::{self, Frame};
use crate::table::{Cell, Column, Empty, Row, Table};
use crate::view::{Badge, Tab, Tone};
use crate::visitor::Visitor;
use crate::words as said;

pub(crate) use member::sign_ins;

const HOME: &str = "/admin/people";

#[derive(Template)]
#[template(path = "people/people.html", whitespace = "minimize")]
struct People {
    frame: Frame,
    tabs: Vec<Tab>,
    staff: Table,
    invitations: Vec<Invited>,
}

/// Somebody who was asked and has not answered yet.
struct Invited {
    id: String,
    email: String,
    position: String,
    note: String,
}

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route(HOME, get(list))
        .route("/admin/people/invite", get(invite::form).post(invite::send))
        .route("/admin/people/invitations/{id}/delete", post(invite::take_back))
        .route("/admin/people/roles", get(roles::list))
        .route("/admin/people/roles/new", get(roles::blank).post(roles::create))
        .route("/admin/people/roles/{id}", get(roles::edit).post(roles::save))
        .route("/admin/people/roles/{id}/delete", post(roles::delete))
        .route("/admin/people/keys", get(keys::list))
        .route("/admin/people/keys/new", get(keys::form).post(keys::create))
        .route("/admin/people/keys/{id}/revoke", post(keys::revoke))
        .route("/admin/people/{id}", get(member::show).post(member::save))
        .route("/admin/people/{id}/{action}", post(member::act))
}

/// The views of this area.
fn tabs(here: &str) -> Vec<Tab> {
    let tab = |href: &str, label: &str| Tab::new(href, label, href == here);
    vec![
        tab(HOME, "People"),
        tab("/admin/people/roles", "Roles"),
        tab("/admin/people/keys", "API keys"),
    ]
}

/// `GET /admin/people`
async fn list(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let identity = &admin.clients.identity;
    let (staff, invitations) = (identity.staff().await?, identity.invitations().await?);
    let now = admin.clock.now();
    let row = |member: &StaffMember| {
        let name = member.name.clone().unwrap_or_else(|| member.email.clone());
        let first = Cell::link(format!("{HOME}/{}", member.id), name).note(&member.email);
        let seen = member.signed_in_at.map_or_else(|| "never".to_owned(), |at| said::ago(at, now));
        let cells = vec![first, Cell::text(position(member)), state(member), Cell::quiet(seen)];
        Row::new(member.id.to_string(), &member.email, cells)
    };
    let staff = Table {
        caption: "Those who work here".to_owned(),
        columns: ["Name", "Role", "State", "Last sign-in"].map(Column::new).into(),
        rows: staff.items.iter().map(row).collect(),
        empty: Empty::new("Nobody works here yet", "Invite somebody by e-mail."),
        ..Table::default()
    };
    let invited = |invitation: &Invitation| Invited {
        id: invitation.id.to_string(),
        email: invitation.email.clone(),
        position: match &invitation.position {
            Position::Admin => "Administrator".to_owned(),
            Position::Role(_) => invitation.role_name.clone().unwrap_or_default(),
        },
        note: format!(
            "Asked by {} {}; the link works until {}",
            invitation.invited_by,
            said::ago(invitation.created_at, now),
            said::date(invitation.expires_at)
        ),
    };
    let frame = admin.frame(&visitor, "People").await;
    let invitations = invitations.items.iter().map(invited).collect();
    frame::html(&People { frame, tabs: tabs(HOME), staff, invitations })
}

/// What somebody is in the shop.
fn position(member: &StaffMember) -> String {
    match (member.role, &member.staff_role) {
        (Role::Admin, _) => "Administrator".to_owned(),
        (_, Some(role)) => role.name.clone(),
        _ => "No role".to_owned(),
    }
}

fn state(member: &StaffMember) -> Cell {
    let cell = if member.active {
        Cell::badge(Badge::new(Tone::Good, "Active"))
    } else {
        Cell::badge(Badge::new(Tone::Bad, "Deactivated"))
    };
    if member.two_factor { cell.with(Badge::new(Tone::Info, "Two-factor")) } else { cell }
}
