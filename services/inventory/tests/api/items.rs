//! Items: the list, one of them, what everybody may know, batches.

use emart_inventory_api::{KeyedPut, PutStockItem, StockItemId, StockLevel, WhenOut};
use serde_json::{Value, json};

use crate::{House, houses, reservation};

fn put(id: &StockItemId, on_hand: Option<i64>) -> PutStockItem {
    let (sku, when_out) = (Some("TEA-1".to_owned()), WhenOut::Deny);
    PutStockItem { id: id.clone(), sku, tracked: true, when_out, on_hand }
}

async fn list(house: &House, query: &str) -> Vec<StockLevel> {
    let (mut levels, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/inventory/items?{query}&cursor={cursor}");
        let page = house.api.staff().get(&path).await.expect(200);
        levels.extend(serde_json::from_value::<Vec<StockLevel>>(page["items"].clone()).unwrap());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return levels,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_page_through_all_items_and_through_those_that_run_low() {
    for house in houses().await {
        let mut ids = Vec::new();
        for on_hand in 0..5 {
            ids.push(house.item(on_hand).await);
        }
        let song = house.item_with(None, false, WhenOut::Deny).await;
        house.inventory.reserve(&reservation("chk_1", &[(&ids[4], 3)])).await.unwrap();
        assert_eq!(list(&house, "limit=2").await.len(), 6);
        let low: Vec<_> = list(&house, "low=1&limit=2").await.into_iter().map(|l| l.id).collect();
        assert_eq!(low, [ids[0].clone(), ids[1].clone(), ids[4].clone()]);
        house.inventory.put_items(&[put(&song, None)]).await.unwrap();
        let named: Vec<_> = list(&house, "sku=TEA-1").await.into_iter().map(|l| l.id).collect();
        assert_eq!(named, [song]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn levels_are_for_staff() {
    for house in houses().await {
        let tea = house.item(1).await;
        let one = format!("/api/v1/inventory/items/{tea}");
        for path in ["/api/v1/inventory/items".to_owned(), one.clone(), format!("{one}/movements")]
        {
            house.api.get(&path).await.expect_problem(401, "unauthorized");
            house.api.customer("usr_1").get(&path).await.expect_problem(403, "forbidden");
            house.api.staff().get(&path).await.expect(200);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_items_and_bad_queries_are_problems() {
    for house in houses().await {
        let (staff, unknown) = (house.api.staff(), StockItemId::new());
        let items = "/api/v1/inventory/items";
        for path in [
            format!("{items}/{unknown}"),
            format!("{items}/{unknown}/movements"),
            format!("{items}/x"),
        ] {
            staff.get(&path).await.expect_problem(404, "not-found");
        }
        for query in ["limit=0", "limit=101", "limit=x", "low=x", "low=99999999999"] {
            staff.get(&format!("{items}?{query}")).await.expect_problem(400, "bad-query");
        }
        staff.get(&format!("{items}?cursor=x")).await.expect_problem(400, "bad-cursor");
        assert_eq!(house.inventory.levels(&[unknown]).await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_may_know_whether_something_can_be_bought_but_not_how_much_there_is() {
    for house in houses().await {
        let (none, few, many) = (house.item(0).await, house.item(3).await, house.item(5000).await);
        let owed = house.item_with(Some(0), true, WhenOut::Continue).await;
        let song = house.item_with(None, false, WhenOut::Deny).await;
        let unknown = StockItemId::new();
        let query: Vec<_> = [&none, &few, &many, &owed, &song, &unknown]
            .iter()
            .map(|id| format!("item={id}"))
            .collect();
        let path = format!("/api/v1/inventory/availability?{}", query.join("&"));
        let answer = house.api.get(&path).await.expect(200);
        let told: Vec<_> = answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| {
                (item["in_stock"].clone(), item["back_order"].clone(), item["available"].clone())
            })
            .collect();
        let expected = [
            (json!(false), json!(false), json!(0)),
            (json!(true), json!(false), json!(3)),
            (json!(true), json!(false), json!(10)),
            (json!(true), json!(true), Value::Null),
            (json!(true), json!(false), Value::Null),
        ];
        assert_eq!(told, expected);
        let too_many = vec![format!("item={none}"); 101].join("&");
        for query in ["", "item=x", &too_many] {
            let path = format!("/api/v1/inventory/availability?{query}");
            house.api.get(&path).await.expect_problem(400, "bad-query");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_sets_counts_only_where_they_are_given_and_the_same_again_writes_nothing() {
    for house in houses().await {
        let (tea, cup) = (StockItemId::new(), StockItemId::new());
        let batch = [put(&tea, Some(7)), put(&cup, None)];
        house.inventory.put_items(&batch).await.unwrap();
        assert_eq!((house.counts(&tea).await, house.counts(&cup).await), ((7, 0), (0, 0)));
        let before = house.level(&tea).await;
        house.clock.advance(std::time::Duration::from_secs(60));
        house.inventory.put_items(&batch).await.unwrap();
        house.inventory.put_items(&[put(&tea, None)]).await.unwrap();
        assert_eq!(house.level(&tea).await, before);
        house.inventory.put_items(&[put(&tea, Some(5))]).await.unwrap();
        let deltas: Vec<_> = house.movements(&tea).await.iter().map(|m| m.on_hand_delta).collect();
        assert_eq!(deltas, [7, -2]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_from_a_batch_is_a_fact_also_below_what_checkouts_hold() {
    for house in houses().await {
        let tea = house.item(5).await;
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        house.inventory.put_items(&[put(&tea, Some(2))]).await.unwrap();
        assert_eq!(house.level(&tea).await.available, -2);
        let more = house.inventory.reserve(&reservation("chk_2", &[(&tea, 1)])).await;
        crate::refused(more, "out-of-stock");
        house.inventory.release("chk_1").await.unwrap();
        assert_eq!(house.counts(&tea).await, (2, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_that_is_sent_again_does_not_bring_back_what_was_sold() {
    for house in houses().await {
        let tea = StockItemId::new();
        let keyed = |on_hand, key: &str| {
            [KeyedPut {
                put: put(&tea, Some(on_hand)),
                title: None,
                count_key: Some(key.to_owned()),
            }]
        };
        house.inventory.put_items_once(&keyed(10, "first")).await.unwrap();
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 4)])).await.unwrap();
        house.inventory.commit("chk_1").await.unwrap();
        house.inventory.put_items_once(&keyed(10, "first")).await.unwrap();
        assert_eq!(house.counts(&tea).await, (6, 0));
        // The rest of a repeated row counts all the same, and no key at all is a new count each time.
        let mut renamed = keyed(10, "first");
        renamed[0].put.sku = Some("TEA-2".to_owned());
        house.inventory.put_items_once(&renamed).await.unwrap();
        assert_eq!(house.level(&tea).await.sku.as_deref(), Some("TEA-2"));
        assert_eq!(house.counts(&tea).await, (6, 0));
        house.inventory.put_items_once(&keyed(9, "second")).await.unwrap();
        assert_eq!(house.counts(&tea).await, (9, 0));
        house.inventory.put_items(&[put(&tea, Some(8))]).await.unwrap();
        house.inventory.put_items_once(&keyed(9, "second")).await.unwrap();
        assert_eq!(house.counts(&tea).await, (8, 0));
        crate::refused(house.inventory.put_items_once(&keyed(1, "")).await, "invalid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_taken_whole_or_not_at_all() {
    for house in houses().await {
        let (tea, cup) = (StockItemId::new(), StockItemId::new());
        let long = PutStockItem { sku: Some("x".repeat(256)), ..put(&cup, Some(1)) };
        let control = PutStockItem { sku: Some("a\nb".to_owned()), ..put(&cup, Some(1)) };
        for bad in [long, control, put(&cup, Some(i64::MAX)), put(&tea, Some(2))] {
            let refusal = house.inventory.put_items(&[put(&tea, Some(1)), bad]).await;
            crate::refused(refusal, "invalid");
        }
        let many: Vec<_> = (0..5001).map(|_| put(&StockItemId::new(), None)).collect();
        crate::refused(house.inventory.put_items(&many).await, "invalid");
        assert_eq!(house.inventory.levels(&[tea, cup]).await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_items_come_in_one_batch() {
    for house in houses().await {
        let many: Vec<_> = (0..5000).map(|n| put(&StockItemId::new(), Some(n))).collect();
        house.inventory.put_items(&many).await.unwrap();
        let ids: Vec<_> = many.iter().map(|put| put.id.clone()).collect();
        let levels = house.inventory.levels(&ids).await.unwrap();
        assert_eq!(levels.iter().map(|level| level.on_hand).sum::<i64>(), 4999 * 5000 / 2);
    }
}
