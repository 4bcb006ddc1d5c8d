//! A collection's editor.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_catalog_api::{Collection, CollectionId, Match, Relation, RuleField};
use emart_http::{Path, Permission};

use super::LIST;
use crate::Admin;
use crate::error::Error;
use crate::forms::{self, Choice, Field, Problems};
use crate::frame::{self, Frame};
use crate::sent::Sent;
use crate::view::{Badge, Tone};
use crate::visitor::Visitor;

/// Rows for rules, where scripts do not make more.
const SPARE_RULES: usize = 3;
/// Products of a collection that a page shows.
const MOST_PRODUCTS: usize = 200;

pub(super) const FIELDS: [(RuleField, &str, &str); 7] = [
    (RuleField::Tag, "tag", "Tag"),
    (RuleField::Vendor, "vendor", "Vendor"),
    (RuleField::ProductType, "product_type", "Type"),
    (RuleField::Title, "title", "Title"),
    (RuleField::Category, "category", "Category (its address)"),
    (RuleField::Price, "price", "Price"),
    (RuleField::Stock, "stock", "Stock (in_stock or out_of_stock)"),
];

pub(super) const RELATIONS: [(Relation, &str, &str); 5] = [
    (Relation::Is, "is", "is"),
    (Relation::IsNot, "is_not", "is not"),
    (Relation::Contains, "contains", "contains"),
    (Relation::AtLeast, "at_least", "is at least"),
    (Relation::AtMost, "at_most", "is at most"),
];

#[derive(Template)]
#[template(path = "collections/editor.html", whitespace = "minimize")]
struct EditorPage {
    frame: Frame,
    problems: Problems,
    action: String,
    is_new: bool,
    version: String,
    image_id: String,
    see: String,
    about: Vec<Field>,
    seo: Vec<Field>,
    by: Field,
    matching: Field,
    rules: Vec<RuleRow>,
    products: Vec<Chosen>,
    hidden: Vec<String>,
    add: Field,
    publish: Field,
    may_write: bool,
}

struct RuleRow {
    at: usize,
    fields: Vec<Choice>,
    relations: Vec<Choice>,
    value: String,
    error: String,
}

struct Chosen {
    id: String,
    title: String,
    note: String,
    place: usize,
}

/// `GET /admin/collections/new`
pub(super) async fn new(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    page(&admin, &visitor, None, &Sent::default(), Problems::default()).await
}

/// `GET /admin/collections/{id}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<CollectionId>,
) -> Result<Response, Error> {
    let found = admin.clients.catalog.collection(id.as_str()).await?.ok_or(Error::NotFound)?;
    let typed = typed(&found);
    page(&admin, &visitor, Some(&found), &typed, Problems::default()).await
}

/// A collection as its form would send it.
pub(super) fn typed(collection: &Collection) -> Sent {
    let mut pairs = Vec::new();
    let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
    put("title", collection.title.clone());
    put("handle", collection.handle.clone());
    put("description_html", collection.description_html.clone());
    put("seo.title", collection.seo.title.clone().unwrap_or_default());
    put("seo.description", collection.seo.description.clone().unwrap_or_default());
    put("published", collection.published.to_string());
    put("version", collection.version.to_string());
    put("by", if collection.rules.is_some() { "rules" } else { "hand" }.to_owned());
    for id in &collection.product_ids {
        put("product", id.to_string());
    }
    if let Some(rules) = &collection.rules {
        put("match", if rules.matching == Match::Any { "any" } else { "all" }.to_owned());
        for (at, condition) in rules.conditions.iter().enumerate() {
            let field = FIELDS.iter().find(|(field, ..)| *field == condition.field);
            let relation = RELATIONS.iter().find(|(relation, ..)| *relation == condition.relation);
            put("rule", at.to_string());
            put(&format!("rule.{at}.field"), field.map_or("tag", |f| f.1).to_owned());
            put(&format!("rule.{at}.relation"), relation.map_or("is", |r| r.1).to_owned());
            put(&format!("rule.{at}.value"), condition.value.clone());
        }
    }
    Sent(pairs)
}

