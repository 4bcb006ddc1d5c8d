//! How others call `payments`.

use emart_mesh::{Call, CallError, Peer};

use crate::{
    Authentication, Card, NewCardToken, NewManualPayment, NewPayment, NewPaymentRefund, Payment,
    PaymentId, Refund,
};

/// A typed handle to `payments`.
#[derive(Clone, Debug)]
pub struct Payments(pub Peer);

impl Payments {
    /// Turns a card into a token.
    pub async fn create_card_token(&self, card: &NewCardToken) -> Result<Card, CallError> {
        Call::post(&self.0, "/api/v1/payments/card-tokens").json(card).send().await
    }

    /// Asks for the promise of money. The same reference again answers the same payment, whatever became of it.
    pub async fn authorize(&self, payment: &NewPayment) -> Result<Payment, CallError> {
        let call = Call::post(&self.0, "/internal/payments/payments");
        call.once(&payment.reference).json(payment).send().await
    }

    /// The payment of a checkout.
    pub async fn by_reference(&self, reference: &str) -> Result<Option<Payment>, CallError> {
        Call::get(&self.0, format!("/internal/payments/references/{reference}")).optional().await
    }

    /// Takes the promised money. Again does nothing.
    pub async fn capture(&self, id: &PaymentId) -> Result<Payment, CallError> {
        let path = format!("/internal/payments/payments/{id}/capture");
        Call::post(&self.0, path).once(id.as_str()).send().await
    }

    /// Gives a checkout's promise back, asks the provider what became of one that is pending, and refuses any
    /// authorisation that comes for this reference later. Captured money is refunded. Again does nothing.
    pub async fn cancel(&self, reference: &str) -> Result<Option<Payment>, CallError> {
        let path = format!("/internal/payments/references/{reference}/cancel");
        Call::post(&self.0, path).once(reference).optional().await
    }

    /// Gives some of a captured payment back. The same reference again answers the same refund; `refund-refused` and
    /// `refund-too-large` are for good.
    pub async fn refund(
        &self,
        id: &PaymentId,
        refund: &NewPaymentRefund,
    ) -> Result<Refund, CallError> {
        let path = format!("/internal/payments/payments/{id}/refunds");
        Call::post(&self.0, path).once(&refund.reference).json(refund).send().await
    }

    /// Notes a payment that was made already, another way than by card. Again answers the same.
    pub async fn record_manual(&self, payment: &NewManualPayment) -> Result<Payment, CallError> {
        let call = Call::post(&self.0, "/internal/payments/manual");
        call.once(&payment.reference).json(payment).send().await
    }

    /// A payment. For staff.
    pub async fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, CallError> {
        Call::get(&self.0, format!("/api/v1/payments/{id}")).optional().await
    }

    /// Says what the card's holder said to their bank (test provider).
    pub async fn authenticate(
        &self,
        id: &PaymentId,
        authentication: &Authentication,
    ) -> Result<Payment, CallError> {
        let path = format!("/api/v1/payments/{id}/authentication");
        Call::post(&self.0, path).json(authentication).send().await
    }
}
