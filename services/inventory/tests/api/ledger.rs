//! The ledger tells the whole story of an item.

use emart_inventory_api::MovementKind;
use serde_json::json;

use crate::{houses, reservation};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_leaves_a_line_and_the_lines_add_up() {
    for house in houses().await {
        let tea = house.item(10).await;
        house.inventory.reserve(&reservation("sold", &[(&tea, 4)])).await.unwrap();
        house.inventory.reserve(&reservation("dropped", &[(&tea, 2)])).await.unwrap();
        house.inventory.commit("sold").await.unwrap();
        house.inventory.release("dropped").await.unwrap();
        house.adjust(&tea, "k1", json!({"delta": -1, "reason": "broken"})).await.expect(200);
        let movements = house.movements(&tea).await;
        let told: Vec<_> = movements
            .iter()
            .map(|m| (m.kind, m.on_hand_delta, m.reserved_delta, m.reference.as_str()))
            .collect();
        let expected = [
            (MovementKind::Adjusted, 10, 0, "set with the product"),
            (MovementKind::Reserved, 0, 4, "sold"),
            (MovementKind::Reserved, 0, 2, "dropped"),
            (MovementKind::Sold, -4, -4, "sold"),
            (MovementKind::Released, 0, -2, "dropped"),
            (MovementKind::Adjusted, -1, 0, "broken"),
        ];
        assert_eq!(told, expected);
        let on_hand = movements.iter().map(|m| m.on_hand_delta).sum();
        let reserved = movements.iter().map(|m| m.reserved_delta).sum();
        assert_eq!(house.counts(&tea).await, (on_hand, reserved));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_forgets_nothing() {
    for house in houses().await {
        let tea = house.item(10).await;
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        house.host.stop().await;
        let again = crate::House::open(house.store).await;
        assert_eq!(again.counts(&tea).await, (10, 4));
        again.inventory.commit("chk_1").await.unwrap();
        assert_eq!(again.counts(&tea).await, (6, 0));
    }
}
