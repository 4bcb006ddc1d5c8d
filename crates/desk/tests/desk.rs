//! A service's desk, on both engines: what is decided about an event that it could not handle is done, and told to the audit
//! log with who decided it.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use emart_desk::with_desk;
use emart_events::Host;
use emart_http::{Caller, Permission, Permissions, Role, Service};
use emart_store::{Db, vals};
use emart_telemetry::Metrics;
use emart_testkit::{Api, TestStore, stores};
use emart_types::Clock;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

const DESK: &str = "/internal/desk";

/// A service that has parked one event.
struct Parked {
    api: Api,
    db: Db,
    _host: Host,
    _store: TestStore,
}

async fn parked() -> Vec<Parked> {
    let mut all = Vec::new();
    for store in stores().await {
        let host = Host::new(Clock::system(), Metrics::new(), store.settings().clone());
        let db = host.open("books", &[]).await.unwrap();
        let sql = "INSERT INTO inbox (consumer, event_id, source, type, subject, event, state, tries, next_try_at, \
                   error, received_at) VALUES ('books', 'evt_1', 'orders', 'orders.order_placed.v1', 'ord_1', \
                   '{}', 'parked', 5, 0, 'it did not fit', 0)";
        db.exec(sql, vals![]).await.unwrap();
        let service = Service::new("books", &Metrics::new(), OpenApiRouter::new());
        let api = Api::new(&with_desk(&host, service));
        all.push(Parked { api, db, _host: host, _store: store });
    }
    all
}

impl Parked {
    fn keeper(&self) -> Api {
        let may = Permissions::NONE.with(Permission::System);
        self.api.by(Caller::person(Role::Staff, "usr_keeper").allowed(may))
    }

    async fn state(&self) -> String {
        self.db.one("SELECT state FROM inbox", vals![]).await.unwrap()
    }

    /// What the audit log will be told.
    async fn told(&self) -> Vec<Value> {
        let sql = "SELECT event FROM outbox WHERE type = 'books.audited.v1' ORDER BY seq";
        let told: Vec<String> = self.db.all(sql, vals![]).await.unwrap();
        told.iter()
            .map(|event| serde_json::from_str::<Value>(event).unwrap()["data"].clone())
            .collect()
    }
}

#[tokio::test]
async fn an_event_that_is_tried_again_is_told_to_the_audit_log_with_who_said_so() {
    for desk in parked().await {
        desk.keeper().post(&format!("{DESK}/parked/evt_1/retry"), ()).await.expect(204);
        assert_eq!(desk.state().await, "pending");
        let told = desk.told().await.remove(0);
        assert_eq!(
            (&told["actor"], &told["action"]),
            (&json!("usr_keeper"), &json!("event.retried"))
        );
        assert_eq!(told["label"], "orders.order_placed.v1, for books");
        assert_eq!(told["before"], json!({"state": "parked", "tries": 5}));
        assert_eq!(told["after"], json!({"state": "waiting", "tries": 0}));
    }
}

#[tokio::test]
async fn an_event_that_is_given_up_is_told_once_and_what_is_not_parked_changes_nothing() {
    for desk in parked().await {
        let path = format!("{DESK}/parked/evt_1/discard");
        desk.keeper().post(&path, ()).await.expect(204);
        desk.keeper().post(&path, ()).await.expect_problem(404, "not-found");
        assert_eq!(desk.state().await, "done");
        let told = desk.told().await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["action"], "event.discarded");
        assert_eq!(told[0]["after"], json!({"state": "discarded"}));
    }
}

#[tokio::test]
async fn only_those_who_look_after_the_system_decide() {
    for desk in parked().await {
        for what in ["retry", "discard"] {
            let path = format!("{DESK}/parked/evt_1/{what}");
            desk.api.staff().post(&path, ()).await.expect_problem(403, "forbidden");
            desk.api.customer("usr_1").post(&path, ()).await.expect_problem(403, "forbidden");
        }
        assert_eq!((desk.state().await, desk.told().await.len()), ("parked".to_owned(), 0));
    }
}
