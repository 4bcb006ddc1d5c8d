//! Saving what the editor sent, or saying why not.

use axum::extract::State;
use axum::response::Response;
use emart_catalog_api::{ProductForEdit, ProductId, PutProduct, Seo};
use emart_http::Path;

use super::draft::{Draft, FIELDS, moment};
use super::editor::again;
use super::variants;
use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::Problems;
use crate::pages::confirm::Confirm;
use crate::pages::conflict::{Conflict, Versions};
use crate::sent::Sent;
use crate::visitor::Visitor;
use crate::words;

/// `POST /admin/products/new`
pub(super) async fn create(
    State(admin): State<Admin>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let put = read(&admin, &sent, None, &mut problems);
    if !problems.is_empty() {
        return again(&admin, &visitor, None, &sent, problems).await;
    }
    match admin.clients.catalog.create_product(&put).await {
        Ok(product) => {
            Ok(admin.done(&format!("/admin/products/{}", product.id), "The product is there."))
        }
        Err(error) => {
            let problems = told(form_problems(error)?, &sent, &put);
            again(&admin, &visitor, None, &sent, problems).await
        }
    }
}

/// `POST /admin/products/{id}`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<ProductId>,
    sent: Sent,
) -> Result<Response, Error> {
    let here = format!("/admin/products/{id}");
    match sent.get("do") {
        "duplicate" => {
            let copy = admin.clients.catalog.duplicate_product(&id).await?;
            let text = "This is the copy. It is a draft until you put it on sale.";
            return Ok(admin.done(&format!("/admin/products/{}", copy.id), text));
        }
        "delete" => return delete(&admin, &visitor, &id, &sent).await,
        _ => {}
    }
    let current = admin.clients.catalog.product_for_edit(&id).await?.ok_or(Error::NotFound)?;
    let mut problems = Problems::default();
    let put = read(&admin, &sent, Some(&current.product), &mut problems);
    if !problems.is_empty() {
        return again(&admin, &visitor, Some(&current), &sent, problems).await;
    }
    let version = sent.get("version").parse().unwrap_or(0);
    match admin.clients.catalog.replace_product(&id, version, &put).await {
        Ok(_) => Ok(admin.done(&here, "Saved.")),
        Err(error) if is_conflict(&error) => {
            let current =
                admin.clients.catalog.product_for_edit(&id).await?.ok_or(Error::NotFound)?;
            conflict(&admin, &visitor, &current, &sent).await
        }
        Err(error) => {
            let problems = told(form_problems(error)?, &sent, &put);
            again(&admin, &visitor, Some(&current), &sent, problems).await
        }
    }
}

async fn delete(
    admin: &Admin,
    visitor: &Visitor,
    id: &ProductId,
    sent: &Sent,
) -> Result<Response, Error> {
    let here = format!("/admin/products/{id}");
    if sent.get("sure") != "yes" {
        let product = admin.clients.catalog.product_for_edit(id).await?.ok_or(Error::NotFound)?;
        let title = product.product.title;
        return Confirm {
            frame: admin.frame(visitor, format!("Delete {title}?")).await.back(&here, "Product"),
            text: "Orders keep what they have written down of it. Archive it instead to keep the product."
                .to_owned(),
            items: Vec::new(),
            action: here.clone(),
            hidden: vec![("do".to_owned(), "delete".to_owned())],
            button: "Delete the product".to_owned(),
            back: here,
        }
        .page();
    }
    match admin.clients.catalog.delete_product(id).await {
        Ok(()) => Ok(admin.done("/admin/products", "The product is deleted.")),
        Err(error) => Ok(admin.failed("/admin/products", &refusal(error)?)),
    }
}

