//! The payments service through its router, on both engines, with the test provider and with ones that fail.
//! The tests have threads of their own, so that the service's job comes to its end while a test's database is taken away.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as the test itself does")]

mod books;
mod cards;
mod crashes;
mod flows;
mod gift_cards;
mod races;
mod refunds;
mod secrecy;

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use emart_events::{Consumer, Host, Received};
use emart_mesh::{CallError, Mesh};
use emart_payments::providers::{Provider, TestProvider};
use emart_payments::{Config, service_with};
use emart_payments_api::{
    CardToken, NewCardToken, NewPayment, Payment, PaymentCaptured, PaymentFailed, PaymentRefunded,
    PaymentState, PaymentVoided, Payments,
};
use emart_store::{Db, Error};
use emart_telemetry::Metrics;
use emart_testkit::{Api, TestStore, stores};
use emart_types::{Clock, Currency, Money, Timestamp};

const VISA: &str = "4242424242424242";
const DECLINED: &str = "4000000000000002";
const INSUFFICIENT: &str = "4000000000009995";
const PROVIDER_ERROR: &str = "4000000000000119";
const AUTHENTICATION: &str = "4000002500003155";
const AUTHENTICATION_DECLINED: &str = "4000008400001629";
const TIMEOUT_PROMISED: &str = "4000000000004087";
const TIMEOUT_LOST: &str = "4000000000005043";
const REFUSES_REFUNDS: &str = "4000000000005126";
const CAPTURE_FAILS_ONCE: &str = "4000000000005035";

/// A till: payments and nothing else.
struct Till {
    clock: Clock,
    host: Host,
    payments: Payments,
    api: Api,
    heard: Arc<Mutex<Vec<String>>>,
    _mesh: Mesh,
    store: TestStore,
}

impl Till {
    async fn open(store: TestStore) -> Self {
        Self::open_with(store, |db| Arc::new(TestProvider::new(db))).await
    }

    async fn open_with(store: TestStore, provider: impl FnOnce(Db) -> Arc<dyn Provider>) -> Self {
        let clock = Clock::fixed("2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap());
        let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
        let config = Config { reconcile_seconds: 3600, ..Config::default() };
        assert_eq!(config.check(), Vec::<String>::new());
        let service = service_with(&config, &host, provider).await.unwrap();
        let heard = listen(&host).await;
        let api = Api::new(&service);
        let mut mesh = Mesh::new(Duration::from_secs(60));
        mesh.add(service);
        let payments = Payments(mesh.peer("payments").unwrap());
        Self { clock, host, payments, api, heard, _mesh: mesh, store }
    }

    async fn token(&self, number: &str) -> CardToken {
        self.payments.create_card_token(&card(number)).await.unwrap().token
    }

    /// Asks for 19.99 with a new token of this card.
    async fn authorize(&self, reference: &str, number: &str) -> Result<Payment, CallError> {
        let token = self.token(number).await;
        self.payments.authorize(&payment(reference, token)).await
    }

    /// What consumers were told since the last time, as `captured chk_1 1999`; sorted, as payments keep no order
    /// among each other.
    async fn heard(&self) -> Vec<String> {
        self.host.settle().await.unwrap();
        let mut heard: Vec<_> = self.heard.lock().unwrap().drain(..).collect();
        heard.sort();
        heard
    }

    fn db(&self) -> Db {
        let databases = self.host.databases();
        databases.into_iter().find(|(name, _)| *name == "payments").unwrap().1
    }

    /// The ledger of a payment: kinds and amounts, by kind.
    async fn ledger(&self, payment: &Payment) -> Vec<(String, i64)> {
        let sql =
            "SELECT kind, amount_minor FROM payment_entries WHERE payment_id = $1 ORDER BY kind";
        self.db().all(sql, &[payment.id.as_str().into()]).await.unwrap()
    }

    /// What the provider's book says of a payment.
    async fn book(&self, payment: &Payment) -> Option<String> {
        let sql = "SELECT state FROM test_provider_charges WHERE reference = $1";
        self.db().opt(sql, &[payment.id.as_str().into()]).await.unwrap()
    }
}

/// A till on each engine.
async fn tills() -> Vec<Till> {
    let mut tills = Vec::new();
    for store in stores().await {
        tills.push(Till::open(store).await);
    }
    tills
}

async fn listen(host: &Host) -> Arc<Mutex<Vec<String>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let db = host.open("listener", &[]).await.unwrap();
    let (captured, voided, failed) = (heard.clone(), heard.clone(), heard.clone());
    let refunded = heard.clone();
    let consumer = Consumer::new("listener", db)
        .on(move |_, event: Received<PaymentCaptured>| {
            let PaymentCaptured { reference, amount, .. } = event.payload;
            note(&captured, format!("captured {reference} {}", amount.amount_minor))
        })
        .on(move |_, event: Received<PaymentRefunded>| {
            let PaymentRefunded { reference, amount, .. } = event.payload;
            note(&refunded, format!("refunded {reference} {}", amount.amount_minor))
        })
        .on(move |_, event: Received<PaymentVoided>| {
            note(&voided, format!("voided {}", event.payload.reference))
        })
        .on(move |_, event: Received<PaymentFailed>| {
            let PaymentFailed { reference, failure, .. } = event.payload;
            note(&failed, format!("failed {reference} {failure}"))
        });
    host.subscribe(consumer);
    heard
}

fn note(heard: &Mutex<Vec<String>>, line: String) -> Ready<Result<(), Error>> {
    heard.lock().unwrap().push(line);
    ready(Ok(()))
}

fn card(number: &str) -> NewCardToken {
    let cvc = if number.starts_with("37") { "1234" } else { "123" };
    NewCardToken { number: number.to_owned(), exp_month: 12, exp_year: 2030, cvc: cvc.to_owned() }
}

fn payment(reference: &str, token: CardToken) -> NewPayment {
    let amount = Money::new(1999, Currency::EUR);
    NewPayment::by_card(reference, amount, token)
}

/// State and failure.
fn outcome(payment: &Payment) -> (PaymentState, Option<&str>) {
    (payment.state, payment.failure.as_deref())
}

fn entries(kinds: &[&str]) -> Vec<(String, i64)> {
    kinds.iter().map(|kind| ((*kind).to_owned(), 1999)).collect()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, CallError>, slug: &str) {
    let error = result.unwrap_err();
    assert!(error.is(slug), "expected {slug}: {error:?}");
}
