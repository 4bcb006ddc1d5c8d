//! Everyone at once: nothing is sold twice.

use emart_tests::{Client, ENGINES, Engine, Store, checkout};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::GOOD_CARD;
use crate::audit::{check_the_books, settle};

/// saleor/saleor#543, vendurehq/vendure#1738: two checkouts at once oversell. vendurehq/vendure#3065: the slower buyer
/// is charged and gets nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_shoppers_race_for_fifty_pieces_and_fifty_get_one() {
    for engine in ENGINES {
        let store = Store::on(engine, 50, &[]).await.unwrap();
        let tea = store.tea().await.unwrap();
        // All carts are filled while there is still stock.
        let carts = join_all((0..200).map(|_| async {
            let mut client = store.client().await.unwrap();
            let cart = client.cart_patiently(&tea, 1).await.unwrap();
            (client, cart)
        }));
        let buys = carts.await.into_iter().enumerate().map(|(n, (mut client, cart))| async move {
            client.buy_patiently(&cart, GOOD_CARD, &format!("k{n}")).await.unwrap()
        });
        let answers = join_all(buys).await;
        let bought = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(bought, 50, "{engine:?}");
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(
                (answer.status, &answer.json()["type"]),
                (409, &json!("/problems/out-of-stock"))
            );
        }
        settle(&store).await;
        assert_eq!(check_the_books(&store, 50).await.unwrap().len(), 50);
        // Stock is claimed before money is asked for: who got nothing has never been asked for any.
        let payments = "(SELECT count(*) FROM payments WHERE state <> 'stopped')";
        assert_eq!(store.books().number("payments", payments).await.unwrap(), 50);
    }
}

/// medusajs/medusa#16502: two lines on one stock item oversell in an ordinary checkout.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_lines_of_one_cart_on_the_same_stock_item_count_as_one_claim() {
    for engine in ENGINES {
        let store = Store::on(engine, 5, &[]).await.unwrap();
        let tea = store.tea().await.unwrap();
        let (mut one, mut two) = (store.client().await.unwrap(), store.client().await.unwrap());
        let lines = json!([{"variant_id": tea, "quantity": 3}, {"variant_id": tea, "quantity": 2}]);
        let cart = one.post("/api/v1/carts", &[], &json!({"lines": lines})).await.unwrap().json();
        assert_eq!(cart["lines"].as_array().unwrap().len(), 1, "{cart}");
        // Another cart in another tab: for both there is not enough.
        let other = two.cart(&tea, 3).await.unwrap();
        assert!(
            add(&mut two, &other, json!({"variant_id": tea, "quantity": 2})).await.unwrap() < 300
        );
        let (one, two) = tokio::join!(
            one.buy_patiently(&cart, GOOD_CARD, "one"),
            two.buy_patiently(&other, GOOD_CARD, "two")
        );
        let mut statuses = [one.unwrap().status, two.unwrap().status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{engine:?}");
        settle(&store).await;
        check_the_books(&store, 5).await.unwrap();
    }
}

/// E-Mart's rule: so many deliveries a day, and not one more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_shoppers_race_for_the_three_deliveries_of_a_day() {
    for engine in ENGINES {
        let three = [("EMART_PRICING__ORDERS_PER_DAY", "3")];
        let store = Store::on(engine, 100, &three).await.unwrap();
        let tea = store.tea().await.unwrap();
        let mut client = store.client().await.unwrap();
        let slots = client.get("/api/v1/pricing/delivery-slots").await.unwrap().json();
        let day = slots["items"][0]["date"].clone();
        let buys = join_all((0..20).map(|n| {
            let (store, tea, day) = (&store, &tea, &day);
            async move {
                let mut client = store.client().await.unwrap();
                let cart = client.cart_patiently(tea, 1).await.unwrap();
                let mut body = checkout(&cart, &client.card(GOOD_CARD).await.unwrap());
                body["delivery_date"] = day.clone();
                let key = format!("key-{n}");
                let headers = [("idempotency-key", key.as_str())];
                client.post_patiently("/api/v1/checkouts", &headers, &body).await.unwrap()
            }
        }));
        let answers = buys.await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|s| **s == 201).count(), 3, "{engine:?} {statuses:?}");
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(answer.json()["type"], json!("/problems/slot-full"));
        }
        settle(&store).await;
        check_the_books(&store, 100).await.unwrap();
    }
}

