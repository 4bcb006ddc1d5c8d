//! Promotions: what they take off a quote, who may change them, and claims that never pass a limit.

use emart_orders_api::{Order, OrderPlaced};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{Config, Shop};

const PROMOTIONS: &str = "/api/v1/pricing/promotions";
const QUOTES: &str = "/api/v1/pricing/quotes";
const CLAIMS: &str = "/internal/pricing/promotion-claims";

fn eur(minor: i64) -> Value {
    json!({"amount_minor": minor, "currency": "EUR"})
}

/// Ten per cent off everything, changed as told.
fn ten(change: Value) -> Value {
    let mut body = json!({
        "title": "Ten off", "code": "ten", "active": true,
        "benefit": {"kind": "percent", "rate": 100_000},
    });
    let Value::Object(change) = change else { panic!("not a change: {change}") };
    body.as_object_mut().unwrap().extend(change);
    body
}

async fn make(shop: &Shop, body: Value) -> Value {
    shop.api.staff().post(PROMOTIONS, body).await.expect(201)
}

async fn claim(shop: &Shop, reference: &str, promotion: &Value, email: &str) -> u16 {
    let body = json!({
        "reference": reference, "promotions": [promotion["id"]],
        "shopper": {"customer_id": null, "email": email},
    });
    shop.api.post(CLAIMS, body).await.status
}

async fn uses(shop: &Shop, promotion: &Value) -> Value {
    let path = format!("{PROMOTIONS}/{}", promotion["id"].as_str().unwrap());
    shop.api.staff().get(&path).await.expect(200)["uses"].clone()
}

#[tokio::test]
async fn a_code_takes_its_share_off_every_line_and_tax_is_due_on_the_rest() {
    for shop in Shop::both(Config::default()).await {
        let (tea, mug) = (shop.stock(1999, 100), shop.stock(1001, 300));
        make(&shop, ten(json!({}))).await;
        let body = json!({"coupons": [" Ten "], "lines": [
            {"variant_id": tea, "quantity": 2}, {"variant_id": mug, "quantity": 1},
        ]});
        let quote = shop.api.post(QUOTES, body).await.expect(200);
        assert_eq!(quote["subtotal"], eur(4999));
        assert_eq!(quote["discount_total"], eur(500));
        assert_eq!(quote["coupons"][0]["applied"], true);
        assert_eq!(quote["coupons"][0]["code"], "TEN");
        assert_eq!(quote["lines"][0]["discounts"][0]["amount"], eur(400));
        assert_eq!(quote["lines"][0]["total"], eur(3598));
        assert_eq!(quote["lines"][0]["tax"], eur(574));
        let sent = quote["shipping"]["total"]["amount_minor"].as_i64().unwrap();
        assert_eq!(quote["total"], eur(4499 + sent));
    }
}

#[tokio::test]
async fn a_quote_says_why_a_code_does_not_count() {
    for shop in Shop::both(Config::default()).await {
        let tea = shop.stock(1000, 100);
        make(&shop, ten(json!({"code": "FIFTY", "conditions": {"minimum_subtotal": eur(5000)}})))
            .await;
        make(&shop, ten(json!({"code": "SWISS", "conditions": {"countries": ["CH"]}}))).await;
        make(&shop, ten(json!({"code": "LATER", "starts_at": "2026-12-01T00:00:00Z"}))).await;
        make(&shop, ten(json!({"code": "OFF", "active": false}))).await;
        for (code, reason) in [
            ("FIFTY", "minimum_subtotal"),
            ("SWISS", "country"),
            ("LATER", "not_started"),
            ("OFF", "unknown"),
            ("NOBODY", "unknown"),
        ] {
            let body = json!({"coupons": [code], "lines": [{"variant_id": tea, "quantity": 1}]});
            let quote = shop.api.post(QUOTES, body).await.expect(200);
            assert_eq!(quote["coupons"][0]["reason"], reason, "{code}");
            assert!(quote["discount_total"].is_null(), "{code}");
        }
        let body = json!({"coupons": vec!["A"; 6], "lines": [{"variant_id": tea, "quantity": 1}]});
        shop.api.post(QUOTES, body).await.expect_problem(422, "invalid");
    }
}

