//! How a money action ends: the order, its day, the events and the action's state are written in one transaction.

use emart_events::Outbox;
use emart_orders_api::{
    ActionKind, ActionState, Audited, Order, OrderCancelled, OrderRefund, OrderRefunded,
};
use emart_store::Tx;

use crate::domain::action::Record;
use crate::domain::refund;
use crate::error::Error;
use crate::{Orders, store};

impl Orders {
    pub(super) async fn finish_action(&self, mut record: Record) -> Result<Record, Error> {
        record.state = ActionState::Done;
        record.trouble = None;
        let (outbox, seal, now) = (self.outbox.clone(), self.seal.clone(), self.clock.now());
        let day = self.days.of(now).to_string();
        let written = self.db.write(move |tx| async move {
            // The order first, as everybody does: whoever begins an action of it waits there.
            let kept = store::order_to_change(&tx, &record.order_id).await?;
            let mut kept = kept.ok_or(Error::Unexpected("the order of an action is gone"))?;
            if !store::actions::update(&tx, &record, now).await? {
                return Err(Error::DrivenElsewhere);
            }
            let before = kept.order.clone();
            let progress = &record.progress;
            let (asked, plan) = (&progress.asked, &progress.plan);
            let refund = refund::apply(&mut kept.order, record.id.clone(), asked, plan, now);
            store::update_order(&tx, &mut kept).await?;
            store::days::add_refund(&tx, plan.total, &day).await?;
            let token = seal.token(kept.order.id.as_str());
            let audit = progress.audit.clone().change(Some(&before), Some(&kept.order));
            tell(&tx, &outbox, kept.order, refund, (token, asked.notify)).await?;
            outbox.emit(&tx, &Audited(audit)).await?;
            Ok(record)
        });
        written.await
    }
}

async fn tell(
    tx: &Tx,
    outbox: &Outbox,
    order: Order,
    refund: OrderRefund,
    (order_token, notify): (String, bool),
) -> Result<(), emart_store::Error> {
    match refund.kind {
        ActionKind::Cancel => {
            outbox.emit(tx, &OrderCancelled { order, refund, order_token, notify }).await
        }
        ActionKind::Refund | ActionKind::Edit => {
            outbox.emit(tx, &OrderRefunded { order, refund, order_token, notify }).await
        }
    }
}
