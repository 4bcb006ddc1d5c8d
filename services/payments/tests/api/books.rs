//! Our books against the provider's, after many payments that all went differently.

use emart_payments_api::PaymentState;
use tokio::task::JoinSet;

use crate::{
    AUTHENTICATION, CAPTURE_FAILS_ONCE, DECLINED, TIMEOUT_LOST, TIMEOUT_PROMISED, VISA, payment,
    tills,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_books_say_the_same_after_a_busy_hour() {
    for till in tills().await {
        let cards =
            [VISA, TIMEOUT_PROMISED, DECLINED, CAPTURE_FAILS_ONCE, TIMEOUT_LOST, AUTHENTICATION];
        let mut set = JoinSet::new();
        for n in 0..60_usize {
            let reference = format!("chk_{n}");
            let new = payment(&reference, till.token(cards[n % cards.len()]).await);
            let payments = till.payments.clone();
            set.spawn(async move {
                let mut known = payments.authorize(&new).await.unwrap();
                if known.state == PaymentState::Pending {
                    known = payments.authorize(&new).await.unwrap();
                }
                if n % 5 != 0 {
                    // Once more where the first try fails.
                    let _ = payments.capture(&known.id).await;
                    let _ = payments.capture(&known.id).await;
                }
                if n % 4 == 0 || known.state == PaymentState::Pending {
                    payments.cancel(&reference).await.unwrap();
                }
            });
        }
        set.join_all().await;
        let db = till.db();
        let ours = "SELECT kind, COUNT(*), SUM(amount_minor) FROM payment_entries GROUP BY kind";
        let ours: Vec<(String, i64, i64)> = db.all(ours, &[]).await.unwrap();
        let of = |kind: &str| ours.iter().find(|(k, ..)| k == kind).map_or(0, |(_, n, _)| *n);
        let sum = |kind: &str| ours.iter().find(|(k, ..)| k == kind).map_or(0, |(.., sum)| *sum);
        let theirs =
            "SELECT COUNT(*), COALESCE(SUM(amount_minor), 0) FROM test_provider_charges WHERE ";
        for (kind, condition) in [
            ("authorized", "promised"),
            ("captured", "state IN ('captured', 'refunded')"),
            ("voided", "promised AND state = 'voided'"),
            ("refunded", "state = 'refunded'"),
        ] {
            let sql = format!("{theirs}{condition}");
            let (count, amount): (i64, i64) = db
                .read(|tx| async move { tx.one_dyn::<(i64, i64)>(&sql, &[]).await })
                .await
                .unwrap();
            assert_eq!((of(kind), sum(kind)), (count, amount), "{kind}");
            assert!(count > 0, "{kind}");
        }
        // Nothing was promised that is neither open, taken nor given back.
        let open = "SELECT COUNT(*) FROM payments WHERE state = 'authorized'";
        let open: i64 = db.one(open, &[]).await.unwrap();
        assert_eq!(of("authorized"), open + of("captured") + of("voided"));
    }
}
