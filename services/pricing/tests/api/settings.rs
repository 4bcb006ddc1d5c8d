//! Tax rates and shipping methods: what staff change.

use serde_json::json;

use crate::{Config, Shop};

const RATES: &str = "/api/v1/pricing/tax-rates";
const METHODS: &str = "/api/v1/pricing/shipping-methods";

#[tokio::test]
async fn guests_and_customers_change_nothing() {
    for shop in Shop::both(Config::default()).await {
        let (guest, ada) = (&shop.api, shop.api.customer("usr_ada"));
        for path in [RATES, METHODS] {
            guest.get(path).await.expect_problem(401, "unauthorized");
            ada.get(path).await.expect_problem(403, "forbidden");
            ada.post(path, json!({})).await.expect_problem(403, "forbidden");
        }
    }
}

#[tokio::test]
async fn a_tax_rate_is_made_changed_and_taken_away() {
    for shop in Shop::both(Config::default()).await {
        let clerk = shop.api.staff();
        let body = json!({"country": "CH", "name": "MWST", "rate": 81_000, "on_shipping": true});
        let made = clerk.post(RATES, &body).await.expect(201);
        clerk.post(RATES, &body).await.expect_problem(409, "tax-rate-exists");
        let path = format!("{RATES}/{}", made["id"].as_str().unwrap());
        let germany = json!({"country": "DE", "name": "MWST", "rate": 1});
        clerk.put(&path, germany).await.expect_problem(409, "tax-rate-exists");
        let changed = json!({"country": "CH", "name": "MWST", "rate": 90_000});
        assert_eq!(clerk.put(&path, changed).await.expect(200)["rate"], 90_000);
        clerk.delete(&path).await.expect(204);
        clerk.delete(&path).await.expect_problem(404, "not-found");
        clerk.put(&path, body).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn rates_are_listed_a_page_at_a_time() {
    for shop in Shop::both(Config::default()).await {
        let clerk = shop.api.staff();
        let (mut seen, mut path) = (0, format!("{RATES}?limit=10"));
        loop {
            let page = clerk.get(&path).await.expect(200);
            seen += page["items"].as_array().unwrap().len();
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("{RATES}?limit=10&cursor={cursor}");
        }
        assert_eq!(seen, 27);
        clerk.get(&format!("{RATES}?limit=0")).await.expect_problem(400, "bad-query");
        clerk.get(&format!("{RATES}?cursor=x")).await.expect_problem(400, "bad-cursor");
    }
}

#[tokio::test]
async fn wrong_settings_are_refused_field_by_field() {
    for shop in Shop::both(Config::default()).await {
        let clerk = shop.api.staff();
        let rate = json!({"country": "XX", "region": "Q", "name": " ", "rate": 1_000_001});
        let problem = clerk.post(RATES, rate).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 4);
        let eur = |minor: i64| json!({"amount_minor": minor, "currency": "EUR"});
        let flat = |amount| json!({"kind": "flat", "amount": amount});
        for (price, pointer) in [
            (flat(eur(-1)), "/price/amount"),
            (flat(json!({"amount_minor": 1, "currency": "USD"})), "/price/amount"),
            (json!({"kind": "by_weight", "brackets": []}), "/price/brackets"),
            (
                json!({"kind": "by_weight", "brackets": [
                    {"up_to_grams": 2, "amount": eur(1)}, {"up_to_grams": 1, "amount": eur(1)},
                ]}),
                "/price/brackets",
            ),
        ] {
            let body = json!({"name": "Post", "price": price, "active": true});
            let problem = clerk.post(METHODS, body).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer);
        }
    }
}

#[tokio::test]
async fn a_shipping_method_is_made_changed_and_taken_away() {
    for shop in Shop::both(Config::default()).await {
        let clerk = shop.api.staff();
        let price = json!({"kind": "flat", "amount": {"amount_minor": 100, "currency": "EUR"}});
        let body = json!({"name": "Bike", "price": price, "active": true, "countries": ["DE"]});
        let made = clerk.post(METHODS, &body).await.expect(201);
        let path = format!("{METHODS}/{}", made["id"].as_str().unwrap());
        let listed = clerk.get(METHODS).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 4);
        let off = json!({"name": "Bike", "price": price, "active": false});
        assert_eq!(clerk.put(&path, off).await.expect(200)["active"], false);
        clerk.delete(&path).await.expect(204);
        clerk.put(&path, body).await.expect_problem(404, "not-found");
    }
}
