//! Money that goes back in parts.

use emart_mesh::CallError;
use emart_payments_api::{
    NewManualPayment, NewPaymentRefund, Payment, PaymentState, Refund, RefundState,
};
use emart_types::{Currency, Money};

use crate::{REFUSES_REFUNDS, Till, VISA, refused, tills};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

async fn refund(till: &Till, of: &Payment, key: &str, minor: i64) -> Result<Refund, CallError> {
    let new = NewPaymentRefund { reference: key.to_owned(), amount: eur(minor) };
    till.payments.refund(&of.id, &new).await
}

async fn captured(till: &Till, reference: &str, card: &str) -> Payment {
    let payment = till.authorize(reference, card).await.unwrap();
    till.payments.capture(&payment.id).await.unwrap()
}

async fn now(till: &Till, payment: &Payment) -> Payment {
    till.payments.by_reference(&payment.reference).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_goes_back_in_parts_and_never_more_than_was_taken() {
    for till in tills().await {
        let payment = captured(&till, "chk_1", VISA).await;
        for _ in 0..2 {
            let made = refund(&till, &payment, "act_1", 1500).await.unwrap();
            assert_eq!(made.state, RefundState::Succeeded);
        }
        refused(refund(&till, &payment, "act_1", 1400).await, "reference-reused");
        refused(refund(&till, &payment, "act_2", 500).await, "refund-too-large");
        assert_eq!(now(&till, &payment).await.state, PaymentState::Captured);
        refund(&till, &payment, "act_2", 499).await.unwrap();
        let after = now(&till, &payment).await;
        assert_eq!((after.state, after.refunded), (PaymentState::Refunded, Some(eur(1999))));
        refused(refund(&till, &payment, "act_3", 1).await, "payment-not-refundable");
        assert_eq!(till.book(&payment).await.as_deref(), Some("refunded"));
        let ledger = till.ledger(&payment).await;
        let back: i64 = ledger.iter().filter(|(kind, _)| kind == "refunded").map(|(_, m)| m).sum();
        assert_eq!((ledger.len(), back), (4, 1999));
        let heard = till.heard().await;
        assert_eq!(heard, ["captured chk_1 1999", "refunded chk_1 1500", "refunded chk_1 499"]);
        let path = format!("/api/v1/payments/{}/refunds", payment.id);
        let list = till.api.staff().get(&path).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        till.api.customer("usr_1").get(&path).await.expect_problem(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refunds_at_once_never_come_to_more_than_was_taken() {
    for till in tills().await {
        let payment = captured(&till, "chk_1", VISA).await;
        let mut set = tokio::task::JoinSet::new();
        for n in 0..20 {
            let (payments, id) = (till.payments.clone(), payment.id.clone());
            set.spawn(async move {
                // Every reference comes twice.
                let reference = format!("act_{}", n % 10);
                let new = NewPaymentRefund { reference, amount: eur(600) };
                payments.refund(&id, &new).await.is_ok()
            });
        }
        set.join_all().await;
        let after = now(&till, &payment).await;
        assert_eq!((after.state, after.refunded), (PaymentState::Captured, Some(eur(1800))));
        let back: i64 = till
            .ledger(&payment)
            .await
            .iter()
            .filter(|(kind, _)| kind == "refunded")
            .map(|(_, m)| m)
            .sum();
        assert_eq!(back, 1800);
        let sql = "SELECT refunded_minor FROM test_provider_charges";
        assert_eq!(till.db().one::<i64>(sql, &[]).await.unwrap(), 1800);
        // Of what was given back in part, a cancellation gives nothing more.
        till.payments.cancel("chk_1").await.unwrap();
        assert_eq!(now(&till, &payment).await.refunded, Some(eur(1800)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_provider_refuses_can_be_given_back_another_time() {
    for till in tills().await {
        let payment = captured(&till, "chk_1", REFUSES_REFUNDS).await;
        for _ in 0..2 {
            refused(refund(&till, &payment, "act_1", 1999).await, "refund-refused");
        }
        let after = now(&till, &payment).await;
        assert_eq!((after.state, after.refunded), (PaymentState::Captured, Some(eur(0))));
        let promised = till.authorize("chk_2", VISA).await.unwrap();
        refused(refund(&till, &promised, "act_2", 1).await, "payment-not-refundable");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_came_another_way_is_written_down_and_given_back_by_hand() {
    for till in tills().await {
        let new = |minor| NewManualPayment {
            reference: "chk_1".to_owned(),
            amount: eur(minor),
            method: "bank transfer".to_owned(),
        };
        let payment = till.payments.record_manual(&new(1999)).await.unwrap();
        assert_eq!(till.payments.record_manual(&new(1999)).await.unwrap().id, payment.id);
        refused(till.payments.record_manual(&new(1998)).await, "reference-reused");
        assert_eq!((payment.state, payment.provider.as_str()), (PaymentState::Captured, "manual"));
        till.payments.capture(&payment.id).await.unwrap();
        refund(&till, &payment, "act_1", 1999).await.unwrap();
        assert_eq!(now(&till, &payment).await.state, PaymentState::Refunded);
        assert_eq!(till.ledger(&payment).await.len(), 3);
    }
}
