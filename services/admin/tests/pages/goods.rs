//! The pages of goods: products, collections, categories, stock.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use emart_http::{Json, Problem, Role};
use http::StatusCode;
use serde_json::{Value, json};

use crate::Browser;
use crate::shop::HOSTILE;

const PRODUCT: &str = "prd_00000000000000000000000001";
const VARIANT: &str = "var_00000000000000000000000001";
const ITEM: &str = "stk_00000000000000000000000001";
const COLLECTION: &str = "col_00000000000000000000000001";
const CATEGORY: &str = "cat_00000000000000000000000001";
const RUN: &str = "imp_00000000000000000000000001";

/// What the services were sent.
pub(crate) type Heard = Arc<Mutex<Vec<(String, Value)>>>;

fn eur(minor: i64) -> Value {
    json!({"amount_minor": minor, "currency": "EUR"})
}

fn put_product() -> Value {
    json!({
        "handle": "mug", "title": format!("Mug {HOSTILE}"), "description_html": "<p>Warm</p>",
        "vendor": HOSTILE, "tags": [HOSTILE], "status": "active", "options": ["Size"],
        "variants": [{"id": VARIANT, "option_values": [HOSTILE], "sku": HOSTILE, "price": eur(1200),
            "stock_item_id": ITEM}],
        "image_ids": [], "category_ids": [CATEGORY],
    })
}

fn for_edit() -> Value {
    json!({"id": PRODUCT, "version": 3, "product": put_product(), "images": [],
        "created_at": "2026-11-30T10:00:00Z", "updated_at": "2026-11-30T10:00:00Z"})
}

fn in_list() -> Value {
    json!({"id": PRODUCT, "handle": "mug", "title": format!("Mug {HOSTILE}"), "status": "active",
        "vendor": HOSTILE, "product_type": null, "tags": [], "image": null, "price_from": eur(1200),
        "price_to": eur(1200), "available": 4, "in_stock": true, "variant_count": 1,
        "variants": [{"id": VARIANT, "title": "", "sku": HOSTILE, "price": eur(1200),
            "compare_at_price": null, "stock_item_id": ITEM, "available": 4}],
        "publish_at": null, "unpublish_at": null, "version": 3, "updated_at": "2026-11-30T10:00:00Z"})
}

fn collection() -> Value {
    json!({"id": COLLECTION, "handle": "summer", "title": HOSTILE, "description_html": "", "published": true,
        "rules": {"match": "any", "conditions": [{"field": "tag", "relation": "is", "value": HOSTILE}]},
        "product_ids": [], "image": null, "seo": {"title": null, "description": null},
        "product_count": 2, "version": 1, "updated_at": "2026-11-30T10:00:00Z"})
}

fn run() -> Value {
    json!({"id": RUN, "file_name": format!("{HOSTILE}.csv"), "dry_run": true, "state": "done", "done": 2, "rows": 2,
        "report": {"dry_run": true, "rows": 2, "created": 1, "updated": 0, "unchanged": 0, "skipped": 1,
            "images": 0, "more_messages": 0, "messages": [
                {"line": 3, "handle": HOSTILE, "action": "skipped", "message": format!("no {HOSTILE}")}]},
        "problem": null, "created_at": "2026-11-30T10:00:00Z"})
}

fn page(items: &[Value]) -> Json<Value> {
    Json(json!({"items": items, "next_cursor": null}))
}

async fn replaced(
    State(heard): State<Heard>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    heard.lock().unwrap().push((id, body.clone()));
    if body["title"] == "Late" {
        let title = "Changed by someone else meanwhile";
        return Problem::new(StatusCode::PRECONDITION_FAILED, "version-conflict", title)
            .into_response();
    }
    let mut errors = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Not valid");
    errors.errors.push(emart_types::FieldError {
        pointer: "/variants/0/sku".to_owned(),
        detail: "is wrong".to_owned(),
    });
    errors.into_response()
}

pub(crate) fn catalog(heard: Heard) -> Router {
    let category = json!({"id": CATEGORY, "slug": "home", "name": HOSTILE, "description": HOSTILE, "image": null,
        "product_count": 1, "position": 0, "children": []});
    Router::new()
        .route("/api/v1/catalog/desk/products", get(|| async { page(&[in_list()]) }))
        .route("/api/v1/catalog/desk/products/{id}", get(|| async { Json(for_edit()) }))
        .route("/api/v1/catalog/desk/products/bulk", post(bulk))
        .route("/api/v1/catalog/products/{id}", put(replaced))
        .route("/api/v1/catalog/categories", get(move || async move { page(&[category]) }))
        .route("/api/v1/catalog/collections", get(|| async { page(&[collection()]) }))
        .route("/api/v1/catalog/collections/{id}", get(|| async { Json(collection()) }))
        .route("/api/v1/catalog/imports/runs/{id}", get(|| async { Json(run()) }))
        .with_state(heard)
}

async fn bulk(State(heard): State<Heard>, Json(body): Json<Value>) -> Json<Value> {
    heard.lock().unwrap().push(("bulk".to_owned(), body));
    let row = json!({"id": PRODUCT, "outcome": "changed", "version": 4, "errors": []});
    Json(json!({"changed": 1, "unchanged": 0, "refused": 0, "rows": [row]}))
}

fn item() -> Value {
    json!({"id": ITEM, "sku": HOSTILE, "title": HOSTILE, "tracked": true, "when_out": "deny", "on_hand": 4,
        "reserved": 0, "available": 4, "low_at": 5, "low_at_own": false, "low": true, "incoming": 0,
        "updated_at": "2026-11-30T10:00:00Z"})
}

