//! Many variants in one grid, as in a spreadsheet.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_catalog_api::{
    BulkEdit, BulkOutcome, BulkResult, DeskProduct, ProductEdit, ProductForEdit, ProductId,
    VariantEdit,
};
use emart_http::Permission;
use emart_inventory_api::StockItemId;
use emart_types::new_id_text;

use super::list::{query, read_status, statuses};
use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, form_problems, sentence};
use crate::forms::{Choice, FormProblem, Problems, money_value, read_money, read_number};
use crate::frame::{self, Frame};
use crate::sent::Sent;
use crate::visitor::Visitor;
use crate::words;

/// Products in a grid, and the rows it may have: a page stays small.
const MOST_PRODUCTS: usize = 50;
const MOST_ROWS: usize = 120;

#[derive(Template)]
#[template(path = "products/grid.html", whitespace = "minimize")]
struct GridPage {
    frame: Frame,
    problems: Problems,
    rows: Vec<GridRow>,
    left_out: usize,
    may_count: bool,
    key: String,
}

struct GridRow {
    product: String,
    version: i64,
    variant: String,
    title: String,
    choice: String,
    first: bool,
    statuses: Vec<Choice>,
    sku: String,
    price: String,
    compare: String,
    /// Nothing when it is not counted.
    on_hand: Option<i64>,
}

/// `GET /admin/products/bulk`: the products that were chosen, or the first of the list.
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let mut ids: Vec<ProductId> = asked.all("id").filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        let page = admin.clients.catalog.desk_products(&query(&asked, "50")).await?;
        ids = page.items.into_iter().map(|DeskProduct { id, .. }| id).collect();
    }
    page(&admin, &visitor, &ids, Problems::default()).await
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    ids: &[ProductId],
    problems: Problems,
) -> Result<Response, Error> {
    let mut products = Vec::new();
    let mut count = 0;
    for id in ids.iter().take(MOST_PRODUCTS) {
        let Some(product) = admin.clients.catalog.product_for_edit(id).await? else { continue };
        count += product.product.variants.len();
        if count > MOST_ROWS && !products.is_empty() {
            break;
        }
        products.push(product);
    }
    let items: Vec<StockItemId> = products
        .iter()
        .flat_map(|product| &product.product.variants)
        .filter(|variant| variant.track_stock)
        .filter_map(|variant| variant.stock_item_id.clone())
        .collect();
    let levels = admin.clients.inventory.levels(&items).await?;
    let on_hand = |item: Option<&StockItemId>| {
        levels.iter().find(|level| Some(&level.id) == item).map(|level| level.on_hand)
    };
    let rows = products.iter().flat_map(|product| rows(product, &on_hand));
    let rows: Vec<_> = rows.take(MOST_ROWS).collect();
    let wrong = !problems.is_empty();
    let frame = admin.frame(visitor, "Edit together").await.back("/admin/products", "Products");
    let page = GridPage {
        frame: frame.script("grid"),
        problems,
        left_out: ids.len().saturating_sub(products.len()),
        may_count: visitor.may(Permission::InventoryWrite),
        rows,
        key: new_id_text("key"),
    };
    if wrong { frame::again(&page) } else { frame::html(&page) }
}

fn rows<'a>(
    product: &'a ProductForEdit,
    on_hand: &'a impl Fn(Option<&StockItemId>) -> Option<i64>,
) -> impl Iterator<Item = GridRow> + 'a {
    product.product.variants.iter().enumerate().filter_map(move |(at, variant)| {
        Some(GridRow {
            product: product.id.to_string(),
            version: product.version,
            variant: variant.id.as_ref()?.to_string(),
            title: product.product.title.clone(),
            choice: variant.option_values.join(" / "),
            first: at == 0,
            statuses: statuses(product.product.status),
            sku: variant.sku.clone().unwrap_or_default(),
            price: money_value(Some(variant.price)),
            compare: money_value(variant.compare_at_price),
            on_hand: on_hand(variant.stock_item_id.as_ref()).filter(|_| variant.track_stock),
        })
    })
}

/// `POST /admin/products/bulk`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let edits = read(&admin, &sent, &mut problems);
    let ids: Vec<ProductId> = edits.iter().map(|edit| edit.id.clone()).collect();
    if !problems.is_empty() {
        return page(&admin, &visitor, &ids, problems).await;
    }
    if edits.is_empty() {
        return Ok(admin.failed("/admin/products", "There was nothing to change."));
    }
    let key = sent.some("key").unwrap_or_else(|| new_id_text("key"));
    match admin.clients.catalog.bulk_edit(&BulkEdit { products: edits }, &key).await {
        Ok(result) if result.refused == 0 => {
            let changed = words::count(result.changed.into(), "product", "products");
            Ok(admin.done("/admin/products", &format!("{changed} changed.")))
        }
        Ok(result) => {
            let problems = told(&admin, &result).await?;
            page(&admin, &visitor, &ids, problems).await
        }
        Err(error) => page(&admin, &visitor, &ids, form_problems(error)?).await,
    }
}

/// The edits of a grid: only what is another than it was when the page was made.
fn read(admin: &Admin, sent: &Sent, problems: &mut Problems) -> Vec<ProductEdit> {
    let mut edits: Vec<ProductEdit> = Vec::new();
    for row in sent.all("row") {
        let (Ok(product), Ok(variant)) =
            (sent.get(&format!("{row}.product")).parse::<ProductId>(), row.parse())
        else {
            continue;
        };
        let changed = |field: &str| {
            let now = sent.get(&format!("{row}.{field}"));
            (now != sent.get(&format!("{row}.{field}.was"))).then_some(now)
        };
        let mut edit = VariantEdit::new(variant);
        let money = |field: &str, typed: &str, problems: &mut Problems| {
            read_money(&format!("{row}.{field}"), typed, admin.config.currency, problems)
        };
        if let Some(typed) = changed("price") {
            edit.price = money("price", typed, problems);
        }
        if let Some(typed) = changed("compare") {
            edit.compare_at_price = money("compare", typed, problems);
            edit.clear_compare_at_price = typed.is_empty();
        }
        edit.sku = changed("sku").map(ToOwned::to_owned);
        if let Some(typed) = changed("stock") {
            edit.on_hand = read_number(&format!("{row}.stock"), typed, problems);
        }
        let status = changed("status").and_then(read_status);
        let is_new = edits.last().is_none_or(|last| last.id != product);
        if is_new {
            let version = sent.get(&format!("{row}.version")).parse().ok();
            edits.push(ProductEdit { version, ..ProductEdit::new(product) });
        }
        if let Some(last) = edits.last_mut() {
            last.status = status.or(last.status);
            last.variants.push(edit);
        }
    }
    edits
}

async fn told(admin: &Admin, result: &BulkResult) -> Result<Problems, Error> {
    let mut problems = Problems::default();
    let done = i64::from(result.changed + result.unchanged);
    if result.changed > 0 {
        let text =
            format!("{} saved; these are not:", words::count(done, "product is", "products are"));
        problems.0.push(FormProblem::whole(text));
    }
    for row in result.rows.iter().filter(|row| row.outcome == BulkOutcome::Refused).take(20) {
        let product = admin.clients.catalog.product_for_edit(&row.id).await?;
        let title = product.map_or_else(|| row.id.to_string(), |product| product.product.title);
        let why = row.errors.first().map(|error| sentence(&error.detail)).unwrap_or_default();
        problems.0.push(FormProblem::whole(format!("{title}: {why}")));
    }
    Ok(problems)
}
