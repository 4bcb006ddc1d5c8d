//! `notifications` from the event to the mailbox, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod office;
mod parcels;
mod personal;
mod webhooks;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use emart_events::{Host, Outbox, Payload};
use emart_http::{Caller, Service};
use emart_identity_api::{Address, RegistrationRequested, SignedIn, UserId, UserRegistered};
use emart_notifications::Config;
use emart_orders_api::{
    CheckoutId, FulfilmentState, MoneyState, Order, OrderId, OrderLine, OrderPayment, OrderPlaced,
    OrderState,
};
use emart_pricing_api::{Discount, PromotionId};
use emart_store::{Db, Error};
use emart_telemetry::Metrics;
use emart_testkit::{Answer, Api, TestStore, stores};
use emart_types::{Clock, Currency, Money, Rate, Secret, Timestamp};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

const EMAILS: &str = "/api/v1/notifications/emails";

/// A running `notifications`, with somebody elsewhere who has news.
struct Office {
    clerk: Api,
    guest: Api,
    clock: Clock,
    host: Host,
    elsewhere: Db,
    outbox: Outbox,
    mailbox: TempDir,
    _store: TestStore,
}

impl Office {
    async fn both(config: impl Fn() -> Config) -> Vec<Self> {
        let mut offices = Vec::new();
        for store in stores().await {
            offices.push(Self::open(store, config()).await);
        }
        offices
    }

    async fn open(store: TestStore, mut config: Config) -> Self {
        let mailbox = TempDir::new().unwrap();
        config.mailbox_dir = mailbox.path().to_owned();
        let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
        let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
        let elsewhere = host.open("elsewhere", &[]).await.unwrap();
        let outbox = host.outbox("elsewhere", &elsewhere);
        let service: Service = emart_notifications::service(&config, &host).await.unwrap();
        let guest = Api::new(&service);
        let clerk = guest.staff();
        Self { clerk, guest, clock, host, elsewhere, outbox, mailbox, _store: store }
    }

    async fn tell<P: Payload>(&self, payload: P) {
        let outbox = self.outbox.clone();
        self.elsewhere
            .write(move |tx| async move { outbox.emit(&tx, &payload).await })
            .await
            .map_err(|error: Error| error)
            .unwrap();
        self.host.settle().await.unwrap();
    }

    async fn listed(&self) -> Vec<Value> {
        self.clerk.get(EMAILS).await.expect(200)["items"].as_array().unwrap().clone()
    }

