//! A product's editor: what it is, its variants, its pictures, how search engines show it, when it is on sale.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_catalog_api::{Category, Image, ProductForEdit, ProductId, Status};
use emart_http::{Path, Permission};

use super::draft::Draft;
use super::list::{smallest, status_badge, statuses};
use super::preview::Preview;
use super::variants::{VariantRow, rows};
use crate::Admin;
use crate::error::Error;
use crate::forms::{self, Choice, Field, Problems};
use crate::frame::{self, Frame};
use crate::sent::Sent;
use crate::visitor::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "products/editor.html", whitespace = "minimize")]
pub(super) struct EditorPage {
    frame: Frame,
    problems: Problems,
    action: String,
    /// Nothing for a product that is not there yet.
    id: String,
    version: i64,
    handle: String,
    on_sale: bool,
    may_write: bool,
    may_count: bool,
    about: Vec<Field>,
    place: Vec<Field>,
    categories: Field,
    schedule: Vec<Field>,
    seo: Vec<Field>,
    preview: Preview,
    options: Vec<String>,
    symbol: String,
    variants: Vec<VariantRow>,
    /// Variants that have no room on this page; they stay as they are.
    hidden: usize,
    pictures: Vec<Picture>,
    changed: String,
}

struct Picture {
    id: String,
    src: String,
    alt: String,
    place: usize,
}

/// `GET /admin/products/new`
pub(super) async fn new(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let draft = Draft::empty(admin.config.currency);
    frame::html(&page(&admin, &visitor, None, draft, Problems::default()).await?)
}

/// `GET /admin/products/{id}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<ProductId>,
) -> Result<Response, Error> {
    let product = admin.clients.catalog.product_for_edit(&id).await?.ok_or(Error::NotFound)?;
    let draft = Draft::of(&product.product);
    frame::html(&page(&admin, &visitor, Some(&product), draft, Problems::default()).await?)
}

/// What was typed, with what is wrong with it.
pub(super) async fn again(
    admin: &Admin,
    visitor: &Visitor,
    product: Option<&ProductForEdit>,
    sent: &Sent,
    problems: Problems,
) -> Result<Response, Error> {
    let draft = Draft::typed(sent, product.map(|product| &product.product));
    frame::again(&page(admin, visitor, product, draft, problems).await?)
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    product: Option<&ProductForEdit>,
    draft: Draft,
    problems: Problems,
) -> Result<EditorPage, Error> {
    let categories = admin.clients.catalog.categories().await?;
    let title = product.map_or("New product", |product| &product.product.title).to_owned();
    let mut frame = admin.frame(visitor, title).await.back("/admin/products", "Products");
    let put = product.map(|product| &product.product);
    if let Some(put) = put {
        frame = frame.badge(status_badge(put.status));
    }
    let levels = match put {
        Some(put) => admin.clients.inventory.levels(&super::variants::items(put)).await?,
        None => Vec::new(),
    };
    let images = product.map_or(&[][..], |product| &product.images);
    let (variants, hidden) = rows(&draft, put, &levels, images);
    let text = |name: &str, label: &str, max: u32| {
        forms::text(name, label, max).value(draft.get(name)).told(&problems)
    };
    Ok(EditorPage {
        frame: frame.script("editor"),
        action: product.map_or_else(
            || "/admin/products/new".to_owned(),
            |p| format!("/admin/products/{}", p.id),
        ),
        id: product.map(|product| product.id.to_string()).unwrap_or_default(),
        version: product.map_or(0, |product| product.version),
        handle: put.and_then(|put| put.handle.clone()).unwrap_or_default(),
        on_sale: put.is_some_and(|put| put.status == Status::Active),
        may_write: visitor.may(Permission::ProductsWrite),
        may_count: visitor.may(Permission::InventoryWrite),
        about: vec![
            text("title", "Title", 255),
            forms::area("description_html", "Description", 65_536, 8)
                .value(draft.get("description_html"))
                .optional()
                .hint("Plain text or HTML; scripts and styles are taken out.")
                .told(&problems),
        ],
        place: vec![
            forms::select("status", "Status", statuses(draft.status)).told(&problems),
            text("vendor", "Vendor", 255).optional(),
            text("product_type", "Type", 255).optional(),
            text("tags", "Tags", 8000).optional().hint("With commas between them."),
        ],
        categories: forms::checks("category", "Categories", choices(&categories, &draft)),
        schedule: schedule(&draft, &problems),
        seo: vec![
            text("seo.title", "Title for search engines", 200).optional(),
            forms::area("seo.description", "Description for search engines", 500, 3)
                .value(draft.get("seo.description"))
                .optional()
                .told(&problems),
            text("handle", "Name in the address", 255)
                .optional()
                .hint("Former addresses go on leading here."),
        ],
        preview: Preview::of(admin, &draft),
        options: (0..3).map(|at| draft.get(&format!("option.{at}")).to_owned()).collect(),
        symbol: admin.config.currency.symbol(),
        variants,
        hidden,
        pictures: images.iter().enumerate().map(picture).collect(),
        changed: product.map(|product| words::date_time(product.updated_at)).unwrap_or_default(),
        problems,
    })
}

fn schedule(draft: &Draft, problems: &Problems) -> Vec<Field> {
    let moment = |name: &str, label: &str| {
        let field = forms::text(name, label, 16).input("datetime-local").optional();
        field.value(draft.get(name)).told(problems)
    };
    vec![
        moment("publish_at", "On sale from").hint("A draft goes on sale by itself."),
        moment("unpublish_at", "Off sale from").hint("It becomes a draft again."),
    ]
}

fn choices(categories: &[Category], draft: &Draft) -> Vec<Choice> {
    let mut choices = Vec::new();
    gather(categories, 0, draft, &mut choices);
    choices
}

fn gather(categories: &[Category], depth: usize, draft: &Draft, into: &mut Vec<Choice>) {
    for category in categories {
        let id = category.id.to_string();
        let label = format!("{}{}", "– ".repeat(depth), category.name);
        let on = draft.categories.contains(&id);
        into.push(Choice::new(&id, &label, on));
        gather(&category.children, depth + 1, draft, into);
    }
}

fn picture((place, image): (usize, &Image)) -> Picture {
    let (id, src) = (image.id.to_string(), smallest(Some(image)));
    Picture { id, src, alt: image.alt.clone(), place: place + 1 }
}
