//! Lines: what goes in, what does not, and what happens when many hands change one cart.

use emart_cart_api::LineId;
use emart_catalog_api::VariantId;
use serde_json::json;

use crate::{Held, Shop, rows};

#[tokio::test]
async fn lines_are_put_in_changed_and_taken_out() {
    for shop in Shop::both().await {
        let (tea, mug) = (shop.stock("Tea", 500, None), shop.stock("Mug", 900, Some(3)));
        let cart = Held::guest(&shop, &[(&tea, 1)]).await;
        let line = json!({"variant_id": mug, "quantity": 2});
        let with_mugs = cart.api.post(&cart.lines(), line).await.expect(201);
        assert_eq!(with_mugs["subtotal"]["amount_minor"], 2300);
        let one = cart.line(&with_mugs, 1);
        let less = cart.api.patch(&one, json!({"quantity": 1})).await.expect(200);
        assert_eq!(less["subtotal"]["amount_minor"], 1400);
        let none = cart.api.patch(&one, json!({"quantity": 0})).await.expect(200);
        assert_eq!(none["lines"].as_array().unwrap().len(), 1);
        let empty = cart.api.delete(&cart.line(&none, 0)).await.expect(200);
        assert_eq!((&empty["can_be_bought"], &empty["item_count"]), (&json!(false), &json!(0)));
        cart.api.delete(&one).await.expect_problem(404, "not-found");
        let nowhere = format!("{}/{}", cart.lines(), LineId::new());
        cart.api.patch(&nowhere, json!({"quantity": 1})).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn quantities_out_of_bounds_and_unknown_things_are_refused() {
    for shop in Shop::both().await {
        let tea = shop.stock("Tea", 500, None);
        let cart = Held::guest(&shop, &[(&tea, 998)]).await;
        for quantity in [json!(0), json!(-1), json!(1000), json!(1.5), json!("2"), json!(null)] {
            let line = json!({"variant_id": tea, "quantity": quantity});
            let problem = cart.api.post(&cart.lines(), line).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/quantity");
        }
        let more = json!({"variant_id": tea, "quantity": 2});
        cart.api.post(&cart.lines(), more).await.expect_problem(409, "cart-full");
        let unknown = json!({"variant_id": VariantId::new(), "quantity": 1});
        cart.api.post(&cart.lines(), unknown).await.expect_problem(422, "unknown-variant");
        let too_many = vec![json!({"variant_id": tea, "quantity": 1}); 101];
        let problem = shop.api.post("/api/v1/carts", json!({"lines": too_many})).await;
        problem.expect_problem(422, "invalid");
        assert_eq!(cart.see().await["item_count"], 998);
    }
}

#[tokio::test]
async fn what_is_sold_out_or_off_sale_does_not_go_in() {
    for shop in Shop::both().await {
        let (gone, few) = (shop.stock("Gone", 500, Some(0)), shop.stock("Few", 500, Some(2)));
        let off = shop.stock("Off", 500, None);
        shop.change(&off, |variant| variant.for_sale = false);
        for (variant, quantity, slug) in
            [(&gone, 1, "sold-out"), (&few, 3, "not-enough-stock"), (&off, 1, "not-for-sale")]
        {
            let body = json!({"lines": rows(&[(variant, quantity)])});
            shop.api.post("/api/v1/carts", body).await.expect_problem(409, slug);
        }
    }
}

#[tokio::test]
async fn the_cart_says_what_changed_since() {
    for shop in Shop::both().await {
        let tea = shop.stock("Tea", 500, Some(5));
        let (mug, pot) = (shop.stock("Mug", 900, None), shop.stock("Pot", 100, None));
        let cart = Held::guest(&shop, &[(&tea, 4), (&mug, 1), (&pot, 1)]).await;
        shop.change(&tea, |variant| variant.available = Some(3));
        shop.change(&mug, |variant| variant.for_sale = false);
        shop.forget(&pot);
        let seen = cart.see().await;
        assert_eq!(seen["lines"][0]["notices"], json!([{"kind": "not_enough", "available": 3}]));
        assert_eq!(seen["lines"][1]["notices"], json!([{"kind": "not_for_sale"}]));
        assert_eq!(seen["lines"][2]["notices"], json!([{"kind": "not_for_sale"}]));
        assert_eq!(seen["can_be_bought"], false);
        assert_eq!(seen["subtotal"]["amount_minor"], 2000);
        // Fewer is always possible.
        let fewer = cart.api.patch(&cart.line(&seen, 0), json!({"quantity": 3})).await.expect(200);
        assert_eq!(fewer["lines"][0]["can_be_bought"], true);
    }
}

/// Vendure loses lines when shoppers click fast (its issues 2187 and 4152).
#[tokio::test]
async fn no_line_is_lost_when_many_are_put_in_at_once() {
    for shop in Shop::both().await {
        let cart = Held::guest(&shop, &[]).await;
        let tea = shop.stock("Tea", 500, None);
        let adds = (0..12).map(|n| {
            let (api, lines) = (cart.api.clone(), cart.lines());
            let variant =
                if n % 2 == 0 { tea.clone() } else { shop.stock(&format!("Thing {n}"), 100, None) };
            async move {
                api.post(&lines, json!({"variant_id": variant, "quantity": 1})).await.expect(201)
            }
        });
        futures_util::future::join_all(adds).await;
        let seen = cart.see().await;
        assert_eq!((&seen["item_count"], seen["lines"].as_array().unwrap().len()), (&json!(12), 7));
    }
}
