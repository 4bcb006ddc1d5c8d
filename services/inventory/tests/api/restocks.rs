//! Pieces that come back.

use emart_inventory_api::{MovementKind, NewRestock, ReservationLine};

use crate::{houses, refused, reservation};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pieces_come_back_once_however_often_they_are_sent() {
    for house in houses().await {
        let tea = house.item(10).await;
        house.inventory.reserve(&reservation("sold", &[(&tea, 4)])).await.unwrap();
        house.inventory.commit("sold").await.unwrap();
        let restock = |quantity| NewRestock {
            reference: "act_1".to_owned(),
            lines: vec![ReservationLine { item_id: tea.clone(), quantity }],
        };
        for _ in 0..3 {
            house.inventory.restock(&restock(2)).await.unwrap();
        }
        refused(house.inventory.restock(&restock(3)).await, "reference-reused");
        assert_eq!(house.counts(&tea).await, (8, 0));
        let last = house.movements(&tea).await.pop().unwrap();
        assert_eq!(
            (last.kind, last.on_hand_delta, last.reference.as_str()),
            (MovementKind::Returned, 2, "act_1")
        );
    }
}
