//! How a money action begins: worked out and written down, once a key, before anything is done.

use emart_http::AuditRecord;
use emart_inventory_api::ReservationLine;
use emart_orders_api::{ActionId, ActionState, OrderId, RefundPlan};
use emart_store::Tx;
use emart_types::Timestamp;

use crate::domain::action::{Progress, Record};
use crate::domain::refund::{self, Asked};
use crate::error::Error;
use crate::store::Kept;
use crate::store::actions::{Before, Key};
use crate::{Orders, store};

/// What is asked of an order, given the order as it is.
pub(crate) type Ask =
    Box<dyn FnOnce(&Kept) -> Result<Asked, refund::Refusal> + Send + Sync + 'static>;

impl Orders {
    /// Begins an action, or finds the one that was begun with this key, and drives it.
    pub(crate) async fn act(&self, id: OrderId, key: Key, ask: Ask) -> Result<Record, Error> {
        let audit = AuditRecord::new("order.refunded", id.as_str(), "");
        let now = self.clock.now();
        let lease = now.plus(self.config.lease());
        let begun = self.db.write(move |tx| async move {
            let made = ActionId::new();
            match store::actions::claim_key(&tx, &key, made.as_str(), now).await? {
                Before::Nothing => {}
                Before::Other => return Err(Error::KeyReused),
                Before::Made(known) => {
                    let known = known.parse().map_err(|_| Error::KeyReused)?;
                    let known = store::actions::action(&tx, &known).await?;
                    return known.map(|record| (record, false)).ok_or(Error::KeyReused);
                }
            }
            let record = begin(&tx, id, made, ask, audit, (now, lease)).await?;
            Ok((record, true))
        });
        let (record, is_new) = begun.await?;
        if !is_new {
            return Ok(record);
        }
        let id = record.id.clone();
        match Box::pin(self.drive_action(record)).await {
            Err(Error::DrivenElsewhere) => self.action(&id).await,
            driven => driven,
        }
    }

    /// An action as it stands now.
    async fn action(&self, id: &ActionId) -> Result<Record, Error> {
        let id = id.clone();
        let found = self.db.read(|tx| async move { store::actions::action(&tx, &id).await });
        found.await?.ok_or(Error::NotFound)
    }

    /// What an action would do now.
    pub(crate) async fn preview(
        &self,
        id: OrderId,
        ask: Ask,
    ) -> Result<(RefundPlan, Vec<String>), Error> {
        let read = self.db.read(|tx| async move { store::order(&tx, &id).await });
        let kept = read.await?.ok_or(Error::NotFound)?;
        let asked = ask(&kept)?;
        let plan = refund::plan(&asked, &kept.order)?;
        let says = refund::says(&asked, &plan, &kept.order);
        Ok((plan, says))
    }
}

async fn begin(
    tx: &Tx,
    order_id: OrderId,
    id: ActionId,
    ask: Ask,
    mut audit: AuditRecord,
    (now, lease_until): (Timestamp, Timestamp),
) -> Result<Record, Error> {
    let kept = store::order_to_change(tx, &order_id).await?.ok_or(Error::NotFound)?;
    let asked = ask(&kept)?;
    let plan = refund::plan(&asked, &kept.order)?;
    audit.label = format!("Order {}", kept.order.number);
    audit.action = asked.audited().to_owned();
    let restock = if plan.restock { pieces(tx, &kept, &plan).await? } else { Vec::new() };
    let progress = Progress {
        asked,
        plan,
        payment_id: kept.order.payment.id.clone(),
        checkout_id: kept.checkout_id,
        restock,
        audit,
    };
    let record = Record {
        id,
        order_id,
        state: ActionState::Running,
        progress: Box::new(progress),
        failure: None,
        version: 1,
        lease_until,
        tries: 0,
        created_at: now,
        updated_at: now,
        trouble: None,
    };
    if store::actions::insert(tx, &record).await? { Ok(record) } else { Err(Error::OrderBusy) }
}

/// The stock items of a plan's pieces. The checkout knows them: its cart had the order's lines.
async fn pieces(tx: &Tx, kept: &Kept, plan: &RefundPlan) -> Result<Vec<ReservationLine>, Error> {
    let checkout = store::checkout(tx, &kept.checkout_id).await?;
    let cart = checkout.map(|checkout| checkout.progress.cart.lines).unwrap_or_default();
    let lines = plan.lines.iter().filter_map(|line| {
        let item_id = cart.get(line.line as usize)?.stock_item_id.clone()?;
        Some(ReservationLine { item_id, quantity: line.removed + line.returned })
    });
    Ok(lines.collect())
}
