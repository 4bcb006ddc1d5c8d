//! The events `payments` emits.

use emart_events::Payload;
use emart_http::AuditRecord;
use emart_types::Money;
use serde::{Deserialize, Serialize};

use crate::PaymentId;

/// Money became ours. Once a payment, ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentCaptured {
    /// The payment.
    pub payment_id: PaymentId,
    /// The checkout.
    pub reference: String,
    /// How much.
    pub amount: Money,
}

impl Payload for PaymentCaptured {
    const TYPE: &'static str = "payments.payment_captured.v1";
    fn subject(&self) -> &str {
        self.payment_id.as_str()
    }
}

/// A promise of money was given back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentVoided {
    /// The payment.
    pub payment_id: PaymentId,
    /// The checkout.
    pub reference: String,
}

impl Payload for PaymentVoided {
    const TYPE: &'static str = "payments.payment_voided.v1";
    fn subject(&self) -> &str {
        self.payment_id.as_str()
    }
}

/// Some or all of a captured payment was given back. Once a refund.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentRefunded {
    /// The payment.
    pub payment_id: PaymentId,
    /// The checkout.
    pub reference: String,
    /// What it was given back for: an order's action, or the checkout that was called off.
    pub refund_reference: String,
    /// How much.
    pub amount: Money,
}

impl Payload for PaymentRefunded {
    const TYPE: &'static str = "payments.payment_refunded.v1";
    fn subject(&self) -> &str {
        self.payment_id.as_str()
    }
}

/// A bank or the provider refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentFailed {
    /// The payment.
    pub payment_id: PaymentId,
    /// The checkout.
    pub reference: String,
    /// Why, as in `Payment::failure`.
    pub failure: String,
}

impl Payload for PaymentFailed {
    const TYPE: &'static str = "payments.payment_failed.v1";
    fn subject(&self) -> &str {
        self.payment_id.as_str()
    }
}

/// Somebody who works here changed a gift card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audited(pub AuditRecord);

impl Payload for Audited {
    const TYPE: &'static str = "payments.audited.v1";
    fn subject(&self) -> &str {
        &self.0.resource
    }
}
