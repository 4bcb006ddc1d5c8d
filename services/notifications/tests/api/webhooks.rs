//! Webhooks, from what happened to the receiver: signatures checked as a receiver would, retries, replays, and where
//! nothing is sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use emart_http::{Caller, Permission, Permissions, Role};
use emart_notifications::{Config, WebhookConfig};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use super::{Office, order_placed};

const WEBHOOKS: &str = "/api/v1/notifications/webhooks";

/// Somebody who is told: answers as it was told to, 204 after that, and keeps what it got.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    async fn open() -> (Self, String) {
        let receiver = Self::default();
        let router = Router::new().fallback(receive).with_state(receiver.clone());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    fn answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    /// Waits until it has got so many.
    async fn got(&self, count: usize) -> Vec<(HeaderMap, String)> {
        for _ in 0..500 {
            let got = self.got.lock().unwrap().clone();
            if got.len() >= count {
                assert_eq!(got.len(), count);
                return got;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} of {count} arrived", self.got.lock().unwrap().len());
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> Response {
    receiver.got.lock().unwrap().push((headers, body));
    let status = receiver.answers.lock().unwrap().pop_front().unwrap_or(204);
    let status = StatusCode::from_u16(status).unwrap();
    if status.is_redirection() {
        return (status, [("location", "/elsewhere")]).into_response();
    }
    (status, if status == StatusCode::NO_CONTENT { "" } else { "no thanks" }).into_response()
}

/// HMAC-SHA256 written out (RFC 2104), so that nothing of ours checks what is ours.
fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

/// Whether one of a delivery's signatures was made with this secret.
fn signed_with(secret: &str, (headers, body): &(HeaderMap, String)) -> bool {
    let header = |name: &str| headers[name].to_str().unwrap();
    let text = format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp"));
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let expected = format!("v1,{}", STANDARD.encode(hmac_sha256(&key, text.as_bytes())));
    header("webhook-signature").split(' ').any(|signature| signature == expected)
}

fn near() -> Config {
    let webhooks = WebhookConfig { private_addresses: true, ..WebhookConfig::default() };
    Config { webhooks, ..Config::default() }
}

impl Office {
    fn boss(&self) -> emart_testkit::Api {
        self.guest.by(Caller::person(Role::Admin, "usr_boss"))
    }

    async fn listens(&self, url: &str, events: &[&str]) -> (String, String) {
        let new = json!({"url": url, "description": "Warehouse", "events": events});
        let made = self.boss().post(WEBHOOKS, new).await.expect(201);
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (format!("{WEBHOOKS}/{}", text("id")), text("secret"))
    }

    /// Waits until the newest delivery is as wanted.
    async fn delivery(&self, webhook: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut newest = Value::Null;
        for _ in 0..500 {
            let log = self.boss().get(&format!("{webhook}/deliveries")).await.expect(200);
            newest = log["items"][0].clone();
            if wanted(&newest) {
                return newest;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the newest delivery stayed {newest}");
    }
}

#[tokio::test]
async fn an_order_reaches_who_listens_signed_as_the_standard_says() {
    for office in Office::both(near).await {
        let (receiver, url) = Receiver::open().await;
        let (webhook, secret) = office.listens(&url, &["order.placed"]).await;
        office.listens(&format!("{url}/deaf"), &["customer.registered"]).await;
        let placed = order_placed();
        office.tell(placed.clone()).await;
        let got = receiver.got(1).await;
        assert!(signed_with(&secret, &got[0]), "{:?}", got[0]);
        let body: Value = serde_json::from_str(&got[0].1).unwrap();
        assert_eq!(
            (&body["type"], &body["id"]),
            (&"order.placed".into(), &got[0].0["webhook-id"].to_str().unwrap().into())
        );
        assert_eq!(body["data"]["order"]["id"], placed.order.id.as_str());
        assert!(!got[0].1.contains("secret"), "the order's token stays here");
        let delivery = office.delivery(&webhook, |d| d["state"] == "delivered").await;
        assert_eq!((&delivery["status"], &delivery["tries"]), (&204.into(), &1.into()));
    }
}

#[tokio::test]
async fn what_was_refused_is_tried_again_with_the_same_id_and_can_be_replayed() {
    for office in Office::both(near).await {
        let (receiver, url) = Receiver::open().await;
        let (webhook, secret) = office.listens(&url, &["order.placed"]).await;
        receiver.answer(&[500, 302]);
        office.tell(order_placed()).await;
        let failed = office.delivery(&webhook, |d| d["tries"] == 1).await;
        assert_eq!(
            (&failed["state"], &failed["status"], &failed["answer"]),
            (&"queued".into(), &500.into(), &"no thanks".into())
        );
        office.clock.advance(Duration::from_secs(6));
        // Any news wakes the delivery.
        office.boss().post(&format!("{webhook}/tests"), json!({})).await.expect(201);
        let got = receiver.got(3).await;
        let id = failed["message_id"].as_str().unwrap();
        let same: Vec<_> = got.iter().filter(|(headers, _)| headers["webhook-id"] == id).collect();
        assert_eq!(same.len(), 2);
        assert!(same.iter().all(|got| signed_with(&secret, got)));
        let path = format!("{webhook}/deliveries/{}", failed["id"].as_str().unwrap());
        // One of the two was redirected, and nobody went there.
        assert_eq!(receiver.got.lock().unwrap().len(), 3);
        office.boss().get(&path).await.expect(200);
        for _ in 0..500 {
            if office.boss().get(&path).await.expect(200)["tried_at"] != failed["tried_at"] {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        office.clock.advance(Duration::from_secs(600));
        office.boss().post(&format!("{path}/replays"), json!({})).await.expect(200);
        for _ in 0..500 {
            if office.boss().get(&path).await.expect(200)["state"] == "delivered" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let kept = office.boss().get(&path).await.expect(200);
        assert_eq!(kept["state"], "delivered", "{kept}");
        assert_eq!(kept["body"], same[0].1);
    }
}

#[tokio::test]
async fn a_new_secret_and_the_old_one_sign_side_by_side_for_a_while() {
    for office in Office::both(near).await {
        let (receiver, url) = Receiver::open().await;
        let (webhook, old) = office.listens(&url, &["order.placed"]).await;
        let rotate = json!({"old_valid_hours": 1});
        let rotated = office.boss().post(&format!("{webhook}/secrets"), rotate).await.expect(200);
        let new = rotated["secret"].as_str().unwrap();
        office.tell(order_placed()).await;
        let got = receiver.got(1).await;
        assert!(signed_with(&old, &got[0]) && signed_with(new, &got[0]));
        office.clock.advance(Duration::from_secs(3601));
        office.tell(order_placed()).await;
        let got = receiver.got(2).await;
        assert!(!signed_with(&old, &got[1]) && signed_with(new, &got[1]));
        let shown = office.boss().get(&webhook).await;
        assert!(!String::from_utf8_lossy(&shown.body).contains(new));
    }
}

#[tokio::test]
async fn a_webhook_that_takes_nothing_for_days_is_turned_off_and_the_shop_is_told() {
    for office in Office::both(near).await {
        let (receiver, url) = Receiver::open().await;
        let (webhook, _) = office.listens(&url, &["order.placed"]).await;
        receiver.answer(&[500, 500]);
        office.tell(order_placed()).await;
        office.delivery(&webhook, |d| d["tries"] == 1).await;
        office.clock.advance(Duration::from_secs(6 * 24 * 3600));
        office.tell(order_placed()).await;
        for _ in 0..500 {
            if office.boss().get(&webhook).await.expect(200)["enabled"] == false {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let off = office.boss().get(&webhook).await.expect(200);
        assert_eq!(
            (&off["enabled"], &off["off_because"]),
            (&false.into(), &"nothing went through for 5 days".into())
        );
        let told = office.listed().await;
        assert!(
            told.iter()
                .any(|email| email["kind"] == "webhook_off" && email["to"] == "shop@localhost"),
            "{told:?}"
        );
        let before = receiver.got.lock().unwrap().len();
        office.tell(order_placed()).await;
        let log = office.boss().get(&format!("{webhook}/deliveries")).await.expect(200);
        assert_eq!(log["items"].as_array().unwrap().len(), 2, "{log}");
        assert_eq!(receiver.got.lock().unwrap().len(), before);
    }
}

#[tokio::test]
async fn nothing_within_can_be_named_and_nothing_within_is_reached_by_name() {
    for office in Office::both(Config::default).await {
        for url in [
            "https://127.0.0.1/hook",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:192.168.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://2130706433/",
            "https://0x7f.1/",
            "http://example.com/",
            "https://example.com:6379/",
            "https://me:pw@example.com/",
            "file:///etc/passwd",
        ] {
            let new = json!({"url": url, "events": ["order.placed"]});
            let problem = office.boss().post(WEBHOOKS, new).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/url", "{url}");
        }
        let (webhook, _) = office.listens("https://localhost/hook", &["order.placed"]).await;
        office.tell(order_placed()).await;
        let refused = office.delivery(&webhook, |d| d["tries"] == 1).await;
        assert_eq!(refused["error"], "the host is in a private network");
        assert_eq!(refused["status"], Value::Null);
    }
}

#[tokio::test]
async fn only_who_may_see_connections_sees_webhooks_and_changes_need_the_version_seen() {
    for office in Office::both(near).await {
        let (webhook, _) = office.listens("http://127.0.0.1:9/", &["order.placed"]).await;
        for path in [WEBHOOKS, &webhook, &format!("{webhook}/deliveries")] {
            office.guest.get(path).await.expect_problem(401, "unauthorized");
            office.clerk.get(path).await.expect_problem(403, "forbidden");
        }
        let permissions = Permissions::NONE.with(Permission::Connections);
        let clerk = Caller::person(Role::Staff, "usr_it").allowed(permissions);
        let clerk = office.guest.by(clerk);
        clerk.get(&webhook).await.expect(200);
        let off = json!({"enabled": false});
        clerk.patch(&webhook, &off).await.expect_problem(428, "version-required");
        let stale = clerk.header("if-match", "\"7\"");
        stale.patch(&webhook, &off).await.expect_problem(412, "version-conflict");
        let seen = clerk.header("if-match", "\"1\"");
        assert_eq!(seen.patch(&webhook, &off).await.expect(200)["version"], 2);
        office.tell(order_placed()).await;
        let log = clerk.get(&format!("{webhook}/deliveries")).await.expect(200);
        assert!(log["items"].as_array().unwrap().is_empty());
        clerk.delete(&webhook).await.expect(204);
        clerk.get(&webhook).await.expect_problem(404, "not-found");
    }
}