/// `ACIDRain` (Warszawski and Bailis, SIGMOD 2017): the cart is changed while it is paid.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acidrain_what_is_put_into_a_cart_while_it_is_paid_is_not_got_for_nothing() {
    for engine in ENGINES {
        let store = Store::on(engine, 1000, &[]).await.unwrap();
        let tea = store.tea().await.unwrap();
        for n in 0..10 {
            let mut client = store.client().await.unwrap();
            let cart = client.cart(&tea, 1).await.unwrap();
            let mut other = store.client().await.unwrap();
            let key = format!("k{n}");
            let (bought, _) = tokio::join!(
                client.buy_patiently(&cart, GOOD_CARD, &key),
                add(&mut other, &cart, json!({"variant_id": tea, "quantity": 5})),
            );
            let bought = bought.unwrap().json();
            let id = bought["order_id"].as_str().unwrap();
            let headers = [("order-token", bought["order_token"].as_str().unwrap())];
            let path = format!("/api/v1/orders/{id}");
            let order = client.send("GET", &path, &headers, "").await.unwrap().json();
            let line = &order["lines"][0];
            let paid = line["unit_price"]["amount_minor"].as_i64().unwrap()
                * line["quantity"].as_i64().unwrap();
            assert_eq!(order["subtotal"]["amount_minor"], paid, "paid for what was got");
        }
        // What is booked as sold is what the orders say.
        settle(&store).await;
        assert_eq!(check_the_books(&store, 1000).await.unwrap().len(), 10);
    }
}

/// `ACIDRain`: one cart is paid by two checkouts at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acidrain_one_cart_paid_at_once_in_two_tabs_is_one_order() {
    for engine in ENGINES {
        let store = Store::on(engine, 1000, &[]).await.unwrap();
        let tea = store.tea().await.unwrap();
        let cart = store.client().await.unwrap().cart(&tea, 2).await.unwrap();
        let tries = join_all((0..8).map(|n| {
            let (store, cart) = (&store, &cart);
            async move {
                let mut client = store.client().await.unwrap();
                client.buy_patiently(cart, GOOD_CARD, &format!("tab-{n}")).await.unwrap().status
            }
        }));
        let statuses = tries.await;
        assert_eq!(statuses.iter().filter(|s| **s == 201).count(), 1, "{engine:?} {statuses:?}");
        settle(&store).await;
        assert_eq!(check_the_books(&store, 1000).await.unwrap().len(), 1);
    }
}

/// vendurehq/vendure#4152: parallel adds to one cart lose lines.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_adds_to_one_cart_at_once_are_all_in_it() {
    for engine in ENGINES {
        let (store, variants) = many(engine, 10).await;
        let cart = store.client().await.unwrap().cart(&variants[0], 1).await.unwrap();
        // Each thing twice.
        let adds = join_all((0..20).map(|n| {
            let line = json!({"variant_id": variants[n % variants.len()], "quantity": 1});
            let (store, cart) = (&store, &cart);
            async move { add(&mut store.client().await.unwrap(), cart, line).await.unwrap() }
        }));
        assert!(adds.await.iter().all(|status| *status < 300));
        let now = store.client().await.unwrap().cart_again(&cart).await.unwrap();
        let lines = now["lines"].as_array().unwrap();
        let mut quantities: Vec<_> =
            lines.iter().map(|line| line["quantity"].as_i64().unwrap()).collect();
        quantities.sort_unstable();
        assert_eq!(quantities, [2, 2, 2, 2, 2, 2, 2, 2, 2, 3], "{engine:?}: {now}");
    }
}

/// vendurehq/vendure#3349: an order of many lines does not come to an end. Here a cart holds a hundred lines, and says
/// so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_lines_are_bought_at_once_and_one_more_is_refused() {
    for engine in ENGINES {
        let (store, variants) = many(engine, 101).await;
        let mut lines: Vec<Value> =
            variants.iter().map(|id| json!({"variant_id": id, "quantity": 1})).collect();
        let last = lines.pop().unwrap();
        let mut client = store.client().await.unwrap();
        let body = json!({"lines": lines});
        let cart = client.post("/api/v1/carts", &[], &body).await.unwrap().json();
        assert_eq!(add(&mut client, &cart, last).await.unwrap(), 409);
        let bought = client.buy_patiently(&cart, GOOD_CARD, "key").await.unwrap();
        assert_eq!(bought.status, 201, "{engine:?} {bought:?}");
        settle(&store).await;
        assert_eq!(check_the_books(&store, 101 * 10).await.unwrap().len(), 1);
    }
}

/// A store of so many products, ten pieces of each, and their variants.
async fn many(engine: Engine, count: usize) -> (Store, Vec<String>) {
    let products: Vec<String> = (1..=count).map(|n| format!("tea-{n}")).collect();
    let store = Store::stocked(engine, &products, 10, &[]).await.unwrap();
    let variants = join_all(products.iter().map(|product| store.variant(product))).await;
    let variants = variants.into_iter().collect::<Result<_, _>>().unwrap();
    (store, variants)
}

/// Adds a line to a guest's cart; returns the status.
async fn add(client: &mut Client, cart: &Value, line: Value) -> anyhow::Result<u16> {
    let path = format!("/api/v1/carts/{}/lines", cart["id"].as_str().unwrap_or_default());
    let token = [("cart-token", cart["token"].as_str().unwrap_or_default())];
    Ok(client.post(&path, &token, &line).await?.status)
}
