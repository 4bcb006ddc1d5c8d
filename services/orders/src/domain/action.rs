//! A money action's progress: what was asked, what it comes to, where it stands.

use emart_http::AuditRecord;
use emart_inventory_api::ReservationLine;
use emart_orders_api::{
    ActionId, ActionKind, ActionState, CheckoutId, OrderAction, OrderId, RefundPlan,
};
use emart_payments_api::PaymentId;
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::refund::Asked;
use crate::domain::saga::Trouble;

/// What an action knows. All of it is known when it begins: what it does is decided then, and only done later.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) asked: Asked,
    pub(crate) plan: RefundPlan,
    pub(crate) payment_id: PaymentId,
    pub(crate) checkout_id: CheckoutId,
    /// Pieces that can be sold again.
    pub(crate) restock: Vec<ReservationLine>,
    /// Who asked.
    pub(crate) audit: AuditRecord,
}

impl Progress {
    pub(crate) const fn kind_word(&self) -> &'static str {
        match self.asked.kind {
            ActionKind::Refund => "refund",
            ActionKind::Cancel => "cancel",
            ActionKind::Edit => "edit",
        }
    }
}

/// A row of `order_actions`.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: ActionId,
    pub(crate) order_id: OrderId,
    pub(crate) state: ActionState,
    pub(crate) progress: Box<Progress>,
    pub(crate) failure: Option<String>,
    pub(crate) version: i64,
    pub(crate) lease_until: Timestamp,
    pub(crate) tries: u32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Why the last try did not work.
    pub(crate) trouble: Option<Trouble>,
}

impl Record {
    /// As staff see it.
    pub(crate) fn view(self) -> OrderAction {
        OrderAction {
            id: self.id,
            kind: self.progress.asked.kind,
            state: self.state,
            plan: self.progress.plan,
            failure: self.failure,
            created_at: self.created_at,
        }
    }
}
