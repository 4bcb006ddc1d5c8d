//! Saving a collection.

use axum::extract::State;
use axum::response::Response;
use emart_catalog_api::{
    Collection, CollectionId, Condition, Match, ProductId, PutCollection, Rules, Seo,
};
use emart_http::Path;
use url::form_urlencoded::byte_serialize;

use super::LIST;
use super::editor::{FIELDS, RELATIONS, page, typed};
use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::Problems;
use crate::pages::confirm::Confirm;
use crate::pages::conflict::{Conflict, Versions};
use crate::sent::Sent;
use crate::visitor::Visitor;
use crate::words;

/// `POST /admin/collections/new`
pub(super) async fn create(
    State(admin): State<Admin>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let put = read(&admin, &sent, &mut problems).await?;
    if problems.is_empty() {
        match admin.clients.catalog.create_collection(&put).await {
            Ok(made) => {
                return Ok(admin.done(&format!("{LIST}/{}", made.id), "The collection is there."));
            }
            Err(error) => problems = form_problems(error)?,
        }
    }
    page(&admin, &visitor, None, &sent, problems).await
}

/// `POST /admin/collections/{id}`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<CollectionId>,
    sent: Sent,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let put = read(&admin, &sent, &mut problems).await?;
    let version = sent.get("version").parse().unwrap_or(0);
    if problems.is_empty() {
        match admin.clients.catalog.replace_collection(&id, version, &put).await {
            Ok(_) => return Ok(admin.done(&format!("{LIST}/{id}"), "Saved.")),
            Err(error) if is_conflict(&error) => {
                let found = admin.clients.catalog.collection(id.as_str()).await?;
                return conflict(&admin, &visitor, &found.ok_or(Error::NotFound)?, &sent).await;
            }
            Err(error) => problems = form_problems(error)?,
        }
    }
    let found = admin.clients.catalog.collection(id.as_str()).await?.ok_or(Error::NotFound)?;
    page(&admin, &visitor, Some(&found), &sent, problems).await
}

async fn read(admin: &Admin, sent: &Sent, problems: &mut Problems) -> Result<PutCollection, Error> {
    let by_rules = sent.get("by") == "rules";
    let conditions = sent.all("rule").filter_map(|at| {
        let get = |part: &str| sent.get(&format!("rule.{at}.{part}"));
        let field = FIELDS.iter().find(|(_, value, _)| *value == get("field"))?.0;
        let relation = RELATIONS.iter().find(|(_, value, _)| *value == get("relation"))?.0;
        let value = get("value").to_owned();
        (!value.is_empty()).then_some(Condition { field, relation, value })
    });
    let matching = if sent.get("match") == "any" { Match::Any } else { Match::All };
    Ok(PutCollection {
        title: sent.get("title").to_owned(),
        handle: sent.some("handle"),
        description_html: sent.get("description_html").to_owned(),
        published: sent.is_on("published"),
        rules: by_rules.then(|| Rules { matching, conditions: conditions.collect() }),
        product_ids: if by_rules { Vec::new() } else { products(admin, sent, problems).await? },
        image_id: sent.get("image_id").parse().ok(),
        seo: Seo { title: sent.some("seo.title"), description: sent.some("seo.description") },
    })
}

/// The products by hand in the order of their places, then those that are added.
async fn products(
    admin: &Admin,
    sent: &Sent,
    problems: &mut Problems,
) -> Result<Vec<ProductId>, Error> {
    let mut placed: Vec<(i64, ProductId)> = Vec::new();
    for (at, text) in (1..).zip(sent.all("product")) {
        let Ok(id) = text.parse() else { continue };
        if !sent.is_on(&format!("{text}.gone")) {
            placed.push((sent.get(&format!("{text}.place")).parse().unwrap_or(at), id));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    let mut ids: Vec<ProductId> = placed.into_iter().map(|(_, id)| id).collect();
    for line in sent.get("add").lines().map(str::trim).filter(|line| !line.is_empty()).take(200) {
        match find(admin, line).await? {
            Some(id) if !ids.contains(&id) => ids.push(id),
            Some(_) => {}
            None => problems.add("add", &format!("There is no product {line}")),
        }
    }
    Ok(ids)
}

/// A product by its handle, or by the SKU of one of its variants.
async fn find(admin: &Admin, text: &str) -> Result<Option<ProductId>, Error> {
    let is_handle = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if is_handle && let Some(product) = admin.clients.catalog.product(text).await? {
        return Ok(Some(product.id));
    }
    let query: String = byte_serialize(text.as_bytes()).collect();
    let page = admin.clients.catalog.desk_products(&format!("limit=20&q={query}")).await?;
    let has = |sku: Option<&String>| sku.is_some_and(|sku| sku.eq_ignore_ascii_case(text));
    let found = page.items.into_iter().find(|p| p.variants.iter().any(|v| has(v.sku.as_ref())));
    Ok(found.map(|product| product.id))
}

async fn conflict(
    admin: &Admin,
    visitor: &Visitor,
    current: &Collection,
    sent: &Sent,
) -> Result<Response, Error> {
    let theirs = typed(current);
    let fields = [
        "title",
        "handle",
        "description_html",
        "published",
        "by",
        "match",
        "seo.title",
        "seo.description",
    ];
    let mut versions: Vec<Versions> = fields
        .iter()
        .map(|name| Versions::new(&words::label(name), sent.get(name), theirs.get(name)))
        .collect();
    let rules = |sent: &Sent| {
        let line = |at: &str| {
            let get = |part: &str| sent.get(&format!("rule.{at}.{part}"));
            format!("{} {} {}", get("field"), get("relation").replace('_', " "), get("value"))
        };
        let used = sent.all("rule").filter(|at| !sent.get(&format!("rule.{at}.value")).is_empty());
        used.map(line).collect::<Vec<_>>().join("\n")
    };
    versions.push(Versions::new("Rules", rules(sent), rules(&theirs)));
    let count = |sent: &Sent| sent.all("product").count().to_string();
    versions.push(Versions::new("Products by hand", count(sent), count(&theirs)));
    let here = format!("{LIST}/{}", current.id);
    Conflict {
        frame: admin.frame(visitor, "Somebody else saved first").await.back(&here, "Collection"),
        versions,
        action: here.clone(),
        hidden: sent.with("version", &current.version.to_string()),
        back: here,
    }
    .page()
}

/// `POST /admin/collections/{id}/delete`
pub(super) async fn delete(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<CollectionId>,
    sent: Sent,
) -> Result<Response, Error> {
    let here = format!("{LIST}/{id}");
    if sent.get("sure") != "yes" {
        return Confirm {
            frame: admin.frame(&visitor, "Delete the collection?").await.back(&here, "Collection"),
            text: "Its page goes; its products stay.".to_owned(),
            items: Vec::new(),
            action: format!("{here}/delete"),
            hidden: Vec::new(),
            button: "Delete the collection".to_owned(),
            back: here,
        }
        .page();
    }
    match admin.clients.catalog.delete_collection(&id).await {
        Ok(()) => Ok(admin.done(LIST, "The collection is deleted.")),
        Err(error) => Ok(admin.failed(&here, &refusal(error)?)),
    }
}
