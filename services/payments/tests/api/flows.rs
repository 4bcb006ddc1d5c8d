//! What becomes of a payment, card by card.

use std::time::Duration;

use emart_payments_api::{Authentication, AuthenticationOutcome, PaymentId, PaymentState};
use emart_types::{Currency, Money};
use serde_json::json;

use crate::{
    AUTHENTICATION, AUTHENTICATION_DECLINED, CAPTURE_FAILS_ONCE, DECLINED, INSUFFICIENT,
    PROVIDER_ERROR, TIMEOUT_LOST, TIMEOUT_PROMISED, VISA, entries, outcome, payment, refused,
    tills,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_card_pays_once_however_often_it_is_asked() {
    for till in tills().await {
        let new = payment("chk_1", till.token(VISA).await);
        let first = till.payments.authorize(&new).await.unwrap();
        assert_eq!(outcome(&first), (PaymentState::Authorized, None));
        assert_eq!((first.provider.as_str(), first.amount), ("test", new.amount));
        assert_eq!(till.payments.authorize(&new).await.unwrap(), first);
        assert_eq!(till.payments.by_reference("chk_1").await.unwrap(), Some(first.clone()));
        let captured = till.payments.capture(&first.id).await.unwrap();
        assert_eq!(captured.state, PaymentState::Captured);
        assert_eq!(till.payments.capture(&first.id).await.unwrap(), captured);
        assert_eq!(till.payments.authorize(&new).await.unwrap(), captured);
        assert_eq!(till.ledger(&first).await, entries(&["authorized", "captured"]));
        assert_eq!(till.book(&first).await.as_deref(), Some("captured"));
        assert_eq!(till.heard().await, ["captured chk_1 1999"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_card_says_why_and_stays_refused() {
    for till in tills().await {
        for (number, failure) in [
            (DECLINED, "card_declined"),
            (INSUFFICIENT, "insufficient_funds"),
            (PROVIDER_ERROR, "provider_error"),
        ] {
            let new = payment(failure, till.token(number).await);
            let failed = till.payments.authorize(&new).await.unwrap();
            assert_eq!(outcome(&failed), (PaymentState::Failed, Some(failure)));
            assert_eq!(till.payments.authorize(&new).await.unwrap(), failed);
            refused(till.payments.capture(&failed.id).await, "payment-not-capturable");
            assert_eq!(till.payments.cancel(failure).await.unwrap(), Some(failed.clone()));
            assert_eq!(till.ledger(&failed).await, []);
            assert_eq!(till.heard().await, [format!("failed {failure} {failure}")]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_asks_its_holder_waits_for_the_answer() {
    use AuthenticationOutcome::{Approved, Rejected};
    for till in tills().await {
        for (number, answer, expected) in [
            (AUTHENTICATION, Approved, (PaymentState::Authorized, None)),
            (AUTHENTICATION, Rejected, (PaymentState::Failed, Some("authentication_failed"))),
            (AUTHENTICATION_DECLINED, Approved, (PaymentState::Failed, Some("card_declined"))),
        ] {
            let reference = format!("{number}_{answer:?}");
            let asked = till.authorize(&reference, number).await.unwrap();
            assert_eq!(outcome(&asked), (PaymentState::RequiresAction, None));
            let path = format!("/api/v1/payments/{}/authentication", asked.id);
            assert_eq!(asked.action_path.as_ref(), Some(&path));
            refused(till.payments.capture(&asked.id).await, "payment-not-capturable");
            let said = Authentication { outcome: answer };
            let payment = till.payments.authenticate(&asked.id, &said).await.unwrap();
            assert_eq!(outcome(&payment), expected);
            assert_eq!(payment.action_path, None);
            for outcome in [Approved, Rejected] {
                let late = till.payments.authenticate(&asked.id, &Authentication { outcome }).await;
                refused(late, "no-authentication-due");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_found_by_asking_again() {
    for till in tills().await {
        let new = payment("chk_1", till.token(TIMEOUT_PROMISED).await);
        let pending = till.payments.authorize(&new).await.unwrap();
        assert_eq!(outcome(&pending), (PaymentState::Pending, None));
        assert_eq!(till.book(&pending).await.as_deref(), Some("authorized"));
        refused(till.payments.capture(&pending.id).await, "payment-not-capturable");
        let found = till.payments.authorize(&new).await.unwrap();
        assert_eq!(outcome(&found), (PaymentState::Authorized, None));
        till.payments.capture(&found.id).await.unwrap();
        assert_eq!(till.ledger(&found).await, entries(&["authorized", "captured"]));
        assert_eq!(till.heard().await, ["captured chk_1 1999"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_finds_out_what_became_of_a_lost_answer() {
    for till in tills().await {
        let promised = till.authorize("promised", TIMEOUT_PROMISED).await.unwrap();
        let voided = till.payments.cancel("promised").await.unwrap().unwrap();
        assert_eq!(outcome(&voided), (PaymentState::Voided, None));
        assert_eq!(till.ledger(&promised).await, entries(&["authorized", "voided"]));
        assert_eq!(till.book(&promised).await.as_deref(), Some("voided"));

        let lost = payment("lost", till.token(TIMEOUT_LOST).await);
        let pending = till.payments.authorize(&lost).await.unwrap();
        assert_eq!(till.payments.authorize(&lost).await.unwrap().state, PaymentState::Pending);
        let failed = till.payments.cancel("lost").await.unwrap().unwrap();
        assert_eq!(outcome(&failed), (PaymentState::Failed, Some("provider_timeout")));
        assert_eq!(till.payments.authorize(&lost).await.unwrap(), failed);
        assert_eq!(till.ledger(&pending).await, []);
        assert_eq!(till.heard().await, ["failed lost provider_timeout", "voided promised"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capture_that_fails_works_when_it_is_repeated() {
    for till in tills().await {
        let held = till.authorize("chk_1", CAPTURE_FAILS_ONCE).await.unwrap();
        let failure = till.payments.capture(&held.id).await.unwrap_err();
        let problem = failure.problem().unwrap();
        assert!(problem.is("provider-unavailable"), "{problem:?}");
        assert_eq!((problem.status, problem.retry_after_seconds), (503, Some(1)));
        let captured = till.payments.capture(&held.id).await.unwrap();
        assert_eq!(captured.state, PaymentState::Captured);
        assert_eq!(till.ledger(&held).await, entries(&["authorized", "captured"]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_gives_the_promise_back_or_the_money() {
    for till in tills().await {
        let held = till.authorize("held", VISA).await.unwrap();
        let voided = till.payments.cancel("held").await.unwrap().unwrap();
        assert_eq!(voided.state, PaymentState::Voided);
        assert_eq!(till.payments.cancel("held").await.unwrap(), Some(voided));
        refused(till.payments.capture(&held.id).await, "payment-not-capturable");
        assert_eq!(till.ledger(&held).await, entries(&["authorized", "voided"]));

        let taken = till.authorize("taken", VISA).await.unwrap();
        till.payments.capture(&taken.id).await.unwrap();
        let refunded = till.payments.cancel("taken").await.unwrap().unwrap();
        assert_eq!(refunded.state, PaymentState::Refunded);
        assert_eq!(till.payments.cancel("taken").await.unwrap(), Some(refunded));
        assert_eq!(till.ledger(&taken).await, entries(&["authorized", "captured", "refunded"]));
        assert_eq!(till.book(&taken).await.as_deref(), Some("refunded"));

        till.authorize("asked", AUTHENTICATION).await.unwrap();
        let dropped = till.payments.cancel("asked").await.unwrap().unwrap();
        assert_eq!(dropped.state, PaymentState::Voided);
        assert_eq!(till.ledger(&dropped).await, []);
        assert_eq!(till.heard().await, ["captured taken 1999", "voided asked", "voided held"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_that_overtakes_its_payment_stops_it() {
    for till in tills().await {
        assert_eq!(till.payments.cancel("chk_1").await.unwrap(), None);
        assert_eq!(till.payments.cancel("chk_1").await.unwrap(), None);
        assert_eq!(till.payments.by_reference("chk_1").await.unwrap(), None);
        refused(till.authorize("chk_1", VISA).await, "payment-cancelled");
        let token = till.token(VISA).await;
        refused(
            till.payments.authorize(&payment("chk_1", token.clone())).await,
            "payment-cancelled",
        );
        till.payments.authorize(&payment("chk_2", token)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_stands_for_one_amount_and_one_card() {
    for till in tills().await {
        let new = payment("chk_1", till.token(VISA).await);
        till.payments.authorize(&new).await.unwrap();
        let mut more = new.clone();
        more.amount = Money::new(2000, Currency::EUR);
        refused(till.payments.authorize(&more).await, "reference-reused");
        refused(till.authorize("chk_1", VISA).await, "reference-reused");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amounts_and_references_are_checked() {
    for till in tills().await {
        let token = till.token(VISA).await;
        for (minor, currency) in
            [(-5, Currency::EUR), (i64::MAX, Currency::EUR), (5, Currency::USD)]
        {
            let amount = Money::new(minor, currency);
            let new = emart_payments_api::NewPayment { amount, ..payment("chk_1", token.clone()) };
            refused(till.payments.authorize(&new).await, "invalid");
        }
        refused(till.payments.authorize(&payment("a/b", token.clone())).await, "invalid");
        till.payments.authorize(&payment("chk_1", token)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payments_are_shown_to_staff_only() {
    for till in tills().await {
        let paid = till.authorize("chk_1", VISA).await.unwrap();
        let path = format!("/api/v1/payments/{}", paid.id);
        till.api.get(&path).await.expect_problem(401, "unauthorized");
        till.api.customer("usr_1").get(&path).await.expect_problem(403, "forbidden");
        let shown = till.api.staff().get(&path).await.expect(200);
        assert_eq!(shown, serde_json::to_value(&paid).unwrap());
        let nowhere = format!("/api/v1/payments/{}", PaymentId::new());
        till.api.staff().get(&nowhere).await.expect_problem(404, "not-found");
        till.api.staff().get("/api/v1/payments/x").await.expect_problem(404, "not-found");
        let answer = format!("{nowhere}/authentication");
        till.api
            .post(&answer, json!({"outcome": "approved"}))
            .await
            .expect_problem(404, "not-found");
        till.api.post(&answer, json!({"outcome": "maybe"})).await.expect_problem(422, "invalid");
        refused(till.payments.capture(&PaymentId::new()).await, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_forgets_nothing_on_either_side() {
    for till in tills().await {
        let new = payment("chk_1", till.token(TIMEOUT_PROMISED).await);
        till.payments.authorize(&new).await.unwrap();
        till.host.stop().await;
        let again = crate::Till::open(till.store).await;
        again.clock.advance(Duration::from_secs(1));
        let found = again.payments.authorize(&new).await.unwrap();
        assert_eq!(found.state, PaymentState::Authorized);
        again.payments.capture(&found.id).await.unwrap();
        assert_eq!(again.heard().await, ["captured chk_1 1999"]);
    }
}
