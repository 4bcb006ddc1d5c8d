//! What others are told: what can be bought changed, and nothing else.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use emart_events::{Consumer, Received};
use emart_inventory_api::{PutStockItem, StockChanged, WhenOut};
use emart_store::Error;
use serde_json::json;

use crate::{House, houses, reservation};

/// Hears what the house emits.
async fn listen(house: &House) -> Arc<Mutex<Vec<StockChanged>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let db = house.host.open("listener", &[]).await.unwrap();
    let ears = heard.clone();
    let consumer = Consumer::new("listener", db).on(move |_, event: Received<StockChanged>| {
        ears.lock().unwrap().push(event.payload);
        async { Ok::<_, Error>(()) }
    });
    house.host.subscribe(consumer);
    heard
}

/// What was heard since the last time.
async fn heard(house: &House, ears: &Mutex<Vec<StockChanged>>) -> Vec<i64> {
    house.host.settle().await.unwrap();
    ears.lock().unwrap().drain(..).map(|event| event.available).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn buyers_hear_of_what_they_can_buy_and_of_nothing_else() {
    for house in houses().await {
        let ears = listen(&house).await;
        let tea = house.item(10).await;
        assert_eq!(heard(&house, &ears).await, [10]);
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 1), (&tea, 3)])).await.unwrap();
        assert_eq!(heard(&house, &ears).await, [6]);
        // Repetitions, and a sale of what was claimed, change nothing for buyers.
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        house.inventory.commit("chk_1").await.unwrap();
        house.inventory.commit("chk_1").await.unwrap();
        house.inventory.reserve(&reservation("chk_2", &[(&tea, 7)])).await.unwrap_err();
        assert_eq!(heard(&house, &ears).await, [0; 0]);
        house.adjust(&tea, "k1", json!({"delta": -1, "reason": "x"})).await.expect(200);
        house.adjust(&tea, "k1", json!({"delta": -1, "reason": "x"})).await.expect(200);
        assert_eq!(heard(&house, &ears).await, [5]);
        house.inventory.reserve(&reservation("chk_3", &[(&tea, 2)])).await.unwrap();
        house.inventory.release("chk_3").await.unwrap();
        house.inventory.release("chk_3").await.unwrap();
        assert_eq!(heard(&house, &ears).await, [3, 5]);
        house.inventory.reserve(&reservation("chk_4", &[(&tea, 5)])).await.unwrap();
        house.clock.advance(Duration::from_secs(1000));
        house.inventory.reserve(&reservation("chk_5", &[(&tea, 1)])).await.unwrap();
        assert_eq!(heard(&house, &ears).await, [0, 5, 4]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_tells_only_of_what_it_changed_for_buyers() {
    for house in houses().await {
        let ears = listen(&house).await;
        let tea = house.item(10).await;
        assert_eq!(heard(&house, &ears).await, [10]);
        let (sku, when_out) = (Some("TEA".to_owned()), WhenOut::Deny);
        let mut put = PutStockItem { id: tea, sku, tracked: true, when_out, on_hand: Some(10) };
        house.inventory.put_items(std::slice::from_ref(&put)).await.unwrap();
        assert_eq!(heard(&house, &ears).await, [0; 0]);
        put.when_out = WhenOut::Continue;
        house.inventory.put_items(std::slice::from_ref(&put)).await.unwrap();
        put.on_hand = Some(3);
        house.inventory.put_items(std::slice::from_ref(&put)).await.unwrap();
        house.inventory.put_items(std::slice::from_ref(&put)).await.unwrap();
        assert_eq!(heard(&house, &ears).await, [10, 3]);
    }
}
