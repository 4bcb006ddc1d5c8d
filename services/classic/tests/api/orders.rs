//! Orders: the form, the three a day, who sees which.

use serde_json::{Value, json};

use crate::world::{Person, World, failure};

async fn shop(world: &World) -> (Person, Value, Person) {
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10.5", "Office").await;
    (boss, pen, world.customer("Ann", "123456789").await)
}

#[tokio::test]
async fn an_order_is_what_the_cart_was_and_closes_it() {
    for world in World::both().await {
        let (_, pen, ann) = shop(&world).await;
        let item = ann.add(&pen, 2).await.expect(200)["user"]["cart"]["items"][0].clone();
        let answer = ann.order("2026-11-29").await.expect(200);
        assert_eq!(answer["takenDates"], json!([]));
        let order = &answer["order"];
        assert_eq!(order["products"], json!([item]));
        assert_eq!(order["total"], 21);
        let user = &order["user"];
        assert_eq!((&user["city"], &user["street"]), (&json!("Pune"), &json!("MG Road 1")));
        assert_eq!(
            (&user["ship"], &user["userId"]),
            (&json!("2026-11-29T00:00:00.000Z"), &json!(ann.hex))
        );
        assert_eq!(user["order"], "2026-11-23T12:00:00.000Z");
        assert_eq!(user["credit"], "************4242");
        assert_eq!(answer["user"]["cart"]["status"], "closed");
        assert_eq!(answer["user"]["cart"]["items"], json!([]));
        assert_eq!(answer["user"]["cardId"], "123456789", "the receipt shows it");
        let current = ann.api.get("/api/shop/current").await.expect(200);
        assert_eq!(current["orders"], json!([order]));
        let own = world.service("orders").customer(&ann.id).get("/api/v1/orders").await.expect(200);
        assert_eq!(own["items"][0]["total"]["amount_minor"], 2100, "what it says is what was paid");
    }
}

