//! Quotes.

use serde_json::json;

use crate::{Config, Shop};

const QUOTES: &str = "/api/v1/pricing/quotes";

#[tokio::test]
async fn a_quote_adds_tax_and_the_cheapest_shipping() {
    for shop in Shop::both(Config::default()).await {
        let tea = shop.stock(1990, 250);
        let body = json!({"lines": [{"variant_id": tea, "quantity": 2}]});
        let quote = shop.api.post(QUOTES, body).await.expect(200);
        assert_eq!(quote["subtotal"]["amount_minor"], 3980);
        assert_eq!(quote["shipping"]["name"], "Economy by weight");
        assert_eq!(quote["shipping"]["total"]["amount_minor"], 300);
        assert_eq!(quote["total"]["amount_minor"], 4280);
        assert_eq!(quote["tax_total"]["amount_minor"], 635 + 48);
        assert_eq!(quote["taxes"][0]["name"], "VAT 19 %");
        assert_eq!(quote["shipping_options"].as_array().unwrap().len(), 3);
        assert_eq!(quote["shipping_options"][1]["free_over_missing"]["amount_minor"], 2020);
    }
}

#[tokio::test]
async fn tax_follows_the_destination_and_a_region_comes_before_its_country() {
    for shop in Shop::both(Config::default()).await {
        let tea = shop.stock(12_500, 250);
        let rate = json!({"country": "US", "region": "CA", "name": "Sales tax", "rate": 72_500});
        shop.api.staff().post("/api/v1/pricing/tax-rates", rate).await.expect(201);
        for (destination, tax) in [
            (json!({"country": "FR"}), 2133),
            (json!({"country": "US", "region": "CA"}), 845),
            (json!({"country": "US", "region": "NY"}), 0),
        ] {
            let body = json!({
                "lines": [{"variant_id": tea, "quantity": 1}],
                "destination": destination,
            });
            let quote = shop.api.post(QUOTES, body).await.expect(200);
            let shipped_tax = quote["shipping"]["tax"]["amount_minor"].as_i64().unwrap();
            let lines_tax = quote["tax_total"]["amount_minor"].as_i64().unwrap() - shipped_tax;
            assert_eq!(lines_tax, if tax == 2133 { 2083 } else { tax }, "{destination}");
        }
    }
}

#[tokio::test]
async fn what_need_not_be_sent_is_not_shipped() {
    for shop in Shop::both(Config::default()).await {
        let voucher = shop.stock_with(500, 0, |variant| variant.requires_shipping = false);
        let body = json!({"lines": [{"variant_id": voucher, "quantity": 1}]});
        let quote = shop.api.post(QUOTES, body).await.expect(200);
        assert!(quote["shipping"].is_null());
        assert_eq!(quote["total"]["amount_minor"], 500);
    }
}

#[tokio::test]
async fn what_cannot_be_quoted_is_said_clearly() {
    let config = Config { countries: vec!["DE".to_owned()], ..Config::default() };
    for shop in Shop::both(config).await {
        let (tea, old) = (shop.stock(100, 1), shop.stock_with(100, 1, |v| v.for_sale = false));
        let anvil = shop.stock(100, 4_000_000_000);
        let dear = shop.stock(i64::MAX / 2, 1);
        let line = |id: &dyn std::fmt::Display, quantity: i64| json!({"variant_id": id.to_string(), "quantity": quantity});
        let unknown = emart_catalog_api::VariantId::new();
        for (body, status, slug) in [
            (json!({"lines": []}), 422, "invalid"),
            (json!({"lines": [line(&tea, 0)]}), 422, "invalid"),
            (json!({"lines": [line(&tea, 10_000)]}), 422, "invalid"),
            (json!({"lines": [line(&tea, -1)]}), 422, "invalid"),
            (json!({"lines": [line(&"prd_x", 1)]}), 422, "invalid"),
            (json!({"lines": [line(&tea, 1)], "surprise": 1}), 422, "invalid"),
            (json!({"lines": [line(&dear, 9999)]}), 422, "invalid"),
            (json!({"lines": [line(&unknown, 1)]}), 422, "unknown-variant"),
            (json!({"lines": [line(&old, 1)]}), 409, "not-for-sale"),
            (json!({"lines": [line(&tea, 1)], "destination": {"country": "XX"}}), 422, "invalid"),
            (
                json!({"lines": [line(&tea, 1)], "destination": {"country": "DE", "region": "x".repeat(61)}}),
                422,
                "invalid",
            ),
            (
                json!({"lines": [line(&tea, 1)], "destination": {"country": "FR"}}),
                409,
                "cannot-ship-there",
            ),
            (
                json!({"lines": [line(&tea, 1)], "shipping_method_id": emart_pricing_api::ShippingMethodId::new()}),
                422,
                "unknown-shipping-method",
            ),
        ] {
            shop.api.post(QUOTES, body).await.expect_problem(status, slug);
        }
        // Too heavy for the post, but a flat price carries it.
        let quote = shop.api.post(QUOTES, json!({"lines": [line(&anvil, 9999)]})).await.expect(200);
        assert_eq!(quote["shipping_options"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn countries_say_what_their_addresses_need() {
    for shop in Shop::both(Config::default()).await {
        let countries = shop.api.get("/api/v1/pricing/countries").await.expect(200);
        let items = countries["items"].as_array().unwrap();
        let us = items.iter().find(|country| country["code"] == "US").unwrap();
        assert_eq!(us["regions"].as_array().unwrap().len(), 52);
        assert!(items.is_sorted_by_key(|country| country["name"].as_str().unwrap().to_owned()));
    }
}
