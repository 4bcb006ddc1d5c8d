//! What those who look after stock see: lists, thresholds, the ledger of the whole house; who may see and change it; and
//! what the audit log is told.

use emart_http::{Caller, Permission, Permissions, Role};
use emart_inventory_api::{KeyedPut, PutStockItem, StockItemId, WhenOut};
use emart_store::EngineKind;
use serde_json::{Value, json};

use crate::{House, houses, reservation};

impl House {
    async fn titled(&self, title: &str, sku: &str, on_hand: i64) -> StockItemId {
        let id = StockItemId::new();
        let (sku, when_out, on_hand) = (Some(sku.to_owned()), WhenOut::Deny, Some(on_hand));
        let put = PutStockItem { id: id.clone(), sku, tracked: true, when_out, on_hand };
        let put = KeyedPut { put, title: Some(title.to_owned()), count_key: None };
        self.inventory.put_items_once(&[put]).await.unwrap();
        id
    }

    /// The titles of a list, all its pages.
    async fn titles(&self, query: &str) -> Vec<String> {
        let (mut titles, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/inventory/items?limit=2&{query}&cursor={cursor}");
            let page = self.api.staff().get(&path).await.expect(200);
            let items = page["items"].as_array().unwrap();
            titles.extend(items.iter().map(|item| item["title"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => return titles,
            }
        }
    }

    async fn set_threshold(&self, id: &StockItemId, low_at: Value) -> Value {
        let path = format!("/api/v1/inventory/items/{id}/threshold");
        self.api.staff().put(&path, json!({"low_at": low_at})).await.expect(200)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_are_found_by_how_little_there_is_and_by_how_they_begin() {
    for house in houses().await {
        let tea = house.titled("Tea", "D-1", 6).await;
        house.titled("Teapot", "D-2", 5).await;
        house.titled("Cup", "e-1", 0).await;
        house.titled("TEA cosy", "E-2", 100).await;
        assert_eq!(house.titles("state=low").await, ["Teapot", "Cup"]);
        assert_eq!(house.titles("state=out").await, ["Cup"]);
        assert_eq!(house.titles("title_prefix=tEa").await, ["Tea", "TEA cosy", "Teapot"]);
        assert_eq!(house.titles("sku_prefix=E-").await, ["Cup", "TEA cosy"]);
        assert_eq!(house.titles("state=low&title_prefix=tea").await, ["Teapot"]);
        assert_eq!(house.titles("").await.len(), 4);
        assert_eq!(house.set_threshold(&tea, json!(6)).await["low"], true);
        assert_eq!(house.titles("state=low").await, ["Tea", "Teapot", "Cup"]);
        let summary = house.api.staff().get("/api/v1/inventory/summary").await.expect(200);
        assert_eq!(summary, json!({"low": 3, "out": 1, "incoming": 0}));
        assert_eq!(house.set_threshold(&tea, Value::Null).await["low_at"], 5);
        assert_eq!(house.titles("state=low").await, ["Teapot", "Cup"]);
        let bad =
            house.api.staff().get("/api/v1/inventory/items?sku_prefix=a&title_prefix=b").await;
        bad.expect_problem(400, "bad-query");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_without_a_threshold_of_their_own_follow_the_setting() {
    for house in houses().await {
        let tea = house.titled("Tea", "D-1", 8).await;
        let cup = house.titled("Cup", "D-2", 8).await;
        house.set_threshold(&cup, json!(2)).await;
        let House { store, host, .. } = house;
        host.stop().await;
        let config = emart_inventory::Config { low_stock: 9, ..Default::default() };
        let house = House::with(store, config).await;
        let low_at = async |id: &StockItemId| {
            let path = format!("/api/v1/inventory/items/{id}");
            house.api.staff().get(&path).await.expect(200)["low_at"].as_i64().unwrap()
        };
        while low_at(&tea).await != 9 {
            tokio::task::yield_now().await;
        }
        assert_eq!(low_at(&cup).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_of_the_whole_house_is_read_a_page_at_a_time() {
    for house in houses().await {
        let (tea, cup) = (house.titled("Tea", "T", 9).await, house.titled("Cup", "C", 9).await);
        house.inventory.reserve(&reservation("chk_1", &[(&tea, 1), (&cup, 2)])).await.unwrap();
        house.adjust(&tea, "k1", json!({"delta": -1, "reason": "broken"})).await.expect(200);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/inventory/movements?limit=2&cursor={cursor}");
            let page = house.api.staff().get(&path).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|m| m["id"].clone()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        let all = seen.len();
        seen.dedup();
        assert_eq!((all, seen.len()), (5, 5));
        let reserved = house.api.staff().get("/api/v1/inventory/movements?kind=reserved").await;
        let reserved = reserved.expect(200);
        let titles: Vec<_> =
            reserved["items"].as_array().unwrap().iter().map(|m| m["title"].clone()).collect();
        assert!(titles.contains(&json!("Tea")) && titles.contains(&json!("Cup")), "{titles:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_only_look_changes_nothing_and_who_may_do_neither_sees_nothing() {
    for house in houses().await {
        let tea = house.titled("Tea", "T", 9).await;
        let staff =
            |permissions| house.api.by(Caller::person(Role::Staff, "usr_1").allowed(permissions));
        let looks = staff(Permissions::NONE.with(Permission::InventoryRead));
        let none = staff(Permissions::NONE.with(Permission::ProductsWrite));
        for path in [
            "/api/v1/inventory/items",
            &format!("/api/v1/inventory/items/{tea}"),
            &format!("/api/v1/inventory/items/{tea}/movements"),
            "/api/v1/inventory/movements",
            "/api/v1/inventory/incoming",
            "/api/v1/inventory/summary",
        ] {
            looks.get(path).await.expect(200);
            none.get(path).await.expect_problem(403, "forbidden");
            house.api.get(path).await.expect_problem(401, "unauthorized");
        }
        let body = json!({"delta": 1, "reason": "x"});
        let key = looks.header("idempotency-key", "k");
        let path = format!("/api/v1/inventory/items/{tea}");
        key.post(&format!("{path}/adjustments"), body).await.expect_problem(403, "forbidden");
        key.put(&format!("{path}/threshold"), json!({"low_at": 1}))
            .await
            .expect_problem(403, "forbidden");
        let body = json!({"item_id": tea, "quantity": 1, "expected_on": "2027-02-01"});
        key.post("/api/v1/inventory/incoming", body).await.expect_problem(403, "forbidden");
        key.post("/api/v1/inventory/stock-takes", "").await.expect_problem(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_change_by_a_person_is_told_to_the_audit_log_and_what_changes_nothing_is_not() {
    for house in houses().await {
        let tea = house.titled("Tea", "T", 9).await;
        house.adjust(&tea, "k1", json!({"delta": -2, "reason": "broken"})).await.expect(200);
        house.adjust(&tea, "k2", json!({"delta": 0, "reason": "nothing"})).await.expect(200);
        house.set_threshold(&tea, json!(3)).await;
        house.set_threshold(&tea, json!(3)).await;
        let db =
            house.host.databases().into_iter().find(|(name, _)| *name == "inventory").unwrap().1;
        let read = |tx: emart_store::Tx| async move {
            let sql = "SELECT event FROM outbox WHERE type = 'inventory.audited.v1' ORDER BY id";
            tx.all::<String>(sql, &[]).await
        };
        let told: Vec<Value> = db
            .read(read)
            .await
            .unwrap()
            .iter()
            .map(|event| serde_json::from_str::<Value>(event).unwrap()["data"].clone())
            .collect();
        let said: Vec<_> = told.iter().map(|r| (&r["action"], &r["before"], &r["after"])).collect();
        assert_eq!(
            said,
            [
                (
                    &json!("stock.adjusted"),
                    &json!({"on_hand": 9}),
                    &json!({"on_hand": 7, "reason": "broken"})
                ),
                (&json!("stock.threshold_set"), &json!({"low_at": null}), &json!({"low_at": 3})),
            ]
        );
        assert_eq!((&told[0]["actor"], &told[0]["label"]), (&json!("usr_staff"), &json!("T")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_read_along_an_index() {
    for house in houses().await {
        if house.store.engine() != EngineKind::Sqlite {
            continue;
        }
        let db =
            house.host.databases().into_iter().find(|(name, _)| *name == "inventory").unwrap().1;
        for (sql, index) in [
            (
                "SELECT id FROM items WHERE id > '' AND tracked = TRUE AND tracked AND on_hand - reserved - low_at <= 0 ORDER BY id LIMIT 20",
                "items_low",
            ),
            (
                "SELECT id FROM items WHERE id > '' AND tracked = TRUE AND tracked AND on_hand - reserved <= 0 ORDER BY id LIMIT 20",
                "items_out",
            ),
            (
                "SELECT id FROM items WHERE sku_key >= 'a' AND sku_key < 'b' AND (sku_key, id) > ('a', '') ORDER BY sku_key, id LIMIT 20",
                "items_by_sku_key",
            ),
            (
                "SELECT id FROM items WHERE title_key >= 'a' AND title_key < 'b' AND (title_key, id) > ('a', '') ORDER BY title_key, id LIMIT 20",
                "items_by_title",
            ),
            (
                "SELECT id FROM movements m WHERE (m.at, m.id) < (9, '') ORDER BY m.at DESC, m.id DESC LIMIT 20",
                "movements_by_time",
            ),
            (
                "SELECT id FROM movements m WHERE (m.at, m.id) < (9, '') AND m.kind = 'sold' ORDER BY m.at DESC, m.id DESC LIMIT 20",
                "movements_by_kind",
            ),
            (
                "SELECT id FROM incoming d WHERE d.state = 'open' AND (d.expected_on, d.id) > ('', '') ORDER BY d.expected_on, d.id LIMIT 20",
                "incoming_by_state",
            ),
        ] {
            let explain = format!("EXPLAIN QUERY PLAN {sql}");
            let read = |tx: emart_store::Tx| async move { tx.all_dyn::<Plan>(&explain, &[]).await };
            let plan = db.read(read).await.unwrap();
            let steps: Vec<_> = plan.iter().map(|Plan(step)| step.as_str()).collect();
            assert!(steps.iter().any(|step| step.contains(index)), "{sql}: {steps:?}");
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{sql}: {steps:?}");
        }
    }
}

struct Plan(String);

impl emart_store::FromRow for Plan {
    fn from_row(row: &emart_store::Row<'_>) -> Result<Self, emart_store::Error> {
        row.get(3).map(Self)
    }
}
