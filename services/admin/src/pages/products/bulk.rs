//! Changes from the list: a row where it stands, and many rows at once.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_catalog_api::{BulkEdit, BulkOutcome, BulkResult, ProductEdit, ProductId, VariantEdit};
use emart_http::{Json, Path};
use emart_inventory_api::{NewAdjustment, StockItemId};
use emart_types::new_id_text;
use serde_json::json;

use super::list::read_status;
use crate::Admin;
use crate::error::{Error, refusal, sentence};
use crate::forms::{Problems, read_money, read_number};
use crate::pages::confirm::Confirm;
use crate::sent::Sent;
use crate::visitor::{Visitor, wants_json};
use crate::words;

const LIST: &str = "/admin/products";

/// The list that a form came from; nowhere else.
fn back(sent: &Sent) -> String {
    let back = sent.get("back");
    let is_ours = back == LIST || back.starts_with("/admin/products?");
    if is_ours { back.to_owned() } else { LIST.to_owned() }
}

/// `POST /admin/products/{id}/quick`: price, status and stock of one row.
pub(super) async fn quick(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<ProductId>,
    sent: Sent,
) -> Result<Response, Error> {
    let done = change(&admin, &id, &sent).await?;
    if wants_json(&visitor.headers) {
        let (saved, text, version) = match &done {
            Ok(version) => (true, "Saved.".to_owned(), *version),
            Err(why) => (false, why.clone(), None),
        };
        return Ok(Json(json!({"saved": saved, "text": text, "version": version})).into_response());
    }
    Ok(match done {
        Ok(_) => admin.done(&back(&sent), "Saved."),
        Err(why) => admin.failed(&back(&sent), &why),
    })
}

/// The version there is then, or why not.
async fn change(
    admin: &Admin,
    id: &ProductId,
    sent: &Sent,
) -> Result<Result<Option<i64>, String>, Error> {
    let mut problems = Problems::default();
    for (field, text) in [("price", "Enter a price"), ("stock", "Enter how many there are")] {
        if sent.has(field) && sent.get(field).is_empty() {
            problems.add(field, text);
        }
    }
    let price = read_money("price", sent.get("price"), admin.config.currency, &mut problems);
    let stock = read_number("stock", sent.get("stock"), &mut problems);
    if let Some(problem) = problems.0.first() {
        return Ok(Err(problem.text.clone()));
    }
    let mut edit = ProductEdit::new(id.clone());
    edit.version = sent.get("version").parse().ok();
    edit.status = read_status(sent.get("status"));
    if let (Some(price), Ok(variant)) = (price, sent.get("variant").parse()) {
        edit.variants.push(VariantEdit { price: Some(price), ..VariantEdit::new(variant) });
    }
    let key = sent.some("key").unwrap_or_else(|| new_id_text("key"));
    let bulk = BulkEdit { products: vec![edit] };
    let result = match admin.clients.catalog.bulk_edit(&bulk, &key).await {
        Ok(result) => result,
        Err(error) => return Ok(Err(refusal(error)?)),
    };
    if let Some(why) = refused(&result) {
        return Ok(Err(why));
    }
    let version = result.rows.first().and_then(|row| row.version);
    match (stock, sent.get("stock_before").parse::<i64>(), sent.get("item").parse::<StockItemId>())
    {
        (Some(stock), Ok(before), Ok(item)) if stock != before => {
            // By the difference: what was sold meanwhile stays sold.
            let delta = Some(stock - before);
            let reason = "Corrected in the list of products".to_owned();
            let adjustment = NewAdjustment { delta, on_hand: None, reason };
            match admin.clients.inventory.adjust(&item, &adjustment, &format!("{key}-stock")).await
            {
                Ok(_) => Ok(Ok(version)),
                Err(error) => Ok(Err(refusal(error)?)),
            }
        }
        _ => Ok(Ok(version)),
    }
}

/// Why the first product that was refused was.
fn refused(result: &BulkResult) -> Option<String> {
    let row = result.rows.iter().find(|row| row.outcome == BulkOutcome::Refused)?;
    let error = row.errors.first();
    Some(error.map_or_else(|| "It could not be changed.".to_owned(), |e| sentence(&e.detail)))
}

/// `POST /admin/products/do`: the same for all chosen rows.
pub(super) async fn act(
    State(admin): State<Admin>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, Error> {
    let ids: Vec<ProductId> = sent.all("id").filter_map(|id| id.parse().ok()).collect();
    let (back, verb) = (back(&sent), sent.get("do"));
    if ids.is_empty() {
        return Ok(admin.failed(&back, "Choose some products first."));
    }
    if verb == "delete" {
        return delete(&admin, &visitor, &sent, &ids, &back).await;
    }
    let tag = sent.get("tag");
    if verb == "tag" && tag.is_empty() {
        return Ok(admin.failed(&back, "Type the tag to add."));
    }
    let edit = |id: ProductId| {
        let mut edit = ProductEdit::new(id);
        edit.status = read_status(verb);
        if verb == "tag" {
            edit.add_tags = vec![tag.to_owned()];
        }
        edit
    };
    let bulk = BulkEdit { products: ids.into_iter().map(edit).collect() };
    match admin.clients.catalog.bulk_edit(&bulk, &new_id_text("key")).await {
        Ok(result) => {
            let changed = words::count(result.changed.into(), "product", "products");
            Ok(match refused(&result) {
                Some(why) => admin.failed(&back, &format!("{changed} changed. {why}")),
                None => admin.done(&back, &format!("{changed} changed.")),
            })
        }
        Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
    }
}

async fn delete(
    admin: &Admin,
    visitor: &Visitor,
    sent: &Sent,
    ids: &[ProductId],
    back: &str,
) -> Result<Response, Error> {
    let count = words::count(i64::try_from(ids.len()).unwrap_or(i64::MAX), "product", "products");
    if sent.get("sure") != "yes" {
        let mut items = Vec::new();
        for id in ids.iter().take(20) {
            if let Some(product) = admin.clients.catalog.product_for_edit(id).await? {
                items.push(product.product.title);
            }
        }
        let text = "Orders keep what they have written down of them. Archive them instead to keep the products.";
        return Confirm {
            frame: admin.frame(visitor, format!("Delete {count}?")).await.back(LIST, "Products"),
            text: text.to_owned(),
            items,
            action: "/admin/products/do".to_owned(),
            hidden: sent.0.clone(),
            button: format!("Delete {count}"),
            back: back.to_owned(),
        }
        .page();
    }
    for id in ids {
        match admin.clients.catalog.delete_product(id).await {
            Err(error) if error.is("not-found") => {}
            done => done?,
        }
    }
    Ok(admin.done(back, &format!("{count} deleted.")))
}
