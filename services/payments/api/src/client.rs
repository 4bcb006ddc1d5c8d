//! How others call `payments`.

use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    Authentication, Card, GiftCard, GiftCardEntry, GiftCardId, GiftCardTender, IssuedGiftCard,
    MovedPayment, NewCardToken, NewGiftCard, NewGiftCardAdjustment, NewGiftCardToken,
    NewManualPayment, NewPayment, NewPaymentRefund, Payment, PaymentId, PutGiftCard, Refund,
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

    /// Takes payments in whose money was taken elsewhere, at most 1,000; what is here already stays as it is.
    pub async fn import_payments(&self, payments: &[MovedPayment]) -> Result<(), CallError> {
        Call::post(&self.0, "/internal/payments/imports").json(&payments).done().await
    }
}

/// Gift cards.
impl Payments {
    /// Turns a gift card's code into what pays with it. `gift-card-unknown`, `gift-card-unusable`.
    pub async fn create_gift_card_token(
        &self,
        code: &NewGiftCardToken,
    ) -> Result<GiftCardTender, CallError> {
        Call::post(&self.0, "/api/v1/payments/gift-card-tokens").json(code).send().await
    }

    /// What there is on the cards of tokens now; those that do not pay (any more) are left out.
    pub async fn gift_card_balances(
        &self,
        tokens: &[String],
    ) -> Result<Vec<GiftCardTender>, CallError> {
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        Call::post(&self.0, "/internal/payments/gift-cards/balances").json(&tokens).send().await
    }

    /// Gift cards, newest first. `query` is that of the list.
    pub async fn gift_cards(&self, query: &str) -> Result<Page<GiftCard>, CallError> {
        Call::get(&self.0, "/api/v1/payments/gift-cards").query(query).send().await
    }

    /// A gift card.
    pub async fn gift_card(&self, id: &GiftCardId) -> Result<Option<GiftCard>, CallError> {
        Call::get(&self.0, format!("/api/v1/payments/gift-cards/{id}")).optional().await
    }

    /// Issues a gift card, once a key.
    pub async fn create_gift_card(
        &self,
        key: &str,
        new: &NewGiftCard,
    ) -> Result<IssuedGiftCard, CallError> {
        let call = Call::post(&self.0, "/api/v1/payments/gift-cards");
        call.header("idempotency-key", key).json(new).send().await
    }

    /// Changes a gift card of the version that was read.
    pub async fn put_gift_card(
        &self,
        id: &GiftCardId,
        version: i64,
        put: &PutGiftCard,
    ) -> Result<GiftCard, CallError> {
        let call = Call::put(&self.0, format!("/api/v1/payments/gift-cards/{id}"));
        call.header("if-match", &format!("\"{version}\"")).json(put).send().await
    }

    /// Puts something on a gift card or takes something off, once a key.
    pub async fn adjust_gift_card(
        &self,
        id: &GiftCardId,
        key: &str,
        new: &NewGiftCardAdjustment,
    ) -> Result<GiftCard, CallError> {
        let call = Call::post(&self.0, format!("/api/v1/payments/gift-cards/{id}/adjustments"));
        call.header("idempotency-key", key).json(new).send().await
    }

    /// The ledger of a gift card, newest first.
    pub async fn gift_card_entries(
        &self,
        id: &GiftCardId,
        query: &str,
    ) -> Result<Page<GiftCardEntry>, CallError> {
        let path = format!("/api/v1/payments/gift-cards/{id}/entries");
        Call::get(&self.0, path).query(query).send().await
    }
}
