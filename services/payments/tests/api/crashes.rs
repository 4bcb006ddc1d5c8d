//! The process dies, or the network drops the answer, between the provider's deed and our note of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use emart_mesh::CallError;
use emart_payments::providers::{
    Answer, CardDetails, Charge, Provider, ProviderError, RefundAnswer, Registered, TestProvider,
};
use emart_payments_api::{AuthenticationOutcome, Payment, PaymentState};
use emart_testkit::stores;
use emart_types::Money;

use crate::{Till, VISA, entries, payment, refused};

/// How a provider's deed gets lost on the way back.
#[derive(Debug, Clone, Copy)]
enum Loss {
    /// Whoever asked is gone before the answer comes.
    NeverAnswers,
    /// The line is cut.
    Cut,
}

/// The test provider behind a bad line: while `broken`, it does what it is asked and the answer is lost.
#[derive(Debug)]
struct BadLine {
    inner: TestProvider,
    broken: Arc<AtomicBool>,
    loss: Loss,
}

impl BadLine {
    fn lossy<'a, T: Send + 'a>(&'a self, answer: Answer<'a, T>) -> Answer<'a, T> {
        Box::pin(async move {
            let answer = answer.await;
            match self.loss {
                _ if !self.broken.load(Ordering::SeqCst) => answer,
                Loss::Cut => Err(ProviderError::Unavailable("the line was cut".to_owned())),
                Loss::NeverAnswers => std::future::pending().await,
            }
        })
    }
}

impl Provider for BadLine {
    fn name(&self) -> &'static str {
        self.inner.name()
    }
    fn register_card<'a>(&'a self, card: &'a CardDetails) -> Answer<'a, Registered> {
        self.inner.register_card(card)
    }
    fn authorize<'a>(
        &'a self,
        reference: &'a str,
        card: &'a str,
        amount: Money,
    ) -> Answer<'a, Charge> {
        self.lossy(self.inner.authorize(reference, card, amount))
    }
    fn authenticate<'a>(
        &'a self,
        reference: &'a str,
        outcome: AuthenticationOutcome,
    ) -> Answer<'a, Charge> {
        self.lossy(self.inner.authenticate(reference, outcome))
    }
    fn capture<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge> {
        self.lossy(self.inner.capture(reference))
    }
    fn void<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge> {
        self.lossy(self.inner.void(reference))
    }
    fn refund<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge> {
        self.lossy(self.inner.refund(reference))
    }
    fn refund_part<'a>(
        &'a self,
        reference: &'a str,
        refund: &'a str,
        amount: Money,
    ) -> Answer<'a, RefundAnswer> {
        self.lossy(self.inner.refund_part(reference, refund, amount))
    }
    fn status<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge> {
        self.lossy(self.inner.status(reference))
    }
}

