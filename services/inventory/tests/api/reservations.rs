//! Claims: taken, sold, given up, run out; each again, and in the wrong order.

use std::time::Duration;

use emart_inventory_api::{ReservationState, StockItemId, WhenOut};
use serde_json::json;

use crate::{houses, refused, reservation};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_is_kept_and_then_sold() {
    for house in houses().await {
        let (tea, cup) = (house.item(10).await, house.item(3).await);
        let lines = [(&tea, 4), (&cup, 3)];
        let held = house.inventory.reserve(&reservation("chk_1", &lines)).await.unwrap();
        assert_eq!(held.state, ReservationState::Held);
        assert_eq!(held.expires_at, house.clock.now().plus(Duration::from_secs(900)));
        assert_eq!(house.counts(&tea).await, (10, 4));
        assert_eq!(house.counts(&cup).await, (3, 3));
        let sold = house.inventory.commit("chk_1").await.unwrap();
        assert_eq!(sold.state, ReservationState::Committed);
        assert_eq!(house.counts(&tea).await, (6, 0));
        assert_eq!(house.counts(&cup).await, (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_may_be_sent_twice_and_counts_once() {
    for house in houses().await {
        let tea = house.item(10).await;
        let first = house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        let again = house.inventory.reserve(&reservation("chk_1", &[(&tea, 1), (&tea, 3)])).await;
        assert_eq!(again.unwrap(), first);
        assert_eq!(house.counts(&tea).await, (10, 4));
        let sold = house.inventory.commit("chk_1").await.unwrap();
        assert_eq!(house.inventory.commit("chk_1").await.unwrap(), sold);
        let late = house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        assert_eq!(late.state, ReservationState::Committed);
        assert_eq!(house.counts(&tea).await, (6, 0));

        house.inventory.reserve(&reservation("chk_2", &[(&tea, 4)])).await.unwrap();
        house.inventory.release("chk_2").await.unwrap();
        house.inventory.release("chk_2").await.unwrap();
        assert_eq!(house.counts(&tea).await, (6, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_stands_for_one_set_of_lines() {
    for house in houses().await {
        let (tea, cup) = (house.item(10).await, house.item(10).await);
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        for lines in [vec![(&tea, 5)], vec![(&cup, 4)], vec![(&tea, 4), (&cup, 1)]] {
            let other = house.inventory.reserve(&reservation("chk_1", &lines)).await;
            refused(other, "reference-reused");
        }
        assert_eq!(house.counts(&tea).await, (10, 4));
        assert_eq!(house.counts(&cup).await, (10, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_had_is_named_line_by_line_and_nothing_is_kept() {
    for house in houses().await {
        let (tea, cup) = (house.item(10).await, house.item(2).await);
        let unknown = StockItemId::new();
        let lines = [(&tea, 4), (&cup, 2), (&unknown, 1), (&cup, 1)];
        let refusal = house.inventory.reserve(&reservation("chk_1", &lines)).await;
        let problem = refused(refusal, "out-of-stock");
        let mut errors: Vec<_> =
            problem.errors.iter().map(|e| (e.pointer.as_str(), e.detail.as_str())).collect();
        errors.sort_unstable();
        let expected = [
            ("/lines/1", "2 available, 3 wanted"),
            ("/lines/2", "0 available, 1 wanted"),
            ("/lines/3", "2 available, 3 wanted"),
        ];
        assert_eq!(errors, expected);
        assert!(problem.detail.unwrap().contains("2 available, 3 wanted"));
        assert_eq!(house.counts(&tea).await, (10, 0));
        assert_eq!(house.movements(&tea).await.len(), 1);
        // A refusal does not use the reference up.
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_that_overtakes_its_reservation_stops_it() {
    for house in houses().await {
        let tea = house.item(10).await;
        house.inventory.release("chk_1").await.unwrap();
        house.inventory.release("chk_1").await.unwrap();
        let late = house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await;
        refused(late, "reservation-released");
        refused(house.inventory.commit("chk_1").await, "reservation-released");
        assert_eq!(house.counts(&tea).await, (10, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sold_cannot_be_given_up_and_what_never_was_cannot_be_sold() {
    for house in houses().await {
        let tea = house.item(10).await;
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        house.inventory.commit("chk_1").await.unwrap();
        refused(house.inventory.release("chk_1").await, "reservation-committed");
        refused(house.inventory.commit("chk_2").await, "not-found");
        assert_eq!(house.counts(&tea).await, (6, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_ran_out_gives_way_to_whoever_needs_the_pieces() {
    for house in houses().await {
        let tea = house.item(5).await;
        house.inventory.reserve(&reservation("slow", &[(&tea, 4)])).await.unwrap();
        refused(house.inventory.reserve(&reservation("quick", &[(&tea, 3)])).await, "out-of-stock");
        house.clock.advance(Duration::from_secs(901));
        house.inventory.reserve(&reservation("quick", &[(&tea, 3)])).await.unwrap();
        assert_eq!(house.counts(&tea).await, (5, 3));
        // Two are left, the slow one would need four.
        refused(house.inventory.commit("slow").await, "reservation-released");
        refused(house.inventory.reserve(&reservation("slow", &[(&tea, 4)])).await, "out-of-stock");
        assert_eq!(house.counts(&tea).await, (5, 3));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_ran_out_is_taken_again_while_its_pieces_are_free() {
    for house in houses().await {
        let tea = house.item(5).await;
        house.inventory.reserve(&reservation("slow", &[(&tea, 2)])).await.unwrap();
        house.inventory.reserve(&reservation("slower", &[(&tea, 2)])).await.unwrap();
        house.clock.advance(Duration::from_secs(901));
        // Makes the service give back what has run out.
        house.inventory.reserve(&reservation("quick", &[(&tea, 3)])).await.unwrap();
        house.inventory.release("quick").await.unwrap();
        assert_eq!(house.counts(&tea).await, (5, 0));
        let sold = house.inventory.commit("slow").await.unwrap();
        assert_eq!(sold.state, ReservationState::Committed);
        let held = house.inventory.reserve(&reservation("slower", &[(&tea, 2)])).await.unwrap();
        assert_eq!(held.state, ReservationState::Held);
        assert!(held.expires_at > house.clock.now());
        assert_eq!(house.counts(&tea).await, (3, 2));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_ran_out_unnoticed_is_still_good() {
    for house in houses().await {
        let tea = house.item(5).await;
        house.inventory.reserve(&reservation("slow", &[(&tea, 5)])).await.unwrap();
        house.clock.advance(Duration::from_secs(901));
        let again = house.inventory.reserve(&reservation("slow", &[(&tea, 5)])).await.unwrap();
        assert!(again.expires_at > house.clock.now());
        house.clock.advance(Duration::from_secs(901));
        house.inventory.commit("slow").await.unwrap();
        assert_eq!(house.counts(&tea).await, (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_counted_never_runs_out_and_leaves_no_trace() {
    for house in houses().await {
        let song = house.item_with(None, false, WhenOut::Deny).await;
        let tea = house.item(5).await;
        let lines = [(&song, 1_000_000), (&tea, 1)];
        house.inventory.reserve(&reservation("chk_1", &lines)).await.unwrap();
        // Counted from now on: that claim was not.
        let put = emart_inventory_api::PutStockItem {
            id: song.clone(),
            sku: None,
            tracked: true,
            when_out: WhenOut::Deny,
            on_hand: Some(3),
        };
        house.inventory.put_items(&[put]).await.unwrap();
        house.inventory.commit("chk_1").await.unwrap();
        assert_eq!(house.counts(&song).await, (3, 0));
        assert_eq!(house.counts(&tea).await, (4, 0));
        assert_eq!(house.movements(&song).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_orders_go_below_zero() {
    for house in houses().await {
        let tea = house.item_with(Some(1), true, WhenOut::Continue).await;
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        house.inventory.commit("chk_1").await.unwrap();
        assert_eq!(house.counts(&tea).await, (-3, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_refused_field_by_field() {
    for house in houses().await {
        let tea = house.item(5).await;
        let path = "/internal/inventory/reservations";
        let body = json!({"reference": "a b", "lines": [{"item_id": tea, "quantity": 0}], "ttl_seconds": 0});
        let problem = house.api.post(path, body).await.expect_problem(422, "invalid");
        let pointers: Vec<_> =
            problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!(pointers, ["/reference", "/ttl_seconds", "/lines/0/quantity"]);
        house.api.post(path, json!({"lines": 7})).await.expect_problem(422, "invalid");
        let odd = format!("{path}/a%20b/release");
        house.api.post(&odd, json!(null)).await.expect_problem(422, "invalid");
    }
}
