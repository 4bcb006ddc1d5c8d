//! A menu: its entries in rows, with a few empty ones to fill in.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_content_api::{LinkKind, Menu, MenuItem, MenuLink, MenuName, PutMenu};
use emart_http::{Form, Path};
use serde::Deserialize;

use crate::Admin;
use crate::error::{Error, form_problems, is_conflict};
use crate::forms::{Choice, Problems};
use crate::frame::{self, Frame};
use crate::view::Tab;
use crate::visitor::Visitor;

/// Rows to fill in below those there are.
const EMPTY: usize = 3;

#[derive(Template)]
#[template(path = "content/menu.html", whitespace = "minimize")]
struct Editor {
    frame: Frame,
    tabs: Vec<Tab>,
    problems: Problems,
    hint: &'static str,
    rows: Vec<EditedRow>,
    version: i64,
}

struct EditedRow {
    number: usize,
    label: String,
    kinds: Vec<Choice>,
    value: String,
    error: Option<String>,
}

/// What the form sends: each of the lists has an entry for each row.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    version: i64,
    at: Vec<String>,
    label: Vec<String>,
    kind: Vec<String>,
    value: Vec<String>,
}

impl Sent {
    /// The rows that say something, in the order of their numbers.
    fn items(&self) -> Vec<MenuItem> {
        let rows = self.label.iter().zip(&self.kind).zip(&self.value).enumerate();
        let mut items: Vec<(u32, MenuItem)> = rows
            .filter(|(_, ((label, _), value))| !label.trim().is_empty() || !value.trim().is_empty())
            .map(|(row, ((label, kind), value))| {
                let at = self.at.get(row).and_then(|at| at.trim().parse().ok()).unwrap_or(u32::MAX);
                let kind = LinkKind::ALL.into_iter().find(|known| known.as_str() == kind);
                let link = MenuLink {
                    kind: kind.unwrap_or(LinkKind::Url),
                    value: value.trim().to_owned(),
                };
                (at, MenuItem { label: label.trim().to_owned(), link })
            })
            .collect();
        items.sort_by_key(|(at, _)| *at);
        items.into_iter().map(|(_, item)| item).collect()
    }
}

fn row(number: usize, item: Option<&MenuItem>, problems: &Problems) -> EditedRow {
    let kind = item.map_or(LinkKind::Page, |item| item.link.kind);
    let words = |kind: LinkKind| match kind {
        LinkKind::Category => "Category",
        LinkKind::Collection => "Collection",
        LinkKind::Page => "Page",
        LinkKind::Url => "Address",
    };
    let at = number - 1;
    let fields = [format!("items.{at}.label"), format!("items.{at}.link.value")];
    EditedRow {
        number,
        label: item.map(|item| item.label.clone()).unwrap_or_default(),
        kinds: LinkKind::ALL.map(|k| Choice::new(k.as_str(), words(k), k == kind)).into(),
        value: item.map(|item| item.link.value.clone()).unwrap_or_default(),
        error: fields.iter().find_map(|field| problems.of(field)).map(ToOwned::to_owned),
    }
}

async fn editor(
    admin: &Admin,
    visitor: &Visitor,
    menu: (MenuName, i64, &[MenuItem]),
    problems: Problems,
) -> Editor {
    let (name, version, items) = menu;
    let (title, hint) = match name {
        MenuName::Header => {
            ("Top menu", "While it is empty, the categories stand at the top of every page.")
        }
        MenuName::Footer => {
            ("Foot menu", "Stands at the foot of every page, beside the categories.")
        }
    };
    let rows = (0..items.len() + EMPTY).map(|at| row(at + 1, items.get(at), &problems)).collect();
    let frame = admin.frame(visitor, title).await;
    let tabs = super::tabs(&format!("/admin/content/menus/{name}"));
    Editor { frame, tabs, problems, hint, rows, version }
}

fn named(name: &str) -> Result<MenuName, Error> {
    name.parse().map_err(|()| Error::NotFound)
}

/// `GET /admin/content/menus/{name}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Error> {
    let Menu { name, items, version, .. } = admin.clients.content.menu(named(&name)?).await?;
    frame::html(&editor(&admin, &visitor, (name, version, &items), Problems::default()).await)
}

/// `POST /admin/content/menus/{name}`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(name): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let name = named(&name)?;
    let put = PutMenu { items: sent.items() };
    match admin.clients.content.put_menu(name, sent.version, &put).await {
        Ok(_) => Ok(admin.done(&format!("/admin/content/menus/{name}"), "Saved.")),
        Err(error) => {
            let mut version = sent.version;
            let problems = if is_conflict(&error) {
                // What is typed stays; saved once more, it goes over what is there.
                version = admin.clients.content.menu(name).await?.version;
                let mut problems = Problems::default();
                problems.add(
                    "",
                    "Somebody else saved this menu meanwhile. Save again to put yours over it",
                );
                problems
            } else {
                form_problems(error)?
            };
            frame::again(&editor(&admin, &visitor, (name, version, &put.items), problems).await)
        }
    }
}