pub(crate) fn inventory(heard: Heard) -> Router {
    let moved = json!({"id": "mov_00000000000000000000000001", "item_id": ITEM, "kind": "adjusted",
        "on_hand_delta": -1, "reserved_delta": 0, "reference": HOSTILE, "at": "2026-11-30T10:00:00Z",
        "sku": HOSTILE, "title": HOSTILE});
    let delivery = json!({"id": "inc_00000000000000000000000001", "item_id": ITEM, "sku": HOSTILE,
        "title": HOSTILE, "quantity": 3, "expected_on": "2027-01-01", "reference": HOSTILE, "state": "open",
        "received": 0, "created_at": "2026-11-30T10:00:00Z", "closed_at": null});
    let (one, all) = (moved.clone(), moved);
    Router::new()
        .route("/api/v1/inventory/items", get(|| async { page(&[item()]) }))
        .route("/api/v1/inventory/items/{id}", get(|| async { Json(item()) }))
        .route("/api/v1/inventory/items/{id}/movements", get(move || async move { page(&[one]) }))
        .route("/api/v1/inventory/items/{id}/adjustments", post(adjusted))
        .route("/api/v1/inventory/movements", get(move || async move { page(&[all]) }))
        .route("/api/v1/inventory/incoming", get(move || async move { page(&[delivery]) }))
        .route("/internal/inventory/levels", post(|| async { Json(json!([item()])) }))
        .with_state(heard)
}

async fn adjusted(
    State(heard): State<Heard>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Json<Value> {
    heard.lock().unwrap().push((id, body));
    Json(item())
}

#[tokio::test]
async fn every_page_of_goods_is_small_and_shows_texts_as_texts() {
    let (mut browser, _) = Browser::of_the_goods(Role::Admin);
    for path in [
        "/admin/products",
        "/admin/products/new",
        &format!("/admin/products/{PRODUCT}"),
        "/admin/products/bulk",
        "/admin/products/import",
        &format!("/admin/products/import/{RUN}"),
        "/admin/categories",
        "/admin/categories/new",
        &format!("/admin/categories/{CATEGORY}"),
        "/admin/collections",
        "/admin/collections/new",
        &format!("/admin/collections/{COLLECTION}"),
        "/admin/inventory",
        &format!("/admin/inventory/items/{ITEM}"),
        "/admin/inventory/movements",
        "/admin/inventory/incoming",
        "/admin/inventory/stock-take",
    ] {
        let seen = browser.open(path).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}: {}", seen.body);
        assert!(!seen.body.contains(HOSTILE), "{path}");
        assert!(seen.body.len() < 150_000, "{path} {}", seen.body.len());
        for inline in [" style=", " onclick=", "javascript:", "<style"] {
            assert!(!seen.body.contains(inline), "{path} has {inline}");
        }
    }
}

#[tokio::test]
async fn a_row_is_saved_where_it_stands_and_only_what_changed_is_sent() {
    let (mut browser, heard) = Browser::of_the_goods(Role::Admin);
    let form = format!(
        "version=3&key=key_1&back=%2Fadmin%2Fproducts%3Fq%3Dmug&variant={VARIANT}&item={ITEM}&stock_before=4&status=draft&price=12.50&stock=6"
    );
    let seen = browser.post(&format!("/admin/products/{PRODUCT}/quick"), &form).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/admin/products?q=mug"));
    let heard = heard.lock().unwrap().clone();
    let edit = &heard[0].1["products"][0];
    assert_eq!((&edit["status"], &edit["version"]), (&json!("draft"), &json!(3)));
    assert_eq!(edit["variants"][0]["price"], eur(1250));
    assert_eq!((heard[1].0.as_str(), &heard[1].1["delta"]), (ITEM, &json!(2)));
}

#[tokio::test]
async fn who_was_slower_sees_both_versions_and_what_is_wrong_stands_beside_its_field() {
    let (mut browser, heard) = Browser::of_the_goods(Role::Admin);
    let path = format!("/admin/products/{PRODUCT}");
    let form = |title: &str| {
        format!(
            "version=2&title={title}&status=active&option.0=Size&variant={VARIANT}&{VARIANT}.value.0=S&{VARIANT}.price=12&{VARIANT}.sku=%27%3D1&{VARIANT}.tracked=true"
        )
    };
    let seen = browser.post(&path, &form("Late")).await;
    assert_eq!(seen.status, StatusCode::PRECONDITION_FAILED);
    assert!(
        seen.body.contains("Late") && seen.body.contains("name=\"version\" value=\"3\""),
        "{}",
        seen.body
    );
    let seen = browser.post(&path, &form("Mug")).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains(&format!("href=\"#f-{VARIANT}.sku\"")), "{}", seen.body);
    let sent = heard.lock().unwrap()[1].1.clone();
    assert_eq!(
        (&sent["variants"][0]["price"], &sent["variants"][0]["id"]),
        (&eur(1200), &json!(VARIANT))
    );
    let seen = browser.post(&path, "version=3&title=Mug&variant=new-0&new-0.price=much").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("Enter an amount such as"), "{}", seen.body);
}

#[tokio::test]
async fn what_cannot_be_undone_is_asked_about_first() {
    let (mut browser, heard) = Browser::of_the_goods(Role::Admin);
    let seen = browser.post("/admin/products/do", &format!("do=delete&id={PRODUCT}")).await;
    assert!(seen.body.contains("name=\"sure\" value=\"yes\""), "{}", seen.body);
    let seen = browser.post(&format!("/admin/products/{PRODUCT}"), "do=delete").await;
    assert!(seen.body.contains("name=\"sure\" value=\"yes\""), "{}", seen.body);
    assert!(heard.lock().unwrap().is_empty());
}
