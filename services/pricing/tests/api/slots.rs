//! Delivery slots: E-Mart's rule of three orders a day, held against everyone at once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{Config, Shop};

const SLOTS: &str = "/api/v1/pricing/delivery-slots";
const BOOKINGS: &str = "/internal/pricing/slot-bookings";

async fn slots(shop: &Shop) -> Vec<Value> {
    shop.api.get(SLOTS).await.expect(200)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_day_takes_three_orders_and_then_the_next_one_is_first() {
    for shop in Shop::both(Config::default()).await {
        for order in 0..4 {
            let reference = format!("chk_{order}");
            let booked = shop.api.post(BOOKINGS, json!({"reference": reference})).await.expect(200);
            let day = if order < 3 { "2026-11-24" } else { "2026-11-25" };
            assert_eq!(booked["date"], day);
        }
        let full = json!({"reference": "chk_9", "date": "2026-11-24"});
        shop.api.post(BOOKINGS, full).await.expect_problem(409, "slot-full");
        assert_eq!(slots(&shop).await[0]["remaining"], 0);
        assert_eq!(slots(&shop).await[1]["remaining"], 2);
    }
}

#[tokio::test]
async fn the_same_reference_books_once_and_gives_back_once() {
    for shop in Shop::both(Config::default()).await {
        let body = json!({"reference": "chk_1", "date": "2026-11-24"});
        for _ in 0..3 {
            shop.api.post(BOOKINGS, &body).await.expect(200);
        }
        assert_eq!(slots(&shop).await[0]["remaining"], 2);
        for _ in 0..3 {
            shop.api.delete(&format!("{BOOKINGS}/chk_1")).await.expect(204);
        }
        assert_eq!(slots(&shop).await[0]["remaining"], 3);
        shop.api.post(BOOKINGS, body).await.expect_problem(409, "booking-released");
    }
}

#[tokio::test]
async fn a_release_that_overtakes_its_booking_stops_it() {
    for shop in Shop::both(Config::default()).await {
        shop.api.delete(&format!("{BOOKINGS}/chk_1")).await.expect(204);
        let late = json!({"reference": "chk_1"});
        shop.api.post(BOOKINGS, late).await.expect_problem(409, "booking-released");
        assert_eq!(slots(&shop).await[0]["remaining"], 3);
    }
}

#[tokio::test]
async fn forty_orders_at_once_fill_a_day_with_exactly_three() {
    for shop in Shop::both(Config::default()).await {
        let tries = (0..40).map(|n| {
            let api = shop.api.clone();
            async move {
                let body = json!({"reference": format!("chk_{n}"), "date": "2026-11-26"});
                api.post(BOOKINGS, body).await.status
            }
        });
        let statuses = futures_util::future::join_all(tries).await;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 3);
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 37);
    }
}

#[tokio::test]
async fn the_same_reference_at_once_takes_one_place() {
    for shop in Shop::both(Config::default()).await {
        let tries = (0..10).map(|_| {
            let api = shop.api.clone();
            async move { api.post(BOOKINGS, json!({"reference": "chk_1"})).await.expect(200) }
        });
        futures_util::future::join_all(tries).await;
        assert_eq!(slots(&shop).await[0]["remaining"], 2);
    }
}

#[tokio::test]
async fn staff_close_a_day_and_bookings_made_stay() {
    for shop in Shop::both(Config::default()).await {
        let body = json!({"reference": "chk_1", "date": "2026-11-24"});
        shop.api.post(BOOKINGS, &body).await.expect(200);
        let path = format!("{SLOTS}/2026-11-24");
        shop.api.put(&path, json!({"capacity": 0})).await.expect_problem(401, "unauthorized");
        let closed = shop.api.staff().put(&path, json!({"capacity": 0})).await.expect(200);
        assert_eq!((closed["capacity"].clone(), closed["remaining"].clone()), (json!(0), json!(0)));
        shop.api.post(BOOKINGS, &body).await.expect(200);
        let other = json!({"reference": "chk_2", "date": "2026-11-24"});
        shop.api.post(BOOKINGS, other).await.expect_problem(409, "slot-full");
        let nowhere = format!("{SLOTS}/someday");
        shop.api
            .staff()
            .put(&nowhere, json!({"capacity": 0}))
            .await
            .expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn days_that_do_not_deliver_cannot_be_booked() {
    for shop in Shop::both(Config::default()).await {
        for date in ["2026-11-23", "2026-11-29", "2020-01-01", "2099-01-01", "tomorrow"] {
            let body = json!({"reference": "chk_1", "date": date});
            shop.api.post(BOOKINGS, body).await.expect_problem(409, "slot-closed");
        }
        shop.clock.advance(Duration::from_secs(24 * 60 * 60));
        assert_eq!(slots(&shop).await[0]["date"], "2026-11-25");
        shop.api.get(&format!("{SLOTS}?days=61")).await.expect_problem(422, "invalid");
    }
}

#[tokio::test]
async fn any_day_from_today_on_can_be_booked_by_who_promises_it_and_fills_like_others() {
    for shop in Shop::both(Config::default()).await {
        let book = async |reference: &str, date: &str| {
            let body = json!({"reference": reference, "date": date});
            shop.api.post("/internal/pricing/any-day-bookings", body).await
        };
        // Today, a Sunday, and a day far ahead.
        for (n, date) in ["2026-11-23", "2026-11-29", "2031-01-01"].into_iter().enumerate() {
            assert_eq!(book(&format!("chk_{n}"), date).await.expect(200)["date"], date);
        }
        for past in ["2026-11-22", "2026-02-31", "soon"] {
            book("chk_x", past).await.expect_problem(409, "slot-closed");
        }
        let full = async || shop.api.get("/internal/pricing/full-days").await.expect(200);
        assert_eq!(full().await, json!([]));
        shop.api.post(BOOKINGS, json!({"reference": "a", "date": "2026-11-24"})).await.expect(200);
        book("b", "2026-11-24").await.expect(200);
        book("c", "2026-11-24").await.expect(200);
        book("d", "2026-11-24").await.expect_problem(409, "slot-full");
        assert_eq!(full().await, json!(["2026-11-24"]));
    }
}