/// Tills on both engines behind a bad line that works for now.
async fn tills(loss: Loss) -> Vec<(Till, Arc<AtomicBool>)> {
    let mut tills = Vec::new();
    for store in stores().await {
        let broken = Arc::new(AtomicBool::new(false));
        let line = broken.clone();
        let provider =
            |db| Arc::new(BadLine { inner: TestProvider::new(db), broken: line, loss }) as _;
        tills.push((Till::open_with(store, provider).await, broken));
    }
    tills
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authorisation_whose_answer_was_lost_is_found_and_not_made_twice() {
    for (till, broken) in tills(Loss::Cut).await {
        let new = payment("chk_1", till.token(VISA).await);
        broken.store(true, Ordering::SeqCst);
        let pending = till.payments.authorize(&new).await.unwrap();
        assert_eq!(pending.state, PaymentState::Pending);
        assert_eq!(till.book(&pending).await.as_deref(), Some("authorized"));
        assert_eq!(till.payments.authorize(&new).await.unwrap().state, PaymentState::Pending);
        broken.store(false, Ordering::SeqCst);
        let found = till.payments.authorize(&new).await.unwrap();
        assert_eq!((&found.id, found.state), (&pending.id, PaymentState::Authorized));
        assert_eq!(till.ledger(&found).await, entries(&["authorized"]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capture_whose_answer_was_lost_is_found_and_not_made_twice() {
    for (till, broken) in tills(Loss::Cut).await {
        let held = till.authorize("chk_1", VISA).await.unwrap();
        broken.store(true, Ordering::SeqCst);
        refused(till.payments.capture(&held.id).await, "provider-unavailable");
        assert_eq!(till.book(&held).await.as_deref(), Some("captured"));
        let known = till.payments.by_reference("chk_1").await.unwrap().unwrap();
        assert_eq!(known.state, PaymentState::Authorized);
        assert_eq!(till.heard().await, [""; 0]);
        broken.store(false, Ordering::SeqCst);
        assert_eq!(till.payments.capture(&held.id).await.unwrap().state, PaymentState::Captured);
        assert_eq!(till.ledger(&held).await, entries(&["authorized", "captured"]));
        assert_eq!(till.heard().await, ["captured chk_1 1999"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_finds_money_whose_capture_was_never_heard_of() {
    for (till, broken) in tills(Loss::Cut).await {
        let held = till.authorize("chk_1", VISA).await.unwrap();
        broken.store(true, Ordering::SeqCst);
        refused(till.payments.capture(&held.id).await, "provider-unavailable");
        refused(till.payments.cancel("chk_1").await, "provider-unavailable");
        broken.store(false, Ordering::SeqCst);
        // From the wish on, nothing is captured any more.
        refused(till.payments.capture(&held.id).await, "payment-not-capturable");
        let ended = till.payments.cancel("chk_1").await.unwrap().unwrap();
        assert_eq!(ended.state, PaymentState::Refunded);
        assert_eq!(till.ledger(&held).await, entries(&["authorized", "captured", "refunded"]));
        assert_eq!(till.heard().await, ["captured chk_1 1999", "refunded chk_1 1999"]);
    }
}

/// A near call is cut off by giving it up: the request's future is dropped in the middle of the provider's call, as a
/// crash would leave it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_after_the_provider_did_it_is_made_good_by_repeating() {
    for (till, broken) in tills(Loss::NeverAnswers).await {
        let new = payment("chk_1", till.token(VISA).await);
        broken.store(true, Ordering::SeqCst);
        let body = serde_json::to_value(&new).unwrap();
        crash_when(&till, "authorized", till.api.post("/internal/payments/payments", body)).await;
        broken.store(false, Ordering::SeqCst);
        let pending = till.payments.by_reference("chk_1").await.unwrap().unwrap();
        assert_eq!(pending.state, PaymentState::Pending);
        let held = till.payments.authorize(&new).await.unwrap();
        assert_eq!((&held.id, held.state), (&pending.id, PaymentState::Authorized));

        broken.store(true, Ordering::SeqCst);
        let path = format!("/internal/payments/payments/{}/capture", held.id);
        crash_when(&till, "captured", till.api.post(&path, serde_json::json!(null))).await;
        broken.store(false, Ordering::SeqCst);
        let captured = till.payments.capture(&held.id).await.unwrap();
        assert_eq!(captured.state, PaymentState::Captured);

        broken.store(true, Ordering::SeqCst);
        let path = "/internal/payments/references/chk_1/cancel";
        crash_when(&till, "refunded", till.api.post(path, serde_json::json!(null))).await;
        broken.store(false, Ordering::SeqCst);
        let refunded = till.payments.cancel("chk_1").await.unwrap().unwrap();
        assert_eq!(refunded.state, PaymentState::Refunded);
        assert_eq!(till.ledger(&held).await, entries(&["authorized", "captured", "refunded"]));
        assert_eq!(till.heard().await, ["captured chk_1 1999", "refunded chk_1 1999"]);
    }
}

/// Runs a request until the provider's book says that it is done, and then drops it.
async fn crash_when<T>(till: &Till, state: &str, request: impl Future<Output = T>) {
    let watch = async {
        let sql = "SELECT COUNT(*) FROM test_provider_charges WHERE state = $1";
        while till.db().one::<i64>(sql, &[state.into()]).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = request => panic!("it was to be cut off"),
        () = watch => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_hangs_is_not_waited_for_for_ever() {
    for store in stores().await {
        let broken = Arc::new(AtomicBool::new(true));
        let (line, loss) = (broken.clone(), Loss::NeverAnswers);
        let host = emart_events::Host::new(
            emart_types::Clock::system(),
            emart_telemetry::Metrics::new(),
            store.settings().clone(),
        );
        let config = emart_payments::Config { provider_timeout_ms: 500, ..Default::default() };
        let provider =
            |db| Arc::new(BadLine { inner: TestProvider::new(db), broken: line, loss }) as _;
        let service = emart_payments::service_with(&config, &host, provider).await.unwrap();
        let mut mesh = emart_mesh::Mesh::new(Duration::from_secs(30));
        mesh.add(service);
        let payments = emart_payments_api::Payments(mesh.peer("payments").unwrap());
        let token = payments.create_card_token(&crate::card(VISA)).await.unwrap().token;
        let new = payment("chk_1", token);
        let answer: Result<Payment, CallError> = payments.authorize(&new).await;
        assert_eq!(answer.unwrap().state, PaymentState::Pending);
        broken.store(false, Ordering::SeqCst);
        assert_eq!(payments.authorize(&new).await.unwrap().state, PaymentState::Authorized);
    }
}
