//! The category tree.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_catalog_api::{Category, CategoryId, PutCategory};
use emart_http::{Path, Permission};

use crate::Admin;
use crate::error::{Error, form_problems, refusal};
use crate::forms::{self, Choice, Field, Problems, read_number};
use crate::frame::{self, Frame};
use crate::pages::confirm::Confirm;
use crate::sent::Sent;
use crate::table::{Cell, Column, Empty, Listing, Pager, Row, Table};
use crate::visitor::Visitor;
use crate::words;

const LIST: &str = "/admin/categories";

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route("/admin/categories", get(list))
        .route("/admin/categories/new", get(new).post(create))
        .route("/admin/categories/{id}", get(show).post(save))
        .route("/admin/categories/{id}/delete", post(delete))
}

#[derive(Template)]
#[template(path = "products/category.html", whitespace = "minimize")]
struct CategoryPage {
    frame: Frame,
    problems: Problems,
    action: String,
    /// Kept as it is.
    image_id: String,
    fields: Vec<Field>,
    is_new: bool,
    may_write: bool,
}

/// A category among the others.
struct Placed {
    category: Category,
    parent: Option<CategoryId>,
    depth: usize,
}

/// `GET /admin/categories`
async fn list(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let placed = tree(&admin).await?;
    let frame = admin.frame(&visitor, "Categories").await;
    let frame =
        frame.note("The tree shoppers find their way by. Collections are for everything else.");
    let row = |Placed { category, depth, .. }: &Placed| {
        let name = format!("{}{}", "– ".repeat(*depth), category.name);
        let first = Cell::link(format!("{LIST}/{}", category.id), name.clone());
        let products = words::count(category.product_count.into(), "product", "products");
        Row::new(
            "",
            name,
            vec![first, Cell::quiet(format!("/c/{}", category.slug)), Cell::number(products)],
        )
    };
    let table = Table {
        caption: "Categories".to_owned(),
        columns: vec![Column::new("Name"), Column::new("Address"), Column::new("On sale").number()],
        rows: placed.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new("No categories yet", "Make the first: Kitchen, Garden, Gifts."),
    };
    let mut list = Listing::new(frame, table, Pager::default());
    if visitor.may(Permission::ProductsWrite) {
        list = list.action("/admin/categories/new", "New category");
    }
    list.page()
}

async fn tree(admin: &Admin) -> Result<Vec<Placed>, Error> {
    let mut placed = Vec::new();
    place(admin.clients.catalog.categories().await?, None, 0, &mut placed);
    Ok(placed)
}

fn place(list: Vec<Category>, parent: Option<&CategoryId>, depth: usize, into: &mut Vec<Placed>) {
    for mut category in list {
        let children = std::mem::take(&mut category.children);
        let id = category.id.clone();
        into.push(Placed { category, parent: parent.cloned(), depth });
        place(children, Some(&id), depth + 1, into);
    }
}

/// `GET /admin/categories/new`
async fn new(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    frame::html(&page(&admin, &visitor, None, &Sent::default(), Problems::default()).await?)
}

