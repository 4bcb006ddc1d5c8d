//! What is kept of a person: handed to those who may ask for it, and gone when the person is forgotten.

use std::sync::{Arc, Mutex};

use emart_events::{Consumer, Received};
use emart_http::{Caller, Role};
use emart_identity_api::{UserErased, UserId};
use emart_orders_api::OrderForgotten;
use emart_store::Tx;
use emart_testkit::Api;
use serde_json::{Value, json};

use crate::Shop;

const DATA: &str = "/internal/orders/personal-data";

/// Somebody who may change customers.
fn keeper(shop: &Shop) -> Api {
    shop.api.by(Caller::person(Role::Admin, "usr_owner"))
}

/// Ada buys once as herself and once without signing in; a draft is made for her, another one becomes an order; and Eve
/// has an order and a draft of hers.
async fn trade(shop: &Shop, ada: &UserId) {
    let mine = shop.api.customer(ada.as_str()).header("idempotency-key", "1");
    mine.post("/api/v1/checkouts", shop.body()).await.expect(201);
    shop.buy("2").await.expect(201);
    let mut eves = shop.body();
    eves["email"] = json!("eve@example.com");
    shop.buy_with("3", eves).await.expect(201);
    for (key, email) in
        [("4", "Ada@example.com"), ("5", "ada@example.com"), ("6", "eve@example.com")]
    {
        let body = json!({
            "lines": [{"variant_id": shop.near.variant_id(), "quantity": 2}], "email": email,
            "shipping_address": shop.body()["shipping_address"], "note": "as we said on the phone",
        });
        let draft = shop.ask(key, "/api/v1/orders/drafts", body).await.expect(201);
        if key == "5" {
            let path = format!("/api/v1/orders/drafts/{}/mark-paid", draft["id"].as_str().unwrap());
            let paid = json!({
                "expected_total": {"amount_minor": 1490, "currency": "EUR"}, "method": "cash",
            });
            shop.ask("paid", &path, paid).await.expect(201);
        }
    }
    let order = shop.api.customer(ada.as_str()).get("/api/v1/orders").await.expect(200);
    let path = format!("/api/v1/orders/{}/notes", order["items"][0]["id"].as_str().unwrap());
    shop.ask("7", &path, json!({"text": "likes tea"})).await.expect(201);
}

async fn erase(shop: &Shop, ada: &UserId) {
    let elsewhere = shop.host.open("elsewhere", &[]).await.unwrap();
    let outbox = shop.host.outbox("elsewhere", &elsewhere);
    let erased = UserErased { user_id: ada.clone(), email: "ada@example.com".to_owned() };
    let told = elsewhere.write(move |tx| async move { outbox.emit(&tx, &erased).await });
    told.await.map_err(|error: emart_store::Error| error).unwrap();
    shop.host.settle().await.unwrap();
}

#[tokio::test]
async fn all_orders_and_drafts_of_a_person_are_handed_to_those_who_may_ask() {
    for shop in Shop::both().await {
        let ada = UserId::new();
        trade(&shop, &ada).await;
        let query = json!({"customer_id": ada, "email": "Ada@Example.com"});
        let kept = keeper(&shop).post(DATA, &query).await.expect(200);
        let numbers: Vec<&Value> =
            kept["orders"].as_array().unwrap().iter().map(|of| &of["order"]["number"]).collect();
        assert_eq!(numbers, [1004, 1002, 1001]);
        assert_eq!(kept["orders"][2]["notes"][0]["text"], "likes tea");
        assert_eq!((kept["drafts"].as_array().unwrap().len(), &kept["next"]), (2, &Value::Null));
        assert!(!kept.to_string().contains("eve@example.com"));
        let mut query = query;
        query["before"] = kept["orders"][1]["order"]["id"].clone();
        let rest = keeper(&shop).post(DATA, &query).await.expect(200);
        assert_eq!(rest["orders"].as_array().unwrap().len(), 1);
        shop.api.customer("usr_eve").post(DATA, &query).await.expect_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_person_who_is_forgotten_is_in_no_order_draft_or_checkout_and_others_hear_of_it() {
    for shop in Shop::both().await {
        let ada = UserId::new();
        trade(&shop, &ada).await;
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&told);
        let listener = shop.host.open("listener", &[]).await.unwrap();
        shop.host.subscribe(Consumer::new("listener", listener).on(
            move |_: Tx, event: Received<OrderForgotten>| {
                heard.lock().unwrap().push(event.payload.order_id.to_string());
                async { Ok::<(), emart_store::Error>(()) }
            },
        ));
        erase(&shop, &ada).await;
        let query = json!({"customer_id": ada, "email": "ada@example.com"});
        let kept = keeper(&shop).post(DATA, &query).await.expect(200);
        assert_eq!((&kept["orders"], &kept["drafts"]), (&json!([]), &json!([])));
        assert_eq!(told.lock().unwrap().len(), 3);
        for state in ["open", "completed"] {
            let path = format!("/api/v1/orders/drafts?state={state}");
            let drafts = shop.api.staff().get(&path).await.expect(200).to_string();
            assert!(
                !drafts.contains("ada@example.com") && !drafts.contains("Ada@example"),
                "{drafts}"
            );
        }
        let drafts = shop.api.staff().get("/api/v1/orders/drafts").await.expect(200);
        let of = |email: Value| {
            let drafts = drafts["items"].as_array().unwrap();
            drafts.iter().find(|draft| draft["email"] == email).cloned().unwrap_or_default()
        };
        assert_eq!(
            (&of(Value::Null)["note"], &of(Value::Null)["lines"][0]["quantity"]),
            (&Value::Null, &json!(2))
        );
        assert_eq!(of(json!("eve@example.com"))["note"], "as we said on the phone");
        for (table, column) in [("orders", "body"), ("drafts", "body"), ("checkouts", "progress")] {
            let sql =
                format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE '%da@example.com%'");
            let db = shop.db();
            let left = db.read(move |tx| async move { tx.one_dyn::<i64>(&sql, &[]).await });
            let left: Result<i64, emart_store::Error> = left.await;
            assert_eq!(left.unwrap(), 0, "{table}");
        }
    }
}
