//! Roles: named sets of permissions.

use axum::extract::State;
use axum::response::Response;
use emart_http::{Form, Path, Permissions};
use emart_identity_api::{PutRole, RoleId, StaffRole};
use serde::Deserialize;

use super::invite::FormPage;
use super::tabs;
use super::words::{choices, ticked};
use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, FormProblem, Problems};
use crate::frame;
use crate::table::{Cell, Column, Listing, Pager, Row, Table};
use crate::view::{Badge, Tone};
use crate::visitor::Visitor;
use crate::words;

const ROLES: &str = "/admin/people/roles";

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RoleForm {
    name: String,
    permissions: Vec<String>,
    version: String,
}

/// `GET /admin/people/roles`
pub(crate) async fn list(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let roles = admin.clients.identity.roles().await?;
    let row = |role: &StaffRole| {
        let name = Cell::link(format!("{ROLES}/{}", role.id), &role.name);
        let name =
            if role.built_in { name.with(Badge::new(Tone::Plain, "Built in")) } else { name };
        let count = i64::try_from(role.permissions.iter().count()).unwrap_or_default();
        let cells = vec![
            name,
            Cell::text(words::count(count, "permission", "permissions")),
            Cell::number(words::grouped(role.people.into())),
        ];
        Row::new(role.id.to_string(), &role.name, cells)
    };
    let table = Table {
        caption: "Roles".to_owned(),
        columns: vec![Column::new("Role"), Column::new("May"), Column::new("People").number()],
        rows: roles.items.iter().map(row).collect(),
        ..Table::default()
    };
    let frame = admin.frame(&visitor, "People").await;
    let mut listing =
        Listing::new(frame, table, Pager::default()).action("/admin/people/roles/new", "New role");
    listing.tabs = tabs(ROLES);
    listing.page()
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    form: &RoleForm,
    problems: Problems,
    of: Option<&StaffRole>,
) -> FormPage {
    let title = of.map_or_else(|| "New role".to_owned(), |role| role.name.clone());
    let mut frame = admin.frame(visitor, title).await.back(ROLES, "Roles");
    if of.is_some_and(|role| role.built_in) {
        frame = frame.note("This role comes with the store and stays as it is.");
    }
    let boxes = choices(visitor, ticked(&form.permissions));
    let can_go = of.filter(|role| !role.built_in && role.people == 0);
    FormPage {
        frame,
        hidden: vec![("version".to_owned(), form.version.clone())],
        fields: vec![
            forms::text("name", "Name", 60).value(&form.name).told(&problems),
            forms::checks("permissions", "Whoever has it may", boxes).told(&problems),
        ],
        problems,
        button: "Save",
        back: ROLES,
        delete: can_go.map(|role| format!("{ROLES}/{}/delete", role.id)).unwrap_or_default(),
        delete_note: "Nobody has this role.".to_owned(),
    }
}

/// `GET /admin/people/roles/new`
pub(crate) async fn blank(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let form = RoleForm::default();
    frame::html(&page(&admin, &visitor, &form, Problems::default(), None).await)
}

/// `POST /admin/people/roles/new`
pub(crate) async fn create(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<RoleForm>,
) -> Result<Response, Error> {
    match admin.clients.identity.create_role(&put(&form)).await {
        Ok(role) => Ok(admin.done(ROLES, &format!("The role {} is there.", role.name))),
        Err(error) => {
            frame::again(&page(&admin, &visitor, &form, form_problems(error)?, None).await)
        }
    }
}

/// `GET /admin/people/roles/{id}`
pub(crate) async fn edit(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<RoleId>,
) -> Result<Response, Error> {
    let role = admin.clients.identity.role(&id).await?.ok_or(Error::NotFound)?;
    let form = shown(&role);
    frame::html(&page(&admin, &visitor, &form, Problems::default(), Some(&role)).await)
}

/// `POST /admin/people/roles/{id}`
pub(crate) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<RoleId>,
    Form(form): Form<RoleForm>,
) -> Result<Response, Error> {
    let etag = format!("\"{}\"", form.version);
    let error = match admin.clients.identity.put_role(&id, &etag, &put(&form)).await {
        Ok(role) => return Ok(admin.done(ROLES, &format!("The role {} is saved.", role.name))),
        Err(error) => error,
    };
    let role = admin.clients.identity.role(&id).await?.ok_or(Error::NotFound)?;
    let (form, problems) = if is_conflict(&error) {
        // The boxes are few: whoever comes second sees those of the first and ticks again.
        let text = "Somebody else changed this role meanwhile. This is how it is now.";
        (shown(&role), Problems(vec![FormProblem::whole(text)]))
    } else {
        (form, form_problems(error)?)
    };
    frame::again(&page(&admin, &visitor, &form, problems, Some(&role)).await)
}

/// `POST /admin/people/roles/{id}/delete`
pub(crate) async fn delete(
    State(admin): State<Admin>,
    Path(id): Path<RoleId>,
) -> Result<Response, Error> {
    match admin.clients.identity.delete_role(&id).await {
        Ok(()) => Ok(admin.done(ROLES, "The role is deleted.")),
        Err(error) => Ok(admin.failed(ROLES, &refusal(error)?)),
    }
}

fn put(form: &RoleForm) -> PutRole {
    let permissions: Permissions = ticked(&form.permissions);
    PutRole { name: form.name.clone(), permissions }
}

fn shown(role: &StaffRole) -> RoleForm {
    RoleForm {
        name: role.name.clone(),
        permissions: role.permissions.iter().map(|one| one.to_string()).collect(),
        version: role.version.to_string(),
    }
}
