//! Carts as a whole: whose they are, how they merge, what orders take out.

use serde_json::json;

use crate::{Held, Shop, rows};

#[tokio::test]
async fn a_guests_cart_opens_to_its_token_and_to_nobody_else() {
    for shop in Shop::both().await {
        let tea = shop.stock("Tea", 500, None);
        let mine = Held::guest(&shop, &[(&tea, 2)]).await;
        let other = Held::guest(&shop, &[(&tea, 1)]).await;
        assert_eq!(mine.see().await["item_count"], 2);
        shop.api.get(&mine.path).await.expect_problem(404, "not-found");
        other.api.get(&mine.path).await.expect_problem(404, "not-found");
        shop.api.customer("usr_ada").get(&mine.path).await.expect_problem(404, "not-found");
        let line = json!({"variant_id": tea, "quantity": 1});
        other.api.post(&mine.lines(), line).await.expect_problem(404, "not-found");
        shop.api.staff().get(&mine.path).await.expect(200);
    }
}

#[tokio::test]
async fn the_cookie_opens_a_cart_as_the_header_does() {
    for shop in Shop::both().await {
        let made = shop.api.post("/api/v1/carts", json!({})).await.expect(201);
        let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
        let cookie = format!("theme=dark; emart_cart={id}.{token}");
        shop.api.header("cookie", &cookie).get(&format!("/api/v1/carts/{id}")).await.expect(200);
    }
}

#[tokio::test]
async fn a_customer_has_one_cart_which_needs_no_token() {
    for shop in Shop::both().await {
        let (ada, eve) = (shop.api.customer("usr_ada"), shop.api.customer("usr_eve"));
        let tea = shop.stock("Tea", 500, None);
        ada.get("/api/v1/carts/mine").await.expect_problem(404, "not-found");
        let body = json!({"lines": rows(&[(&tea, 1)])});
        let first = ada.post("/api/v1/carts", &body).await.expect(201);
        let again = ada.post("/api/v1/carts", &body).await.expect(201);
        assert_eq!(first["id"], again["id"]);
        assert_eq!(again["item_count"], 2);
        assert!(again["token"].is_null());
        let path = format!("/api/v1/carts/{}", first["id"].as_str().unwrap());
        eve.get(&path).await.expect_problem(404, "not-found");
        shop.api.get("/api/v1/carts/mine").await.expect_problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn carts_made_at_once_by_one_customer_are_one_cart() {
    for shop in Shop::both().await {
        let (ada, tea) = (shop.api.customer("usr_ada"), shop.stock("Tea", 500, None));
        let body = json!({"lines": rows(&[(&tea, 1)])});
        let made = futures_util::future::join_all((0..8).map(|_| {
            let (ada, body) = (ada.clone(), body.clone());
            async move { ada.post("/api/v1/carts", body).await.expect(201)["id"].clone() }
        }));
        let ids = made.await;
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(ada.get("/api/v1/carts/mine").await.expect(200)["item_count"], 8);
    }
}

#[tokio::test]
async fn a_guests_cart_joins_the_customers_own_once() {
    for shop in Shop::both().await {
        let (tea, mug) = (shop.stock("Tea", 500, None), shop.stock("Mug", 900, None));
        let ada = shop.api.customer("usr_ada");
        let own = json!({"lines": rows(&[(&tea, 1)])});
        ada.post("/api/v1/carts", own).await.expect(201);
        let guest = Held::guest(&shop, &[(&tea, 2), (&mug, 1)]).await;
        let signed_in = guest.api.customer("usr_ada");
        let merge = format!("{}/merge", guest.path);
        guest.api.post(&merge, json!({})).await.expect_problem(401, "unauthorized");
        for _ in 0..2 {
            let merged = signed_in.post(&merge, json!({})).await.expect(200);
            assert_eq!(merged["item_count"], 4);
        }
        guest.api.get(&guest.path).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn an_order_takes_out_what_it_bought_once() {
    for shop in Shop::both().await {
        let (tea, mug) = (shop.stock("Tea", 500, None), shop.stock("Mug", 900, None));
        let cart = Held::guest(&shop, &[(&tea, 2), (&mug, 1)]).await;
        let id = cart.path.rsplit('/').next().unwrap();
        let consume = format!("/internal/cart/carts/{id}/consume");
        let bought = json!({"reference": "chk_1", "lines": rows(&[(&tea, 2)])});
        for _ in 0..3 {
            shop.api.post(&consume, &bought).await.expect(204);
        }
        let left = cart.see().await;
        assert_eq!(
            (left["item_count"].clone(), &left["lines"][0]["title"]),
            (json!(1), &json!("Mug"))
        );
        let gone = format!("/internal/cart/carts/{}/consume", emart_cart_api::CartId::new());
        shop.api.post(&gone, bought).await.expect(204);
    }
}

#[tokio::test]
async fn an_unchanged_cart_is_not_sent_again_and_a_price_change_is() {
    for shop in Shop::both().await {
        let tea = shop.stock("Tea", 500, None);
        let cart = Held::guest(&shop, &[(&tea, 1)]).await;
        let tag = cart.api.get(&cart.path).await.headers["etag"].to_str().unwrap().to_owned();
        let knowing = cart.api.header("if-none-match", &tag);
        assert_eq!(knowing.get(&cart.path).await.status, 304);
        shop.change(&tea, |variant| variant.price.amount_minor = 700);
        let changed = knowing.get(&cart.path).await.expect(200);
        let notice = &changed["lines"][0]["notices"][0];
        assert_eq!(notice["kind"], "price_changed");
        assert_eq!(notice["to"]["amount_minor"], 700);
    }
}

#[tokio::test]
async fn a_customers_cart_is_handed_to_those_who_may_change_customers_and_to_nobody_else() {
    for shop in Shop::both().await {
        let tea = shop.stock("Tea", 500, Some(9));
        let ada = shop.api.customer("usr_ada");
        ada.post("/api/v1/carts", json!({"lines": rows(&[(&tea, 2)])})).await.expect(201);
        let path = "/internal/cart/carts-of/usr_ada";
        let owner = shop.api.by(emart_http::Caller::person(emart_http::Role::Admin, "usr_owner"));
        let cart = owner.get(path).await.expect(200);
        assert_eq!((&cart["lines"][0]["quantity"], &cart["item_count"]), (&json!(2), &json!(2)));
        owner.get("/internal/cart/carts-of/usr_eve").await.expect_problem(404, "not-found");
        ada.get(path).await.expect_problem(403, "forbidden");
    }
}