    /// Waits until the newest e-mail is in this state.
    async fn newest_in_state(&self, state: &str) -> Value {
        for _ in 0..500 {
            if let Some(email) = self.listed().await.into_iter().find(|e| e["state"] == state) {
                return email;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no e-mail became {state}: {:?}", self.listed().await);
    }

    async fn content(&self, email: &Value) -> Value {
        self.clerk.get(&format!("{EMAILS}/{}", email["id"].as_str().unwrap())).await.expect(200)
    }
}

fn files(mailbox: &Path) -> Vec<String> {
    let files = std::fs::read_dir(mailbox).unwrap().map(|file| file.unwrap().path());
    files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn order_placed() -> OrderPlaced {
    let address = Address {
        name: "Ada <b>Lovelace</b>".to_owned(),
        line1: "1 Analytical Way".to_owned(),
        city: "Berlin".to_owned(),
        postal_code: "10115".to_owned(),
        country: "DE".to_owned(),
        ..Address::default()
    };
    let line = OrderLine {
        variant_id: emart_catalog_api::VariantId::new(),
        handle: "tea".to_owned(),
        title: "Green tea".to_owned(),
        variant_title: "100 g".to_owned(),
        sku: None,
        image: None,
        quantity: 2,
        unit_price: eur(500),
        subtotal: eur(1000),
        discount: None,
        tax: eur(160),
        total: eur(1000),
        tax_rate: Rate(190_000),
        fulfilled: 0,
        removed: 0,
        returned: 0,
    };
    OrderPlaced {
        order: Order {
            id: OrderId::new(),
            number: 1001,
            state: OrderState::Placed,
            email: "ada@example.com".to_owned(),
            lines: vec![line],
            shipping_address: address.clone(),
            billing_address: address,
            shipping_method: Some("Standard".to_owned()),
            delivery_date: Some("2026-11-25".to_owned()),
            subtotal: eur(1000),
            discounts: vec![Discount {
                promotion_id: PromotionId::new(),
                title: "Ten off".to_owned(),
                code: Some("TEN".to_owned()),
                amount: eur(100),
                shipping: eur(0),
            }],
            discount_total: Some(eur(100)),
            shipping_total: eur(490),
            taxes: Vec::new(),
            tax_total: eur(238),
            total: eur(1490),
            prices_include_tax: true,
            payment: OrderPayment {
                id: emart_payments_api::PaymentId::new(),
                brand: "visa".to_owned(),
                last4: "4242".to_owned(),
                captured: false,
                gift_card_amount: None,
                gift_card_last4: Vec::new(),
            },
            note: None,
            timeline: Vec::new(),
            placed_at: Timestamp::from_millis(1_795_000_000_000),
            payment_state: MoneyState::Paid,
            fulfilment_state: FulfilmentState::Unfulfilled,
            fulfilments: Vec::new(),
            refunds: Vec::new(),
        },
        checkout_id: CheckoutId::new(),
        order_token: "secret".to_owned(),
        customer_id: None,
    }
}

#[tokio::test]
async fn an_order_is_confirmed_in_text_and_html_with_a_link() {
    for office in Office::both(Config::default).await {
        let placed = order_placed();
        let id = placed.order.id.clone();
        office.tell(placed).await;
        let content = office.content(&office.listed().await[0]).await;
        assert_eq!(content["subject"], "Your order 1001 at E-Mart");
        let (text, html) = (content["text"].as_str().unwrap(), content["html"].as_str().unwrap());
        for part in ["2 x Green tea (100 g): €10.00", "Standard: €4.90", "Total: €14.90"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(text.contains(&format!("/orders/{id}?token=secret")));
        assert!(html.contains("Ada &lt;b&gt;Lovelace") && !html.contains("<b>Lovelace"), "{html}");
    }
}

#[tokio::test]
async fn without_a_mail_server_each_email_is_one_file_of_the_mailbox() {
    for office in Office::both(Config::default).await {
        office.host.start();
        office.tell(order_placed()).await;
        office.newest_in_state("sent").await;
        let files = files(office.mailbox.path());
        assert_eq!(files.len(), 1);
        for part in ["To: ada@example.com", "Auto-Submitted: auto-generated", "Message-ID: <eml_"] {
            assert!(files[0].contains(part), "{part} in\n{}", files[0]);
        }
        office.host.stop().await;
    }
}

#[tokio::test]
async fn an_email_whose_commit_takes_its_time_goes_out_as_soon_as_it_is_through() {
    let office = Office::open(TestStore::postgres().await, Config::default()).await;
    let own = office.host.databases().into_iter().find(|(name, _)| *name == "notifications");
    let (_, db) = own.unwrap();
    for sql in [
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql \
         AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON emails \
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()",
    ] {
        db.exec(sql, &[]).await.unwrap();
    }
    office.tell(order_placed()).await;
    office.newest_in_state("sent").await;
}

#[tokio::test]
async fn a_browser_that_is_known_raises_no_alert() {
    for office in Office::both(Config::default).await {
        for known_device in [true, false] {
            office
                .tell(SignedIn {
                    user_id: UserId::new(),
                    email: "ada@example.com".to_owned(),
                    at: office.clock.now(),
                    user_agent: Some("Netscape 4".to_owned()),
                    known_device,
                })
                .await;
        }
        let emails = office.listed().await;
        assert_eq!(emails.len(), 1);
        assert!(office.content(&emails[0]).await["text"].as_str().unwrap().contains("Netscape 4"));
    }
}

#[tokio::test]
async fn links_carry_their_tokens_and_names_stay_harmless() {
    for office in Office::both(Config::default).await {
        let email = "eve@example.com".to_owned();
        office
            .tell(RegistrationRequested {
                email: email.clone(),
                name: Some("Eve\r\nBcc: everyone@example.com".to_owned()),
                token: "t0ken".to_owned(),
                expires_at: office.clock.now(),
            })
            .await;
        office
            .tell(UserRegistered { user_id: UserId::new(), email, name: None, confirmed: true })
            .await;
        let emails = office.listed().await;
        assert_eq!(
            (&emails[0]["kind"], &emails[1]["kind"]),
            (&"welcome".into(), &"confirm_address".into())
        );
        let token = "/confirm?token=t0ken";
        let text = office.content(&emails[1]).await["text"].clone();
        assert!(
            !text.as_str().unwrap().contains(token),
            "it would let a clerk in as somebody else"
        );
        let path = format!("{EMAILS}/{}", emails[1]["id"].as_str().unwrap());
        let text = office.guest.by(Caller::service("cli")).get(&path).await.expect(200);
        assert!(text["text"].as_str().unwrap().contains(token));
    }
}

#[tokio::test]
async fn only_staff_read_other_peoples_mail() {
    for office in Office::both(Config::default).await {
        office.tell(order_placed()).await;
        let path = format!("{EMAILS}/{}", office.listed().await[0]["id"].as_str().unwrap());
        for path in [EMAILS, &path] {
            office.guest.get(path).await.expect_problem(401, "unauthorized");
            office.guest.customer("usr_ada").get(path).await.expect_problem(403, "forbidden");
        }
        office.guest.by(Caller::service("cli")).get(&path).await.expect(200);
        let unknown = format!("{EMAILS}/{}", emart_notifications_api::EmailId::new());
        office.clerk.get(&unknown).await.expect_problem(404, "not-found");
        let filtered: Answer = office.clerk.get(&format!("{EMAILS}?to=nobody@example.com")).await;
        assert!(filtered.expect(200)["items"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_mail_server_gets_the_email_and_one_that_refuses_gets_it_again_later() {
    let refusing = Arc::new(Mutex::new(true));
    let (url, received) = mail_server(refusing.clone()).await;
    let url = move || Secret::new(url.clone());
    let config = || Config { smtp_url: Some(url()), ..Config::default() };
    for office in Office::both(config).await {
        *refusing.lock().unwrap() = true;
        received.lock().unwrap().clear();
        office.tell(order_placed()).await;
        let mut tried = Value::Null;
        for _ in 0..500 {
            tried = office.listed().await[0].clone();
            if tried["tries"] == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!((&tried["state"], &tried["tries"]), (&"queued".into(), &1.into()), "{tried}");
        assert!(tried["error"].as_str().unwrap().contains("451"), "{tried}");
        *refusing.lock().unwrap() = false;
        office.clock.advance(Duration::from_secs(60));
        // Any news wakes the delivery.
        office
            .tell(UserRegistered {
                user_id: UserId::new(),
                email: "a@example.com".to_owned(),
                name: None,
                confirmed: true,
            })
            .await;
        for _ in 0..500 {
            if received.lock().unwrap().len() == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(received.lock().unwrap().len(), 2);
    }
}

type Letters = Arc<Mutex<Vec<String>>>;

/// A mail server of a few words (RFC 5321), which refuses while told to.
async fn mail_server(refusing: Arc<Mutex<bool>>) -> (String, Letters) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let letters = Letters::default();
    let received = letters.clone();
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (refusing, letters) = (refusing.clone(), letters.clone());
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 here\r\n").await.unwrap();
                let mut letter: Option<String> = None;
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer = match (&mut letter, line.as_str()) {
                        (Some(text), ".") => {
                            letters.lock().unwrap().push(std::mem::take(text));
                            letter = None;
                            "250 taken\r\n"
                        }
                        (Some(text), line) => {
                            text.push_str(line);
                            continue;
                        }
                        (None, "DATA") => {
                            letter = Some(String::new());
                            "354 go on\r\n"
                        }
                        (None, line) if line.starts_with("MAIL") && *refusing.lock().unwrap() => {
                            "451 later\r\n"
                        }
                        (None, _) => "250 yes\r\n",
                    };
                    write.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (url, received)
}
