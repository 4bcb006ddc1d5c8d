//! Changes of stock by people.

use emart_inventory_api::{MovementKind, StockItemId, WhenOut};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{houses, reservation};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_changes_a_count_by_a_difference_or_to_a_number() {
    for house in houses().await {
        let tea = house.item(10).await;
        let level =
            house.adjust(&tea, "k1", json!({"delta": -3, "reason": " broken "})).await.expect(200);
        assert_eq!((&level["on_hand"], &level["available"]), (&json!(7), &json!(7)));
        house.adjust(&tea, "k2", json!({"on_hand": 12, "reason": "counted"})).await.expect(200);
        house.adjust(&tea, "k3", json!({"on_hand": 12, "reason": "counted"})).await.expect(200);
        let movements = house.movements(&tea).await;
        let told: Vec<_> =
            movements.iter().map(|m| (m.on_hand_delta, m.reference.as_str())).collect();
        assert_eq!(told, [(10, "set with the product"), (-3, "broken"), (5, "counted")]);
        assert!(movements.iter().all(|m| m.kind == MovementKind::Adjusted));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_counts_once_at_once_and_later() {
    for house in houses().await {
        let tea = house.item(10).await;
        let path = format!("/api/v1/inventory/items/{tea}/adjustments");
        let api = house.api.staff().header("idempotency-key", "k1");
        let mut set = JoinSet::new();
        for _ in 0..8 {
            let (api, path) = (api.clone(), path.clone());
            set.spawn(async move {
                api.post(&path, json!({"delta": 5, "reason": "found"})).await.expect(200)
            });
        }
        let answers = set.join_all().await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        house.adjust(&tea, "k2", json!({"delta": 1, "reason": "found"})).await.expect(200);
        let late =
            house.adjust(&tea, "k1", json!({"delta": 5, "reason": "found"})).await.expect(200);
        assert_eq!(late, answers[0]);
        assert_eq!(house.counts(&tea).await, (16, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_stands_for_one_body_and_one_person() {
    for house in houses().await {
        let (tea, cup) = (house.item(10).await, house.item(10).await);
        house.adjust(&tea, "k1", json!({"delta": 5, "reason": "found"})).await.expect(200);
        let slug = "idempotency-key-reused";
        house
            .adjust(&tea, "k1", json!({"delta": 6, "reason": "found"}))
            .await
            .expect_problem(409, slug);
        house
            .adjust(&cup, "k1", json!({"delta": 5, "reason": "found"}))
            .await
            .expect_problem(409, slug);
        let other = emart_http::Caller::person(emart_http::Role::Admin, "usr_boss");
        let path = format!("/api/v1/inventory/items/{cup}/adjustments");
        let boss = house.api.by(other).header("idempotency-key", "k1");
        boss.post(&path, json!({"delta": 5, "reason": "found"})).await.expect(200);
        assert_eq!((house.counts(&tea).await.0, house.counts(&cup).await.0), (15, 15));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_goes_neither_below_zero_nor_below_what_checkouts_hold() {
    for house in houses().await {
        let tea = house.item(10).await;
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        let below = house.adjust(&tea, "k1", json!({"delta": -11, "reason": "x"})).await;
        below.expect_problem(409, "stock-below-zero");
        let held = house.adjust(&tea, "k2", json!({"on_hand": 3, "reason": "x"})).await;
        held.expect_problem(409, "stock-reserved");
        let much = house.adjust(&tea, "k3", json!({"delta": 1_000_000_000, "reason": "x"})).await;
        much.expect_problem(422, "invalid");
        // A refusal does not use the key up.
        house.adjust(&tea, "k2", json!({"on_hand": 4, "reason": "x"})).await.expect(200);
        assert_eq!(house.counts(&tea).await, (4, 4));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owed_pieces_are_paid_back_step_by_step() {
    for house in houses().await {
        let tea = house.item_with(Some(0), true, WhenOut::Continue).await;
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        house.inventory.commit("chk_1").await.unwrap();
        house.adjust(&tea, "k1", json!({"delta": 1, "reason": "delivery"})).await.expect(200);
        assert_eq!(house.counts(&tea).await, (-3, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn adjustments_are_checked_and_are_for_staff() {
    for house in houses().await {
        let tea = house.item(10).await;
        let path = format!("/api/v1/inventory/items/{tea}/adjustments");
        let body = json!({"delta": 1, "reason": "x"});
        house.api.post(&path, &body).await.expect_problem(401, "unauthorized");
        house.api.customer("usr_1").post(&path, &body).await.expect_problem(403, "forbidden");
        let staff = house.api.staff();
        staff.post(&path, &body).await.expect_problem(400, "idempotency-key-required");
        let nowhere = StockItemId::new();
        house.adjust(&nowhere, "k1", body).await.expect_problem(404, "not-found");
        for bad in [
            json!({"reason": "x"}),
            json!({"delta": 1, "on_hand": 1, "reason": "x"}),
            json!({"delta": 1}),
            json!({"delta": 1, "reason": ""}),
            json!({"delta": 1, "reason": "a\tb"}),
            json!({"delta": 1, "reason": "x".repeat(201)}),
            json!({"delta": 1_000_000_001, "reason": "x"}),
            json!({"on_hand": -1, "reason": "x"}),
            json!({"delta": 1.5, "reason": "x"}),
            json!({"delta": 1, "reason": "x", "extra": 1}),
        ] {
            house.adjust(&tea, "k1", bad).await.expect_problem(422, "invalid");
        }
        assert_eq!(house.counts(&tea).await, (10, 0));
    }
}