/// `GET /admin/categories/{id}`
async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<CategoryId>,
) -> Result<Response, Error> {
    let placed = tree(&admin).await?;
    let found = placed.iter().find(|placed| placed.category.id == id).ok_or(Error::NotFound)?;
    let Category { name, slug, description, position, .. } = found.category.clone();
    let parent = found.parent.as_ref().map(ToString::to_string).unwrap_or_default();
    let fields = [
        ("name", name),
        ("slug", slug),
        ("description", description),
        ("parent_id", parent),
        ("position", position.to_string()),
    ];
    let typed = Sent(fields.map(|(name, value)| (name.to_owned(), value)).into());
    frame::html(&page(&admin, &visitor, Some(&id), &typed, Problems::default()).await?)
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    id: Option<&CategoryId>,
    typed: &Sent,
    problems: Problems,
) -> Result<CategoryPage, Error> {
    let placed = tree(admin).await?;
    let found = id.and_then(|id| placed.iter().find(|placed| placed.category.id == *id));
    let title = found.map_or("New category", |found| &found.category.name).to_owned();
    let above = typed.get("parent_id");
    let mut parents = vec![Choice::new("", "At the top", above.is_empty())];
    for Placed { category, depth, .. } in placed.iter().filter(|p| id != Some(&p.category.id)) {
        let value = category.id.to_string();
        let label = format!("{}{}", "– ".repeat(*depth), category.name);
        parents.push(Choice::new(&value, &label, value == above));
    }
    let text = |name: &str, label: &str, max| {
        forms::text(name, label, max).value(typed.get(name)).told(&problems)
    };
    Ok(CategoryPage {
        frame: admin.frame(visitor, title).await.back(LIST, "Categories"),
        action: id.map_or_else(|| format!("{LIST}/new"), |id| format!("{LIST}/{id}")),
        image_id: found
            .and_then(|f| f.category.image.as_ref())
            .map(|i| i.id.to_string())
            .unwrap_or_default(),
        fields: vec![
            text("name", "Name", 100),
            forms::area("description", "Description", 2000, 3)
                .value(typed.get("description"))
                .optional()
                .told(&problems),
            forms::select("parent_id", "Below", parents).half().told(&problems),
            forms::number("position", "Place among its siblings")
                .value(typed.get("position"))
                .optional()
                .told(&problems),
            text("slug", "Name in the address", 100).optional(),
        ],
        is_new: id.is_none(),
        may_write: visitor.may(Permission::ProductsWrite),
        problems,
    })
}

fn read(sent: &Sent, problems: &mut Problems) -> PutCategory {
    PutCategory {
        name: sent.get("name").to_owned(),
        slug: sent.some("slug"),
        description: sent.get("description").to_owned(),
        parent_id: sent.get("parent_id").parse().ok(),
        image_id: sent.get("image_id").parse().ok(),
        position: read_number("position", sent.get("position"), problems).unwrap_or(0),
    }
}

/// `POST /admin/categories/new`
async fn create(
    State(admin): State<Admin>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let put = read(&sent, &mut problems);
    if problems.is_empty() {
        match admin.clients.catalog.create_category(&put).await {
            Ok(category) => {
                return Ok(admin.done(LIST, &format!("{} is there.", category.name)));
            }
            Err(error) => problems = form_problems(error)?,
        }
    }
    frame::again(&page(&admin, &visitor, None, &sent, problems).await?)
}

/// `POST /admin/categories/{id}`
async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<CategoryId>,
    sent: Sent,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let put = read(&sent, &mut problems);
    if problems.is_empty() {
        match admin.clients.catalog.replace_category(&id, &put).await {
            Ok(_) => return Ok(admin.done(LIST, "Saved.")),
            Err(error) => problems = form_problems(error)?,
        }
    }
    frame::again(&page(&admin, &visitor, Some(&id), &sent, problems).await?)
}

/// `POST /admin/categories/{id}/delete`
async fn delete(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<CategoryId>,
    sent: Sent,
) -> Result<Response, Error> {
    let here = format!("{LIST}/{id}");
    if sent.get("sure") != "yes" {
        return Confirm {
            frame: admin.frame(&visitor, "Delete the category?").await.back(&here, "Category"),
            text: "Its products stay; they hang in it no more.".to_owned(),
            items: Vec::new(),
            action: format!("{here}/delete"),
            hidden: Vec::new(),
            button: "Delete the category".to_owned(),
            back: here,
        }
        .page();
    }
    match admin.clients.catalog.delete_category(&id).await {
        Ok(()) => Ok(admin.done(LIST, "The category is deleted.")),
        Err(error) => Ok(admin.failed(&here, &refusal(error)?)),
    }
}