pub(super) async fn page(
    admin: &Admin,
    visitor: &Visitor,
    found: Option<&Collection>,
    typed: &Sent,
    problems: Problems,
) -> Result<Response, Error> {
    let title = found.map_or("New collection", |found| &found.title).to_owned();
    let mut frame = admin.frame(visitor, title).await.back(LIST, "Collections").script("editor");
    if let Some(found) = found {
        frame = frame.badge(match found.published {
            true => Badge::new(Tone::Good, "Published"),
            false => Badge::new(Tone::Info, "Hidden"),
        });
    }
    let text = |name: &str, label: &str, max: u32| {
        forms::text(name, label, max).value(typed.get(name)).told(&problems)
    };
    let area = |name: &str, label: &str, max: u32, rows: u32| {
        forms::area(name, label, max, rows).value(typed.get(name)).optional().told(&problems)
    };
    let by_hand = typed.get("by") != "rules";
    let any = typed.get("match") == "any";
    let (products, hidden) = chosen(admin, typed).await?;
    let see = found.filter(|found| found.published);
    let page = EditorPage {
        frame,
        action: found.map_or_else(|| format!("{LIST}/new"), |found| format!("{LIST}/{}", found.id)),
        is_new: found.is_none(),
        version: typed.get("version").to_owned(),
        image_id: found
            .and_then(|f| f.image.as_ref())
            .map(|i| i.id.to_string())
            .unwrap_or_default(),
        see: see.map(|found| format!("/collections/{}", found.handle)).unwrap_or_default(),
        about: vec![
            text("title", "Title", 255),
            area("description_html", "Description", 65_536, 5),
        ],
        seo: vec![
            text("seo.title", "Title for search engines", 200).optional(),
            area("seo.description", "Description for search engines", 500, 3),
            text("handle", "Name in the address", 255).optional(),
        ],
        by: forms::radios(
            "by",
            "Which products are in it",
            vec![
                Choice::new("hand", "Those I choose", by_hand),
                Choice::new("rules", "All that fit rules", !by_hand),
            ],
        ),
        matching: forms::select(
            "match",
            "Products must fit",
            vec![
                Choice::new("all", "all of the rules", !any),
                Choice::new("any", "any of the rules", any),
            ],
        )
        .half(),
        rules: rules(typed, &problems),
        products,
        hidden,
        add: forms::area("add", "Add products", 20_000, 3)
            .value(typed.get("add"))
            .optional()
            .hint("A handle or SKU on each line.")
            .told(&problems),
        publish: forms::check("published", "Everyone can see it", typed.is_on("published")),
        may_write: visitor.may(Permission::ProductsWrite),
        problems,
    };
    if page.problems.is_empty() { frame::html(&page) } else { frame::again(&page) }
}

fn rules(typed: &Sent, problems: &Problems) -> Vec<RuleRow> {
    let used: Vec<&str> = typed.all("rule").collect();
    let row = |at: usize| {
        let get =
            |part: &str| used.get(at).map_or("", |key| typed.get(&format!("rule.{key}.{part}")));
        let (field, relation) = (get("field"), get("relation"));
        let told = |part: &str| problems.of(&format!("rules.conditions.{at}.{part}"));
        RuleRow {
            at,
            fields: FIELDS
                .iter()
                .map(|(_, value, label)| Choice::new(value, label, *value == field))
                .collect(),
            relations: RELATIONS
                .iter()
                .map(|(_, value, label)| Choice::new(value, label, *value == relation))
                .collect(),
            value: get("value").to_owned(),
            error: told("value").or_else(|| told("relation")).unwrap_or_default().to_owned(),
        }
    };
    (0..used.len() + SPARE_RULES).map(row).collect()
}

/// The products chosen by hand: those a page shows, and the ids of the rest.
async fn chosen(admin: &Admin, typed: &Sent) -> Result<(Vec<Chosen>, Vec<String>), Error> {
    let ids: Vec<String> = typed.all("product").map(ToOwned::to_owned).collect();
    let (mut shown, hidden) = (Vec::new(), ids.iter().skip(MOST_PRODUCTS).cloned().collect());
    for (at, id) in ids.into_iter().take(MOST_PRODUCTS).enumerate() {
        let product = admin.clients.catalog.product(&id).await?;
        let note = product.as_ref().map_or("", |product| match product.status {
            emart_catalog_api::Status::Active => "",
            _ => "not on sale",
        });
        shown.push(Chosen {
            title: product.as_ref().map_or("A product that is gone", |p| &p.title).to_owned(),
            note: note.to_owned(),
            place: at + 1,
            id,
        });
    }
    Ok((shown, hidden))
}