#[tokio::test]
async fn those_that_go_together_add_up_and_one_that_stands_alone_counts_only_when_it_is_cheaper() {
    for shop in Shop::both(Config::default()).await {
        let tea = shop.stock(10_000, 100);
        let quote = async |codes: &[&str]| {
            let body = json!({"coupons": codes, "lines": [{"variant_id": tea, "quantity": 1}]});
            shop.api.post(QUOTES, body).await.expect(200)
        };
        make(&shop, ten(json!({"code": null, "title": "Sale", "combinable": true}))).await;
        make(&shop, ten(json!({"code": "MORE", "combinable": true}))).await;
        let alone = |rate| json!({"kind": "percent", "rate": rate});
        make(&shop, ten(json!({"code": "SMALL", "benefit": alone(150_000)}))).await;
        make(&shop, ten(json!({"code": "LARGE", "benefit": alone(300_000)}))).await;
        assert_eq!(quote(&[]).await["discount_total"], eur(1000));
        assert_eq!(quote(&["MORE"]).await["discount_total"], eur(1900));
        let small = quote(&["MORE", "SMALL"]).await;
        assert_eq!(small["discount_total"], eur(1900));
        assert_eq!(small["coupons"][1]["reason"], "better_offer");
        let large = quote(&["MORE", "LARGE"]).await;
        assert_eq!(large["discount_total"], eur(3000));
        assert_eq!(large["coupons"][0]["reason"], "better_offer");
        assert_eq!(large["discounts"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn sending_is_free_up_to_the_price_that_the_promotion_says() {
    for shop in Shop::both(Config::default()).await {
        let tea = shop.stock(1000, 100);
        let free = json!({"kind": "free_shipping", "up_to": eur(500)});
        make(&shop, ten(json!({"code": "FREE", "title": "Free delivery", "benefit": free}))).await;
        let body = json!({"coupons": ["FREE"], "lines": [{"variant_id": tea, "quantity": 1}]});
        let quote = shop.api.post(QUOTES, body).await.expect(200);
        assert_eq!(quote["total"], eur(1000));
        assert_eq!(quote["shipping"]["discount"], quote["discounts"][0]["shipping"]);
        let express = quote["shipping_options"].as_array().unwrap();
        let express = express.iter().find(|option| option["name"] == "Express").unwrap();
        assert_eq!(express["price"], eur(1200));
    }
}

#[tokio::test]
async fn a_promotion_is_edited_in_the_version_that_was_read() {
    for shop in Shop::both(Config::default()).await {
        let clerk = shop.api.staff();
        shop.api.get(PROMOTIONS).await.expect_problem(401, "unauthorized");
        shop.api.customer("usr_ada").get(PROMOTIONS).await.expect_problem(403, "forbidden");
        let made = make(&shop, ten(json!({}))).await;
        assert_eq!(
            (&made["code"], &made["state"], &made["version"]),
            (&json!("TEN"), &json!("active"), &json!(1))
        );
        clerk.post(PROMOTIONS, ten(json!({}))).await.expect_problem(409, "coupon-code-taken");
        let path = format!("{PROMOTIONS}/{}", made["id"].as_str().unwrap());
        let off = ten(json!({"active": false}));
        clerk.put(&path, &off).await.expect_problem(428, "version-required");
        let one = clerk.header("if-match", "\"1\"");
        assert_eq!(one.put(&path, &off).await.expect(200)["state"], "off");
        one.put(&path, &off).await.expect_problem(412, "version-conflict");
        one.delete(&path).await.expect_problem(412, "version-conflict");
        let found = clerk.get(&format!("{PROMOTIONS}?code=ten")).await.expect(200);
        assert_eq!(found["items"][0]["id"], made["id"]);
        clerk.header("if-match", "\"2\"").delete(&path).await.expect(204);
        clerk.get(&path).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_field_by_field() {
    for shop in Shop::both(Config::default()).await {
        for (change, pointer) in [
            (json!({"title": " "}), "/title"),
            (json!({"code": "a b"}), "/code"),
            (json!({"benefit": {"kind": "percent", "rate": 1_000_001}}), "/benefit/rate"),
            (json!({"benefit": {"kind": "amount", "amount": eur(0)}}), "/benefit/amount"),
            (
                json!({"benefit": {"kind": "amount", "amount": {"amount_minor": 1, "currency": "USD"}}}),
                "/benefit/amount",
            ),
            (
                json!({"benefit": {"kind": "buy_x_get_y", "buy": 0, "get": 1, "rate": 1}}),
                "/benefit/buy",
            ),
            (json!({"conditions": {"countries": ["XX"]}}), "/conditions/countries/0"),
            (json!({"limits": {"uses": 0}}), "/limits/uses"),
            (
                json!({"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"}),
                "/ends_at",
            ),
            (json!({"priority": 1001}), "/priority"),
        ] {
            let answer = shop.api.staff().post(PROMOTIONS, ten(change)).await;
            assert_eq!(answer.expect_problem(422, "invalid")["errors"][0]["pointer"], pointer);
        }
    }
}

#[tokio::test]
async fn a_preview_shows_what_a_promotion_would_do_and_keeps_nothing() {
    for shop in Shop::both(Config::default()).await {
        let tea = shop.stock(1000, 100);
        let quote = json!({"lines": [{"variant_id": tea, "quantity": 1}]});
        let preview = async |promotion: Value| {
            let body = json!({"promotion": promotion, "quote": quote});
            let path = "/api/v1/pricing/promotion-previews";
            shop.api.post(path, &body).await.expect_problem(401, "unauthorized");
            shop.api.staff().post(path, body).await.expect(200)
        };
        let shown = preview(ten(json!({"active": false}))).await;
        assert_eq!(shown["applied"], true);
        assert!(shown["before"]["discount_total"].is_null());
        assert_eq!(shown["after"]["discount_total"], eur(100));
        let shown = preview(ten(json!({"conditions": {"minimum_quantity": 3}}))).await;
        assert_eq!(
            (&shown["applied"], &shown["reason"]),
            (&json!(false), &json!("Put in 2 more, and it counts."))
        );
        let list = shop.api.staff().get(PROMOTIONS).await.expect(200);
        assert_eq!(list["items"], json!([]));
    }
}

/// The voucher that is used once by everybody at once (the "voucher race" of the `ACIDRain` paper, SIGMOD 2017).
#[tokio::test]
async fn the_voucher_race_of_acidrain_never_passes_the_limit() {
    for shop in Shop::both(Config::default()).await {
        let voucher = make(&shop, ten(json!({"limits": {"uses": 3}}))).await;
        let tries =
            (0..40).map(|n| {
                let (shop, voucher) = (&shop, &voucher);
                async move {
                    claim(shop, &format!("chk_{n}"), voucher, &format!("{n}@example.com")).await
                }
            });
        let statuses = join_all(tries).await;
        assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 3);
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 37);
        assert_eq!(uses(&shop, &voucher).await, 3);
    }
}

#[tokio::test]
async fn one_shopper_at_many_tills_uses_a_voucher_as_often_as_it_is_theirs() {
    for shop in Shop::both(Config::default()).await {
        for limit in
            [json!({"limits": {"per_customer": 1}}), json!({"conditions": {"first_order": true}})]
        {
            let code = if limit.get("limits").is_some() { "ONCE" } else { "FIRST" };
            let mut body = ten(limit);
            body["code"] = json!(code);
            let voucher = make(&shop, body).await;
            let tries = (0..20).map(|n| {
                let (shop, voucher) = (&shop, &voucher);
                let email = if n % 2 == 0 { "ada@example.com" } else { "Ada@Example.com" };
                async move { claim(shop, &format!("chk_{code}_{n}"), voucher, email).await }
            });
            let statuses = join_all(tries).await;
            assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{code}");
            assert_eq!(uses(&shop, &voucher).await, 1);
        }
    }
}

#[tokio::test]
async fn a_claim_is_made_once_and_given_back_once_and_one_that_comes_late_is_stopped() {
    for shop in Shop::both(Config::default()).await {
        let voucher = make(&shop, ten(json!({"limits": {"uses": 1}}))).await;
        let again = (0..10).map(|_| claim(&shop, "chk_1", &voucher, "ada@example.com"));
        assert!(join_all(again).await.iter().all(|status| *status == 204));
        assert_eq!(claim(&shop, "chk_2", &voucher, "bob@example.com").await, 409);
        for _ in 0..3 {
            shop.api.delete(&format!("{CLAIMS}/chk_1")).await.expect(204);
        }
        assert_eq!(uses(&shop, &voucher).await, 0);
        assert_eq!(claim(&shop, "chk_1", &voucher, "ada@example.com").await, 409);
        shop.api.delete(&format!("{CLAIMS}/chk_3")).await.expect(204);
        assert_eq!(claim(&shop, "chk_3", &voucher, "bob@example.com").await, 409);
        assert_eq!(uses(&shop, &voucher).await, 0);
        assert_eq!(claim(&shop, "chk_4", &voucher, "bob@example.com").await, 204);
    }
}

#[tokio::test]
async fn an_order_makes_a_use_of_its_claim_and_its_buyer_has_ordered() {
    for shop in Shop::both(Config::default()).await {
        let tea = shop.stock(1000, 100);
        let voucher = make(&shop, ten(json!({"conditions": {"first_order": true}}))).await;
        let checkout = emart_orders_api::CheckoutId::new();
        assert_eq!(claim(&shop, checkout.as_str(), &voucher, "ada@example.com").await, 204);
        let placed = OrderPlaced {
            order: order(&voucher),
            checkout_id: checkout,
            order_token: "t".to_owned(),
            customer_id: None,
        };
        shop.tell(placed).await;
        let path = format!("{PROMOTIONS}/{}", voucher["id"].as_str().unwrap());
        let clerk = shop.api.staff();
        let seen = clerk.get(&path).await.expect(200);
        assert_eq!(
            (&seen["orders"], &seen["given"], &seen["revenue"]),
            (&json!(1), &eur(100), &eur(1390))
        );
        let orders = clerk.get(&format!("{path}/uses")).await.expect(200);
        assert_eq!(orders["items"][0]["order_number"], 1001);
        let quote = |email: &str| {
            json!({
                "quote": {"coupons": ["TEN"], "lines": [{"variant_id": tea, "quantity": 1}]},
                "shopper": {"email": email},
            })
        };
        let path = "/internal/pricing/shopper-quotes";
        let ada = shop.api.post(path, quote("ADA@example.com")).await.expect(200);
        assert_eq!(ada["coupons"][0]["reason"], "first_order");
        let bob = shop.api.post(path, quote("bob@example.com")).await.expect(200);
        assert_eq!(bob["coupons"][0]["applied"], true);
    }
}

#[tokio::test]
async fn what_a_cancelled_order_gives_back_is_no_use_any_more_and_can_be_used_again() {
    for shop in Shop::both(Config::default()).await {
        let voucher = make(&shop, ten(json!({"limits": {"uses": 1}}))).await;
        let checkout = emart_orders_api::CheckoutId::new();
        assert_eq!(claim(&shop, checkout.as_str(), &voucher, "ada@example.com").await, 204);
        let placed = OrderPlaced {
            order: order(&voucher),
            checkout_id: checkout.clone(),
            order_token: "t".to_owned(),
            customer_id: None,
        };
        shop.tell(placed).await;
        assert_eq!(claim(&shop, "chk_2", &voucher, "bob@example.com").await, 409);
        let path = format!("/internal/pricing/promotion-claims/{checkout}");
        shop.api.delete(&path).await.expect(204);
        shop.api.delete(&path).await.expect(204);
        let path = format!("{PROMOTIONS}/{}", voucher["id"].as_str().unwrap());
        let clerk = shop.api.staff();
        let seen = clerk.get(&path).await.expect(200);
        let figures = (&seen["uses"], &seen["orders"], &seen["given"], &seen["revenue"]);
        assert_eq!(figures, (&json!(0), &json!(0), &eur(0), &eur(0)));
        let orders = clerk.get(&format!("{path}/uses")).await.expect(200);
        assert_eq!(orders["items"], json!([]));
        assert_eq!(claim(&shop, "chk_2", &voucher, "bob@example.com").await, 204);
    }
}

fn order(voucher: &Value) -> Order {
    let address =
        json!({"name": "Ada", "line1": "1", "city": "Berlin", "postal_code": "1", "country": "DE"});
    let order = json!({
        "id": emart_orders_api::OrderId::new(), "number": 1001, "state": "placed", "email": "ada@example.com",
        "lines": [], "shipping_address": address, "billing_address": address, "shipping_method": null,
        "delivery_date": null, "subtotal": eur(1000), "shipping_total": eur(490), "taxes": [],
        "tax_total": eur(0), "total": eur(1390), "prices_include_tax": true, "note": null, "timeline": [],
        "discounts": [{
            "promotion_id": voucher["id"], "title": "Ten off", "code": "TEN", "amount": eur(100), "shipping": eur(0),
        }],
        "payment": {
            "id": emart_payments_api::PaymentId::new(), "brand": "visa", "last4": "4242", "captured": false,
        },
        "placed_at": "2026-11-23T12:00:00.000Z",
    });
    serde_json::from_value(order).unwrap()
}
