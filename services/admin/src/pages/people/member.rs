//! Somebody who works here: what they may do, what they are signed in with, and their way out.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Form, Path, Role};
use emart_identity_api::{Position, SignedInWith, StaffMember, StaffPatch, UserId};
use emart_types::Timestamp;
use serde::Deserialize;

use super::HOME;
use super::invite::{position, positions};
use super::words::permission;
use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, Field, Problems};
use crate::frame::{self, Frame};
use crate::pages::confirm::Confirm;
use crate::table::{Cell, Column, Empty, Row, Table};
use crate::view::{Badge, Detail, Tone};
use crate::visitor::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "people/member.html", whitespace = "minimize")]
struct Member {
    frame: Frame,
    id: String,
    version: u64,
    details: Vec<Detail>,
    /// What they may do, in words.
    may: Vec<&'static str>,
    problems: Problems,
    position: Field,
    sign_ins: Table,
    active: bool,
    two_factor: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct MemberForm {
    position: String,
    version: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Sure {
    sure: String,
}

/// What somebody is signed in with, as a table.
pub(crate) fn sign_ins(list: &[SignedInWith], now: Timestamp) -> Table {
    let row = |one: &SignedInWith| {
        let name = one.user_agent.clone().unwrap_or_else(|| "unknown".to_owned());
        let name = if one.browser { name } else { "A program, over the API".to_owned() };
        let mut cell = Cell::text(name).note(one.client.clone().unwrap_or_default());
        if one.current {
            cell = cell.with(Badge::new(Tone::Good, "This one"));
        }
        let cells = vec![
            cell,
            Cell::quiet(words::date_time(one.created_at)),
            Cell::quiet(words::ago(one.used_at, now)),
        ];
        Row::new(one.id.clone(), "", cells)
    };
    Table {
        caption: "Signed in with".to_owned(),
        columns: ["Browser", "Since", "Last seen"].map(Column::new).into(),
        rows: list.iter().map(row).collect(),
        empty: Empty::new("Not signed in anywhere", ""),
        ..Table::default()
    }
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    id: &UserId,
    problems: Problems,
) -> Result<Member, Error> {
    let identity = &admin.clients.identity;
    let member = identity.staff_member(id).await?.ok_or(Error::NotFound)?;
    let list = identity.sign_ins(id).await?.items;
    let now = admin.clock.now();
    let role = match (member.role, &member.staff_role) {
        (Role::Admin, _) => "admin".to_owned(),
        (_, Some(role)) => role.id.to_string(),
        _ => String::new(),
    };
    let mut choices = positions(admin, visitor, &role).await?;
    if !choices.iter().any(|choice| choice.on) {
        // Theirs is beyond what the visitor may give: it is shown, and the service refuses to change it.
        choices.insert(0, forms::Choice::new(&role, &super::position(&member), true));
    }
    let title = member.name.clone().unwrap_or_else(|| member.email.clone());
    let mut frame = admin.frame(visitor, title).await.back(HOME, "People");
    if !member.active {
        frame = frame.badge(Badge::new(Tone::Bad, "Deactivated"));
    }
    let seen = member.signed_in_at.map_or_else(|| "never".to_owned(), words::date_time);
    let factor = if member.two_factor { "On" } else { "Off" };
    Ok(Member {
        frame,
        id: id.to_string(),
        version: member.version,
        details: vec![
            Detail::new("E-mail", &member.email),
            Detail::new("Here since", words::date(member.created_at)),
            Detail::new("Last sign-in", seen),
            Detail::new("Two-factor", factor),
            Detail::new("What they did", "In the audit log").to(format!("/admin/audit?actor={id}")),
        ],
        may: member.permissions.iter().map(permission).collect(),
        position: forms::select("position", "Role", choices).told(&problems),
        problems,
        sign_ins: sign_ins(&list, now),
        active: member.active,
        two_factor: member.two_factor,
    })
}

/// `GET /admin/people/{id}`
pub(crate) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<UserId>,
) -> Result<Response, Error> {
    frame::html(&page(&admin, &visitor, &id, Problems::default()).await?)
}

/// `POST /admin/people/{id}`: another role.
pub(crate) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<UserId>,
    Form(form): Form<MemberForm>,
) -> Result<Response, Error> {
    let here = format!("{HOME}/{id}");
    let position: Option<Position> = position(&form.position);
    let patch = StaffPatch { position, active: None };
    let etag = format!("\"{}\"", form.version);
    match admin.clients.identity.patch_staff(&id, &etag, &patch).await {
        Ok(member) => {
            Ok(admin.done(&here, &format!("{} is {} now.", member.email, now_is(&member))))
        }
        Err(error) if is_conflict(&error) => {
            let text = "Somebody else changed this person meanwhile. This is how it is now.";
            Ok(admin.failed(&here, text))
        }
        Err(error) => {
            let problems = form_problems(error)?;
            frame::again(&page(&admin, &visitor, &id, problems).await?)
        }
    }
}

fn now_is(member: &StaffMember) -> String {
    match (member.role, &member.staff_role) {
        (Role::Admin, _) => "an administrator".to_owned(),
        (_, Some(role)) => role.name.clone(),
        _ => "without a role".to_owned(),
    }
}

/// `POST /admin/people/{id}/{action}`
pub(crate) async fn act(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path((id, action)): Path<(UserId, String)>,
    Form(form): Form<Sure>,
) -> Result<Response, Error> {
    let (identity, here) = (&admin.clients.identity, format!("{HOME}/{id}"));
    let member = identity.staff_member(&id).await?.ok_or(Error::NotFound)?;
    if action == "remove" && form.sure != "yes" {
        return ask(&admin, &visitor, &member).await;
    }
    let etag = format!("\"{}\"", member.version);
    let active = |active| StaffPatch { position: None, active: Some(active) };
    let (done, said) = match action.as_str() {
        "deactivate" => {
            let patched = identity.patch_staff(&id, &etag, &active(false)).await;
            (patched.map(|_| ()), "They are signed out everywhere and cannot sign in.")
        }
        "activate" => {
            let patched = identity.patch_staff(&id, &etag, &active(true)).await;
            (patched.map(|_| ()), "They can sign in again.")
        }
        "sign-out" => (identity.end_sign_ins(&id).await, "They are signed out everywhere."),
        "reset-password" => (
            identity.reset_staff_password(&id).await,
            "A link to set a new password is on its way.",
        ),
        "reset-two-factor" => {
            (identity.reset_two_factor(&id).await, "Their next sign-in needs the password only.")
        }
        "remove" => {
            return match identity.delete_staff(&id).await {
                Ok(()) => {
                    Ok(admin.done(HOME, &format!("{} does not work here any more.", member.email)))
                }
                Err(error) => Ok(admin.failed(&here, &refusal(error)?)),
            };
        }
        _ => return Err(Error::NotFound),
    };
    match done {
        Ok(()) => Ok(admin.done(&here, said)),
        Err(error) => Ok(admin.failed(&here, &refusal(error)?)),
    }
}

async fn ask(admin: &Admin, visitor: &Visitor, member: &StaffMember) -> Result<Response, Error> {
    let here = format!("{HOME}/{}", member.id);
    let frame = admin.frame(visitor, "End somebody's work here").await.back(&here, &member.email);
    let confirm = Confirm {
        frame,
        text: "They are signed out everywhere, their API keys end, and they keep their account as a customer.".to_owned(),
        items: vec![member.email.clone()],
        action: format!("{here}/remove"),
        hidden: Vec::new(),
        button: "End their work here".to_owned(),
        back: here,
    };
    confirm.page()
}
