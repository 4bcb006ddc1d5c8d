//! What `payments` does by itself: it asks providers about payments that have no outcome, and forgets old tokens.

use std::time::Duration;

use crate::error::Error;
use crate::{Payments, store};

/// Payments that one look takes up.
const AT_ONCE: u32 = 100;
/// Tokens that ran out are kept so long, for questions about yesterday.
const TOKENS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Looks for open payments now and ever again.
pub(crate) async fn reconcile(payments: Payments) {
    let every = Duration::from_secs(payments.config.reconcile_seconds.into());
    loop {
        if let Err(error) = sweep(&payments).await {
            tracing::warn!(%error, "payments could not be reconciled; trying again");
        }
        tokio::time::sleep(every).await;
    }
}

async fn sweep(payments: &Payments) -> Result<(), Error> {
    let now = payments.clock.now();
    let due = payments
        .db
        .read(move |tx| async move { store::payments::due(&tx, now, AT_ONCE).await })
        .await?;
    for kept in due {
        let (id, reference) = (kept.id.clone(), kept.reference.clone());
        if let Err(error) = payments.resolve(kept).await {
            tracing::warn!(payment_id = id.as_str(), reference, %error, "a payment is still open");
            let until = now.plus(payments.config.pending());
            payments
                .db
                .write(move |tx| async move { store::payments::postpone(&tx, &id, until).await })
                .await?;
        }
    }
    let due = payments
        .db
        .read(move |tx| async move { store::refunds::due(&tx, now, AT_ONCE).await })
        .await?;
    for refund in due {
        let id = refund.id.clone();
        if let Err(error) = payments.give_part(refund).await {
            tracing::warn!(refund_id = id.as_str(), %error, "a refund is still open");
            let until = now.plus(payments.config.pending());
            payments
                .db
                .write(move |tx| async move { store::refunds::postpone(&tx, &id, until).await })
                .await?;
        }
    }
    let before = now.minus(TOKENS_KEPT);
    payments
        .db
        .write(move |tx| async move { store::card_tokens::forget(&tx, before).await })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use emart_events::Host;
    use emart_http::Seal;
    use emart_payments_api::{NewCardToken, NewPayment, PaymentState};
    use emart_telemetry::Metrics;
    use emart_testkit::{TestStore, stores};
    use emart_types::{Clock, Currency, Money, Timestamp};

    use super::*;
    use crate::domain::payment::Kept;
    use crate::providers::TestProvider;
    use crate::{Config, MIGRATIONS};

    async fn till(store: &TestStore) -> Payments {
        let clock = Clock::fixed("2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap());
        let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
        let db = host.open("payments", MIGRATIONS).await.unwrap();
        let outbox = host.outbox("payments", &db);
        let provider = Arc::new(TestProvider::new(db.clone()));
        let (config, seal) = (Arc::new(Config::default()), Arc::new(Seal::new(b"secret")));
        Payments { db, outbox, clock, config, provider, seal }
    }

    async fn authorize(payments: &Payments, number: &str) -> Kept {
        let card = NewCardToken {
            number: number.to_owned(),
            exp_month: 12,
            exp_year: 2030,
            cvc: "123".to_owned(),
        };
        let token = payments.tokenize(&card).await.unwrap().token;
        let amount = Money::new(1999, Currency::EUR);
        let reference = format!("chk_{number}");
        payments.authorize(NewPayment::by_card(&reference, amount, token)).await.unwrap()
    }

    #[tokio::test]
    async fn a_payment_without_outcome_is_looked_up_when_it_is_due() {
        for store in stores().await {
            let payments = till(&store).await;
            let promised = authorize(&payments, "4000000000004087").await;
            let lost = authorize(&payments, "4000000000005043").await;
            for (seconds, expected) in [
                (19, [PaymentState::Pending, PaymentState::Pending]),
                (1, [PaymentState::Authorized, PaymentState::Failed]),
                (86_400, [PaymentState::Authorized, PaymentState::Failed]),
            ] {
                payments.clock.advance(Duration::from_secs(seconds));
                sweep(&payments).await.unwrap();
                for (kept, expected) in [&promised, &lost].into_iter().zip(expected) {
                    assert_eq!(payments.payment(&kept.id).await.unwrap().state, expected);
                }
            }
            let failure = payments.payment(&lost.id).await.unwrap().failure;
            assert_eq!(failure.as_deref(), Some("provider_timeout"));
        }
    }

    #[tokio::test]
    async fn a_cancellation_that_nobody_saw_to_is_seen_to_when_it_is_due() {
        for store in stores().await {
            let payments = till(&store).await;
            let held = authorize(&payments, "4242424242424242").await;
            let (now, reference) = (payments.clock.now(), held.reference.clone());
            let due_at = now.plus(payments.config.pending());
            let wish = move |tx| async move {
                store::payments::request_cancel(&tx, &reference, now, due_at).await
            };
            payments.db.write(wish).await.unwrap().unwrap();
            for (seconds, expected) in [(19, PaymentState::Authorized), (1, PaymentState::Voided)] {
                payments.clock.advance(Duration::from_secs(seconds));
                sweep(&payments).await.unwrap();
                assert_eq!(payments.payment(&held.id).await.unwrap().state, expected);
            }
        }
    }

    #[tokio::test]
    async fn tokens_are_forgotten_a_day_after_they_ran_out() {
        for store in stores().await {
            let payments = till(&store).await;
            authorize(&payments, "4242424242424242").await;
            for (hours, left) in [(24, 1), (1, 0)] {
                payments.clock.advance(Duration::from_secs(hours * 3600));
                sweep(&payments).await.unwrap();
                let sql = "SELECT COUNT(*) FROM card_tokens";
                assert_eq!(payments.db.one::<i64>(sql, &[]).await.unwrap(), left);
            }
        }
    }
}
