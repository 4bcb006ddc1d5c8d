//! The same at once, many times: one effect. Answers to: two payments for one order (saleor#19220), money captured
//! twice (medusa#13301), captures counted twice (saleor#14648).

use std::future::Future;

use emart_payments_api::{Authentication, AuthenticationOutcome, PaymentState};
use tokio::task::JoinSet;

use crate::{AUTHENTICATION, TIMEOUT_PROMISED, VISA, entries, payment, tills};

async fn together<T: Send + 'static>(
    calls: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let mut set = JoinSet::new();
    for call in calls {
        set.spawn(call);
    }
    set.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_authorisation_sent_many_times_at_once_promises_once() {
    for till in tills().await {
        for card in [VISA, TIMEOUT_PROMISED] {
            let new = payment(card, till.token(card).await);
            let copies = (0..12).map(|_| {
                let (payments, new) = (till.payments.clone(), new.clone());
                async move { payments.authorize(&new).await.unwrap() }
            });
            let answers = together(copies).await;
            assert!(answers.iter().all(|answer| answer.id == answers[0].id));
            let settled = till.payments.authorize(&new).await.unwrap();
            assert_eq!(settled.state, PaymentState::Authorized);
            assert_eq!(till.ledger(&settled).await, entries(&["authorized"]));
        }
        let charges: i64 =
            till.db().one("SELECT COUNT(*) FROM test_provider_charges", &[]).await.unwrap();
        assert_eq!(charges, 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_card_raced_for_by_many_checkouts_pays_one_of_them() {
    for till in tills().await {
        let token = till.token(VISA).await;
        let checkouts = (0..12).map(|n| {
            let (payments, new) =
                (till.payments.clone(), payment(&format!("chk_{n}"), token.clone()));
            async move { payments.authorize(&new).await.is_ok() }
        });
        assert_eq!(together(checkouts).await.iter().filter(|paid| **paid).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_is_captured_once_ever() {
    for till in tills().await {
        let held = till.authorize("chk_1", VISA).await.unwrap();
        let captures = (0..12).map(|_| {
            let (payments, id) = (till.payments.clone(), held.id.clone());
            async move { payments.capture(&id).await.unwrap().state }
        });
        for state in together(captures).await {
            assert_eq!(state, PaymentState::Captured);
        }
        assert_eq!(till.ledger(&held).await, entries(&["authorized", "captured"]));
        assert_eq!(till.heard().await, ["captured chk_1 1999"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_many_times_at_once_it_is_given_back_once() {
    for till in tills().await {
        let held = till.authorize("held", VISA).await.unwrap();
        let taken = till.authorize("taken", VISA).await.unwrap();
        till.payments.capture(&taken.id).await.unwrap();
        let cancels = (0..16).map(|n| {
            let (payments, reference) = (till.payments.clone(), ["held", "taken"][n % 2]);
            async move { payments.cancel(reference).await.unwrap().unwrap().state }
        });
        for state in together(cancels).await {
            assert!(matches!(state, PaymentState::Voided | PaymentState::Refunded), "{state:?}");
        }
        assert_eq!(till.ledger(&held).await, entries(&["authorized", "voided"]));
        assert_eq!(till.ledger(&taken).await, entries(&["authorized", "captured", "refunded"]));
        assert_eq!(
            till.heard().await,
            ["captured taken 1999", "refunded taken 1999", "voided held"]
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capture_and_cancel_at_once_end_on_one_side_and_both_books_agree() {
    for till in tills().await {
        for n in 0..20 {
            let reference = format!("chk_{n}");
            let held = till.authorize(&reference, VISA).await.unwrap();
            let mut set = JoinSet::new();
            let (a, id) = (till.payments.clone(), held.id.clone());
            let (b, key) = (till.payments.clone(), reference.clone());
            set.spawn(async move { drop(a.capture(&id).await) });
            set.spawn(async move { drop(b.cancel(&key).await) });
            set.join_all().await;
            let ended = till.payments.by_reference(&reference).await.unwrap().unwrap();
            let (book, expected) = match ended.state {
                PaymentState::Voided => ("voided", entries(&["authorized", "voided"])),
                PaymentState::Refunded => {
                    ("refunded", entries(&["authorized", "captured", "refunded"]))
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(till.book(&held).await.as_deref(), Some(book));
            assert_eq!(till.ledger(&held).await, expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authorisation_and_cancel_at_once_leave_no_promise_behind() {
    for till in tills().await {
        for n in 0..20 {
            let reference = format!("chk_{n}");
            let new = payment(&reference, till.token(VISA).await);
            let mut set = JoinSet::new();
            let (a, b, key) = (till.payments.clone(), till.payments.clone(), reference.clone());
            set.spawn(async move { drop(a.authorize(&new).await) });
            set.spawn(async move { drop(b.cancel(&key).await.unwrap()) });
            set.join_all().await;
            if let Some(ended) = till.payments.by_reference(&reference).await.unwrap() {
                let state = ended.state;
                assert!(matches!(state, PaymentState::Voided | PaymentState::Failed), "{state:?}");
            }
        }
        let open = "SELECT COUNT(*) FROM test_provider_charges WHERE state = 'authorized'";
        assert_eq!(till.db().one::<i64>(open, &[]).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn yes_and_no_at_once_is_one_answer() {
    for till in tills().await {
        for n in 0..10 {
            let asked = till.authorize(&format!("chk_{n}"), AUTHENTICATION).await.unwrap();
            let answers = (0..6).map(|n| {
                let (payments, id) = (till.payments.clone(), asked.id.clone());
                let outcome = match n % 2 {
                    0 => AuthenticationOutcome::Approved,
                    _ => AuthenticationOutcome::Rejected,
                };
                async move { drop(payments.authenticate(&id, &Authentication { outcome }).await) }
            });
            together(answers).await;
            let ended = till.payments.by_reference(&asked.reference).await.unwrap().unwrap();
            let book = till.book(&asked).await.unwrap();
            match ended.state {
                PaymentState::Authorized => assert_eq!(book, "authorized"),
                PaymentState::Failed => assert_eq!(book, "declined"),
                other => panic!("{other:?}"),
            }
        }
    }
}
