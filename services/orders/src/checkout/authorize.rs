//! Step `authorise`: the money is promised. What it costs is written down by now: after a kill the same amount is asked
//! for again, and the payment that is there already is found.

use emart_mesh::CallError;
use emart_payments_api::{NewManualPayment, NewPayment, Payment, PaymentState};

use crate::Orders;
use crate::checkout::Stop;
use crate::domain::progress::Record;

pub(crate) async fn run(orders: &Orders, record: &mut Record) -> Result<(), Stop> {
    let Some(quote) = record.progress.quote.clone() else {
        return Err(Stop::Later("there is no quote".to_owned()));
    };
    if let Some(manual) = &record.progress.manual {
        let (reference, method) = (record.id.to_string(), manual.method.clone());
        let payment = NewManualPayment { reference, amount: quote.total, method };
        record.progress.payment = Some(orders.clients.payments.record_manual(&payment).await?);
        return Ok(());
    }
    let known = record.progress.payment.as_ref().map(|payment| payment.state);
    record.progress.payment = match known {
        // Asking again resolves an answer that was lost or late: it is the same payment.
        None | Some(PaymentState::Pending) => {
            let payment = NewPayment {
                reference: record.id.to_string(),
                amount: quote.total,
                token: record.progress.request.card_token.clone(),
                gift_cards: record.progress.request.gift_cards.clone(),
                expected_rest: record.progress.request.expected_to_pay,
            };
            Some(orders.clients.payments.authorize(&payment).await?)
        }
        Some(_) => orders.clients.payments.by_reference(record.id.as_str()).await?,
    };
    match &record.progress.payment {
        Some(payment) if payment.amount != quote.total => {
            Err(Stop::Later("the payment is not of the order's total".to_owned()))
        }
        Some(payment) => standing(payment),
        None => Err(Stop::Later("there is no payment".to_owned())),
    }
}

fn standing(payment: &Payment) -> Result<(), Stop> {
    let refused = |code: &str, detail: &str| {
        Err(Stop::Refused { code: code.to_owned(), detail: detail.to_owned() })
    };
    match payment.state {
        PaymentState::Authorized | PaymentState::Captured => Ok(()),
        PaymentState::RequiresAction => Err(Stop::Wait),
        PaymentState::Pending => {
            Err(Stop::Later("the payment provider has not answered".to_owned()))
        }
        PaymentState::Voided | PaymentState::Refunded => {
            refused("payment-cancelled", "the payment was cancelled; nothing was charged")
        }
        PaymentState::Failed => match payment.failure.as_deref() {
            Some("insufficient_funds") => refused(
                "insufficient-funds",
                "the card does not cover the amount; nothing was charged",
            ),
            Some("authentication_failed") => refused(
                "authentication-failed",
                "the bank did not confirm the payment; nothing was charged",
            ),
            Some("provider_error" | "provider_timeout") => refused(
                "payment-unavailable",
                "the payment provider did not work; nothing was charged",
            ),
            _ => refused("card-declined", "the card was declined; nothing was charged"),
        },
    }
}

pub(crate) async fn undo(orders: &Orders, record: &Record) -> Result<(), CallError> {
    orders.clients.payments.cancel(record.id.as_str()).await.map(|_| ())
}