#[tokio::test]
async fn today_sundays_and_days_far_ahead_are_taken_and_another_address_too() {
    let world = World::one().await;
    let (_, pen, ann) = shop(&world).await;
    for day in ["2026-11-23", "2026-11-29", "2027-12-24T00:00:00.000Z"] {
        ann.add(&pen, 1).await.expect(200);
        ann.order(day).await.expect(200);
    }
    ann.add(&pen, 1).await.expect(200);
    let order = json!({"credit": "4111111111111111", "ship": "2026-12-01", "city": "Goa", "street": "Beach 2"});
    let answer = ann.api.post(&format!("/api/shop/orders/{}", ann.hex), order).await.expect(200);
    let user = &answer["order"]["user"];
    assert_eq!(
        [&user["city"], &user["street"], &user["credit"]],
        ["Goa", "Beach 2", "************1111"]
    );
    let current = ann.api.get("/api/shop/current").await.expect(200);
    assert_eq!(current["orders"][0]["_id"], answer["order"]["_id"], "the last first");
    assert_eq!(current["orders"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_told_in_the_originals_order() {
    let world = World::one().await;
    let (_, pen, ann) = shop(&world).await;
    let path = format!("/api/shop/orders/{}", ann.hex);
    let answer = ann.api.post(&path, json!({})).await;
    assert_eq!(failure(&answer, 404), "Your cart is empty");
    ann.add(&pen, 1).await.expect(200);
    let good = json!("4242424242424242");
    for (credit, ship, said) in [
        (json!(null), json!(null), "Credit card number is required"),
        (json!("4242424242424241"), json!(null), "Credit card number is invalid"),
        (json!("18"), json!("2026-11-24"), "Credit card number is invalid"),
        (json!("0000000000000000"), json!("2026-11-24"), "Credit card number is invalid"),
        (json!(4_242_424_242_424_242_u64), json!("2026-11-24"), "Credit card number is invalid"),
        (good.clone(), json!(null), "Shipping date is required"),
        (good.clone(), json!("2026-11-22"), "Shipping date is invalid"),
        (good.clone(), json!("2027-02-31"), "Shipping date is invalid"),
        (good, json!("2026-11-24 or so"), "Shipping date is invalid"),
        (json!("4000000000000002"), json!("2026-11-24"), "the card was declined"),
    ] {
        let answer = ann.api.post(&path, json!({"credit": credit, "ship": ship})).await;
        let told = failure(&answer, 404);
        let told = told.as_str().unwrap();
        assert!(told.to_lowercase().contains(&said.to_lowercase()), "{credit} {ship}: {told}");
    }
    // A card whose holder would have to be asked: there is no page for it here. Nothing is bought, and nothing is kept.
    let answer =
        ann.api.post(&path, json!({"credit": "4000002500003155", "ship": "2026-11-24"})).await;
    failure(&answer, 404);
    ann.order("2026-11-24").await.expect(200);
}

#[tokio::test]
async fn a_day_takes_three_orders_however_it_is_written_and_the_client_can_see_it() {
    for world in World::both().await {
        let (boss, pen, ann) = shop(&world).await;
        let bob = world.customer("Bob", "987654321").await;
        let day = "2026-11-30";
        for person in [&ann, &ann, &bob] {
            person.add(&pen, 1).await.expect(200);
            person.order(day).await.expect(200);
        }
        bob.add(&pen, 1).await.expect(200);
        for text in [day, "2026-11-30T00:00"] {
            let said = failure(&bob.order(text).await, 404);
            assert_eq!(said, "Shipping on 2026-11-30 is already booked for 3 orders");
        }
        let other = bob.order("2026-12-01").await.expect(200);
        assert_eq!(other["takenDates"], json!([day]));
        // Bob sees his own two, and of the others only that the day is full.
        let list = bob.api.get("/api/shop/orders").await.expect(200)["orders"].clone();
        let list = list.as_array().unwrap();
        let ship = "2026-11-30T00:00:00.000Z";
        assert_eq!(list.iter().filter(|order| order["user"]["ship"] == ship).count(), 3);
        let others: Vec<_> = list.iter().filter(|order| order.get("_id").is_none()).collect();
        assert_eq!(others, [&json!({"user": {"ship": ship}}), &json!({"user": {"ship": ship}})]);
        let all = boss.api.get("/api/shop/orders").await.expect(200);
        assert_eq!(all["orders"].as_array().unwrap().len(), 4);
    }
}

#[tokio::test]
async fn orders_at_once_do_not_slip_past_the_limit() {
    for world in World::both().await {
        let (_, pen, _) = shop(&world).await;
        let mut people = Vec::new();
        for n in 0..5 {
            let person = world.customer(&format!("P{n}x"), &format!("11111111{n}")).await;
            person.add(&pen, 1).await.expect(200);
            people.push(person);
        }
        let day = "2026-12-24";
        let [a, b, c, d, e] = &people[..] else { panic!() };
        let (a, b, c, d, e) =
            tokio::join!(a.order(day), b.order(day), c.order(day), d.order(day), e.order(day));
        let answers = [a, b, c, d, e];
        let placed = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(placed, 3);
        for refused in answers.iter().filter(|answer| answer.status != 200) {
            let said = failure(refused, 404);
            assert_eq!(said, "Shipping on 2026-12-24 is already booked for 3 orders");
        }
    }
}

#[tokio::test]
async fn orders_are_seen_by_whose_they_are_and_by_who_works_here() {
    let world = World::one().await;
    let (boss, pen, ann) = shop(&world).await;
    let bob = world.customer("Bob", "987654321").await;
    ann.add(&pen, 1).await.expect(200);
    ann.order("2026-11-24").await.expect(200);
    let path = format!("/api/shop/orders/{}", ann.hex);
    for person in [&ann, &boss] {
        let seen = person.api.get(&path).await.expect(200);
        assert_eq!(seen["orders"].as_array().unwrap().len(), 1);
    }
    assert_eq!(bob.api.get(&path).await.status, 403);
    let unknown = boss.api.get("/api/shop/orders/0123456789abcdef01234567").await.expect(200);
    assert_eq!(unknown["orders"], json!([]));
    assert_eq!(failure(&boss.api.get("/api/shop/orders/1").await, 404), "No orders found");
    assert_eq!(bob.api.get("/api/shop/orders").await.expect(200)["orders"], json!([]));
}

#[tokio::test]
async fn what_was_bought_over_there_closes_the_cart_here() {
    let world = World::one().await;
    let (_, pen, ann) = shop(&world).await;
    ann.add(&pen, 1).await.expect(200);
    let token = world
        .service("payments")
        .post(
            "/api/v1/payments/card-tokens",
            json!({"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"}),
        )
        .await
        .expect(201);
    let cart = world.service("cart").customer(&ann.id).get("/api/v1/carts/mine").await.expect(200);
    world.clock.advance(std::time::Duration::from_secs(5));
    let checkout = json!({"cart_id": cart["id"], "email": "ann@example.com", "card_token": token["token"],
        "shipping_address": {"name": "Ann", "line1": "Street 1", "city": "Bonn", "postal_code": "53111", "country": "DE"}});
    let orders = world.service("orders").customer(&ann.id).header("idempotency-key", "k1");
    orders.post("/api/v1/checkouts", checkout).await.expect(201);
    world.host.settle().await.unwrap();
    let user = ann.api.get("/api/shop/current").await.expect(200);
    assert_eq!(user["user"]["cart"]["status"], "closed");
    assert_eq!(user["orders"][0]["products"][0]["productId"], pen["_id"]);
}