/// The product as the form wants it; what it has no fields for stays.
fn read(
    admin: &Admin,
    sent: &Sent,
    before: Option<&PutProduct>,
    problems: &mut Problems,
) -> PutProduct {
    let draft = Draft::typed(sent, before);
    let options: Vec<String> = (0..3)
        .map(|at| draft.get(&format!("option.{at}")).to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let mut at = |field: &str| {
        moment(draft.get(field)).unwrap_or_else(|()| {
            problems.add(field, "Enter a day and a time");
            None
        })
    };
    let (publish_at, unpublish_at) = (at("publish_at"), at("unpublish_at"));
    let known = (options.len(), admin.config.currency);
    let tags = draft.get("tags").split(',').map(str::trim).filter(|tag| !tag.is_empty());
    PutProduct {
        handle: sent.some("handle"),
        title: draft.get("title").to_owned(),
        description_html: paragraphs(draft.get("description_html")),
        vendor: sent.some("vendor"),
        product_type: sent.some("product_type"),
        tags: tags.map(ToOwned::to_owned).collect(),
        status: draft.status,
        variants: variants::read(&draft.variants, before, known, problems),
        options,
        image_ids: before.map(|before| before.image_ids.clone()).unwrap_or_default(),
        category_ids: draft.categories.iter().filter_map(|id| id.parse().ok()).collect(),
        seo: Seo { title: sent.some("seo.title"), description: sent.some("seo.description") },
        publish_at,
        unpublish_at,
    }
}

/// Text without a tag in it becomes paragraphs.
fn paragraphs(text: &str) -> String {
    if text.is_empty() || text.contains('<') {
        return text.to_owned();
    }
    let escaped = text.replace('&', "&amp;").replace('\r', "");
    let paragraphs = escaped.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|paragraph| format!("<p>{}</p>", paragraph.replace('\n', "<br>"))).collect()
}

/// What `catalog` says of a variant by its place stands beside the row of that place.
fn told(mut problems: Problems, sent: &Sent, put: &PutProduct) -> Problems {
    let rows: Vec<&str> = sent.all("variant").collect();
    for problem in &mut problems.0 {
        let Some(rest) = problem.field.strip_prefix("variants.") else {
            if problem.field.starts_with("tags.") {
                "tags".clone_into(&mut problem.field);
            }
            continue;
        };
        let (place, field) = rest.split_once('.').unwrap_or((rest, ""));
        let variant = place.parse::<usize>().ok().and_then(|at| put.variants.get(at));
        let id = variant.and_then(|variant| variant.id.as_ref());
        let row = rows.iter().find(|row| id.is_some_and(|id| id.as_str() == **row));
        if let Some(row) = row.or_else(|| rows.iter().find(|row| row.starts_with("new-"))) {
            let field = field.split('.').next().unwrap_or_default();
            let field = match field {
                "compare_at_price" => "compare",
                "option_values" => "value.0",
                "weight_grams" => "weight",
                "on_hand" => "stock",
                field => field,
            };
            problem.field = format!("{row}.{field}");
        }
    }
    problems
}

async fn conflict(
    admin: &Admin,
    visitor: &Visitor,
    current: &ProductForEdit,
    sent: &Sent,
) -> Result<Response, Error> {
    let (mine, theirs) = (Draft::typed(sent, Some(&current.product)), Draft::of(&current.product));
    let mut versions: Vec<Versions> = FIELDS
        .iter()
        .map(|name| Versions::new(&words::label(name), mine.get(name), theirs.get(name)))
        .collect();
    let status = |draft: &Draft| super::list::status_badge(draft.status).text;
    versions.push(Versions::new("Status", status(&mine), status(&theirs)));
    let lines = |draft: &Draft| {
        let line = |v: &variants::VariantDraft| {
            let values: Vec<_> = v.values.iter().filter(|v| !v.is_empty()).cloned().collect();
            format!("{} {} {}", values.join(" / "), v.price, v.sku).trim().to_owned()
        };
        let kept = draft.variants.iter().filter(|variant| !variant.gone);
        kept.map(line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    };
    versions.push(Versions::new("Variants", lines(&mine), lines(&theirs)));
    let here = format!("/admin/products/{}", current.id);
    Conflict {
        frame: admin.frame(visitor, "Somebody else saved first").await.back(&here, "Product"),
        versions,
        action: here.clone(),
        hidden: sent.with("version", &current.version.to_string()),
        back: here,
    }
    .page()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_becomes_paragraphs_and_html_stays() {
        assert_eq!(
            paragraphs("Tea & cups\nwarm\n\nNew"),
            "<p>Tea &amp; cups<br>warm</p><p>New</p>"
        );
        assert_eq!(paragraphs("<p>a</p>"), "<p>a</p>");
        assert_eq!(paragraphs(""), "");
    }
}
