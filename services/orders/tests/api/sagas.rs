//! Sagas as those who run the store see them: what is stuck, why, and a try at once.

use std::time::Duration;

use emart_http::{Caller, Permission, Permissions, Role};
use emart_testkit::Api;
use serde_json::{Value, json};

use crate::Shop;
use crate::neighbours::Fault;

const SAGAS: &str = "/api/v1/orders/sagas";

/// Somebody who looks after the system, and may do nothing else.
fn keeper(shop: &Shop) -> Api {
    let may = Permissions::NONE.with(Permission::System);
    shop.api.by(Caller::person(Role::Staff, "usr_keeper").allowed(may))
}

async fn listed(shop: &Shop, query: &str) -> Vec<Value> {
    let page = keeper(shop).get(&format!("{SAGAS}?{query}")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

/// Waits until a list has as many sagas, without letting time pass.
async fn until(shop: &Shop, query: &str, count: usize) -> Vec<Value> {
    for _ in 0..400 {
        let found = listed(shop, query).await;
        if found.len() == count {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{query} never had {count}: {:?}", shop.near);
}

/// Audit records of an action that wait to be told.
async fn audited(shop: &Shop, action: &str) -> i64 {
    let like = format!("%{action}%");
    let sql = "SELECT COUNT(*) FROM outbox WHERE type = 'orders.audited.v1' AND event LIKE $1";
    shop.db().one(sql, emart_store::vals![like]).await.unwrap()
}

#[tokio::test]
async fn a_checkout_that_is_stuck_says_where_and_why_and_goes_on_when_somebody_says_so() {
    for shop in Shop::both().await {
        shop.near.fail("capture", Fault::Before);
        shop.buy("k").await.expect(201);
        let stuck = until(&shop, "standing=stuck", 1).await.remove(0);
        assert_eq!((&stuck["kind"], &stuck["step"]), (&json!("checkout"), &json!("settle")));
        assert_eq!((&stuck["label"], &stuck["tries"]), (&json!("Order 1001"), &json!(1)));
        assert_eq!(stuck["total"]["amount_minor"], 1490);
        assert!(stuck["error"].as_str().unwrap().contains("unavailable"), "{stuck}");
        // The clock stands still: without a word from somebody it would wait for ever.
        let path = format!("{SAGAS}/{}/retry", stuck["id"].as_str().unwrap());
        let told = keeper(&shop).post(&path, ()).await.expect(200);
        assert_eq!(told["next_try_at"], "2026-11-23T12:00:00.000Z");
        until(&shop, "", 0).await;
        let order = shop.newest_order().await.unwrap();
        assert_eq!(order["state"], "confirmed");
        assert_eq!(audited(&shop, "checkout.retried").await, 1);
        keeper(&shop).post(&path, ()).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_refund_that_is_stuck_goes_on_at_once_and_one_that_was_refused_does_not() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        until(&shop, "", 0).await;
        shop.near.fail("restock", Fault::Before);
        let body = json!({"lines": [{"line": 0, "quantity": 1}], "restock": true, "reason": "x"});
        shop.ask("1", &format!("{path}/refunds"), body.clone()).await.expect(202);
        let stuck = listed(&shop, "").await.remove(0);
        assert_eq!((&stuck["kind"], &stuck["step"]), (&json!("refund"), &json!("pieces back")));
        assert_eq!(stuck["label"], "Order 1001");
        let retry = |saga: &Value| format!("{SAGAS}/{}/retry", saga["id"].as_str().unwrap());
        keeper(&shop).post(&retry(&stuck), ()).await.expect(200);
        until(&shop, "", 0).await;
        shop.near.fail("refund", Fault::Refuse(409, "refund-refused"));
        shop.ask("2", &format!("{path}/refunds"), body).await.expect_problem(409, "refund-failed");
        let refused = listed(&shop, "standing=given_up").await.remove(0);
        assert_eq!((&refused["error"], &refused["next_try_at"]), (&json!("because"), &Value::Null));
        let answer = keeper(&shop).post(&retry(&refused), ()).await;
        answer.expect_problem(409, "saga-not-stuck");
        assert_eq!(audited(&shop, "refund.retried").await, 1);
    }
}

#[tokio::test]
async fn what_needs_somebody_comes_first_and_a_list_is_read_a_page_at_a_time() {
    for shop in Shop::both().await {
        let path = shop.order("k").await;
        until(&shop, "", 0).await;
        shop.near.fail("refund", Fault::Refuse(409, "refund-refused"));
        let body = json!({"amount": {"amount_minor": 90, "currency": "EUR"}, "reason": "late"});
        let refunds = format!("{path}/refunds");
        shop.ask("1", &refunds, body.clone()).await.expect_problem(409, "refund-failed");
        shop.near.fail("refund", Fault::Before);
        shop.ask("2", &refunds, body).await.expect(202);
        let first = keeper(&shop).get(&format!("{SAGAS}?limit=1")).await.expect(200);
        assert_eq!(first["items"][0]["standing"], "stuck");
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = keeper(&shop).get(&format!("{SAGAS}?limit=1&cursor={cursor}")).await;
        let second = second.expect(200);
        assert_eq!(second["items"][0]["standing"], "given_up");
        assert_eq!(second["next_cursor"], Value::Null);
    }
}

#[tokio::test]
async fn a_checkout_that_waits_for_its_customer_cannot_be_hurried_and_a_refused_one_is_not_listed()
{
    for shop in Shop::both().await {
        shop.near.books.lock().unwrap().card = Some(emart_payments_api::PaymentState::Failed);
        shop.buy("declined").await.expect_problem(402, "card-declined");
        assert_eq!(listed(&shop, "").await, Vec::<Value>::new());
        shop.near.books.lock().unwrap().card =
            Some(emart_payments_api::PaymentState::RequiresAction);
        shop.buy("waits").await.expect(202);
        let waiting = listed(&shop, "standing=under_way").await.remove(0);
        assert_eq!((&waiting["tries"], &waiting["error"]), (&json!(0), &Value::Null));
        let path = format!("{SAGAS}/{}/retry", waiting["id"].as_str().unwrap());
        keeper(&shop).post(&path, ()).await.expect_problem(409, "saga-not-stuck");
    }
}

#[tokio::test]
async fn only_those_who_look_after_the_system_see_sagas() {
    let shop = Shop::one().await;
    for api in [shop.api.clone(), shop.api.customer("usr_eve"), shop.api.staff()] {
        assert!(matches!(api.get(SAGAS).await.status, 401 | 403));
        let retry = format!("{SAGAS}/chk_00000000000000000000000001/retry");
        assert!(matches!(api.post(&retry, ()).await.status, 401 | 403));
    }
    for unknown in ["chk_00000000000000000000000001", "act_1", "nothing"] {
        let retry = format!("{SAGAS}/{unknown}/retry");
        keeper(&shop).post(&retry, ()).await.expect_problem(404, "not-found");
    }
}
