//! What staff change of an order besides its money: each change is made under a lock on the order, not while money
//! of it is on its way, once a key or to the version that was read, and leaves a record of who made it.

use emart_http::{AuditRecord, ETag, IfMatch};
use emart_orders_api::{
    Audited, ConfirmationRequested, Fulfilment, OrderDetails, OrderId, OrderShipped,
};
use emart_store::Tx;
use emart_types::Timestamp;

use crate::domain::{action::Record, refund};
use crate::error::Error;
use crate::store::Kept;
use crate::store::actions::{Before, Key};
use crate::{Orders, store};

/// What keeps a change from being made twice, or over somebody else's.
pub(crate) enum Guard {
    /// Once a key.
    Once(Key),
    /// To the version that was read.
    Version(IfMatch),
    /// It changes nothing when it is made again.
    Free,
}

/// What a change means beyond the order's row.
#[derive(Default)]
pub(crate) struct Change {
    /// What it is found by changed.
    pub(crate) reindex: bool,
    /// A parcel was sent; whether the customer is told.
    pub(crate) shipped: Option<(Fulfilment, bool)>,
    /// The confirmation is sent once more.
    pub(crate) confirm: bool,
}

impl Orders {
    /// Changes an order; answers it as it is then.
    pub(crate) async fn change(
        &self,
        id: &OrderId,
        guard: Guard,
        action: &str,
        edit: impl FnOnce(&mut Kept, Timestamp) -> Result<Change, Error> + Send + 'static,
    ) -> Result<OrderDetails, Error> {
        let audit = AuditRecord::new(action, id.as_str(), "");
        let (orders, now, wanted) = (self.clone(), self.clock.now(), id.clone());
        let write = self.db.write(move |tx| async move {
            if !guarded(&tx, &wanted, &guard, now).await? {
                return Ok(());
            }
            let mut kept = store::order_to_change(&tx, &wanted).await?.ok_or(Error::NotFound)?;
            if let Guard::Version(wanted) = &guard {
                wanted.check(&ETag::new(kept.version))?;
            }
            if store::actions::is_running(&tx, &wanted).await? {
                return Err(Error::OrderBusy);
            }
            let before = (kept.order.clone(), kept.tags.clone());
            let change = edit(&mut kept, now)?;
            store::update_order(&tx, &mut kept).await?;
            if change.reindex {
                store::index::update_terms(&tx, &kept.order, &kept.tags).await?;
            }
            orders.tell_of(&tx, &kept, change).await?;
            let after = (&kept.order, &kept.tags);
            let mut audit = audit
                .change(Some(&State::of(&before.0, &before.1)), Some(&State::of(after.0, after.1)));
            audit.label = format!("Order {}", kept.order.number);
            orders.outbox.emit(&tx, &Audited(audit)).await?;
            Ok::<(), Error>(())
        });
        write.await?;
        self.details(id).await
    }

    async fn tell_of(&self, tx: &Tx, kept: &Kept, change: Change) -> Result<(), Error> {
        let (order, order_token) = (kept.order.clone(), self.seal.token(kept.order.id.as_str()));
        if change.confirm {
            let asked = ConfirmationRequested { order, order_token };
            self.outbox.emit(tx, &asked).await?;
        } else if let Some((fulfilment, notify)) = change.shipped {
            let shipped = OrderShipped { order, fulfilment, order_token, notify };
            self.outbox.emit(tx, &shipped).await?;
        }
        Ok(())
    }

    /// An order with all that staff know of it.
    pub(crate) async fn details(&self, id: &OrderId) -> Result<OrderDetails, Error> {
        let id = id.clone();
        let read = self.db.read(|tx| async move {
            let kept = store::order(&tx, &id).await?.ok_or(Error::NotFound)?;
            let notes = store::notes::of_order(&tx, &id).await?;
            let actions = store::actions::of_order(&tx, &id).await?;
            Ok::<_, Error>((kept, notes, actions))
        });
        let (kept, notes, actions) = read.await?;
        Ok(OrderDetails {
            refundable: refund::refundable(&kept.order),
            order: kept.order,
            customer_id: kept.customer_id,
            tags: kept.tags,
            notes,
            actions: actions.into_iter().map(Record::view).collect(),
            version: kept.version,
        })
    }
}

/// What the audit log compares.
#[derive(serde::Serialize)]
struct State<'a> {
    #[serde(flatten)]
    order: &'a emart_orders_api::Order,
    tags: &'a [String],
}

impl<'a> State<'a> {
    const fn of(order: &'a emart_orders_api::Order, tags: &'a [String]) -> Self {
        Self { order, tags }
    }
}

/// `false` when it was done before.
async fn guarded(tx: &Tx, id: &OrderId, guard: &Guard, now: Timestamp) -> Result<bool, Error> {
    let Guard::Once(key) = guard else { return Ok(true) };
    match store::actions::claim_key(tx, key, id.as_str(), now).await? {
        Before::Nothing => Ok(true),
        Before::Made(_) => Ok(false),
        Before::Other => Err(Error::KeyReused),
    }
}
