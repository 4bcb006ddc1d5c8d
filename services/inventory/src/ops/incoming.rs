//! Deliveries: noted when they are ordered, taken into the house when they come.

use std::sync::Arc;

use emart_events::Outbox;
use emart_http::AuditRecord;
use emart_inventory_api::{
    Audited, Incoming, IncomingId, IncomingState, MovementKind, NewIncoming, Receipt,
};
use emart_store::Tx;
use emart_types::{Invalid, Timestamp};
use serde_json::json;

use super::emit;
use crate::domain::adjustment::Refusal;
use crate::domain::item::Item;
use crate::domain::{MOST_PIECES, delivery};
use crate::error::Error;
use crate::store::adjustments::{Before, Key};
use crate::store::movements::Moved;
use crate::{Inventory, store};

impl Inventory {
    /// Notes a delivery, once for each key.
    pub(crate) async fn expect_delivery(
        &self,
        new: NewIncoming,
        key: Key,
    ) -> Result<Incoming, Error> {
        let new = delivery::checked(new)?;
        let id = IncomingId::new();
        let record = AuditRecord::new("stock.delivery_expected", id.as_str(), &new.reference);
        let asked = Arc::new((id, new, key, record));
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (asked, outbox) = (asked.clone(), outbox.clone());
            async move {
                let (id, new, key, record) = &*asked;
                if let Some(answer) = claimed(&tx, key, now).await? {
                    return Ok(answer);
                }
                let item = store::items::item(&tx, &new.item_id).await?;
                let item = item.ok_or_else(|| {
                    Error::from(Invalid::field("/item_id", "there is no such item"))
                })?;
                let incoming = expected(id.clone(), new.clone(), item, now);
                store::incoming::insert(&tx, &incoming).await?;
                let record = record.clone().change(None, Some(new));
                outbox.emit(&tx, &Audited(record)).await?;
                store::adjustments::answer(&tx, key, &incoming).await?;
                Ok(incoming)
            }
        })
        .await
    }

    /// Takes a delivery into the house, once for each key.
    pub(crate) async fn receive_delivery(
        &self,
        id: IncomingId,
        receipt: Receipt,
        key: Key,
    ) -> Result<Incoming, Error> {
        if receipt.quantity.is_some_and(|pieces| !(0..=MOST_PIECES).contains(&pieces)) {
            return Err(Invalid::field("/quantity", "must be from 0 to 1000000000").into());
        }
        let record = AuditRecord::new("stock.delivery_received", id.as_str(), "");
        let asked = Arc::new((id, receipt, key, record));
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (asked, outbox) = (asked.clone(), outbox.clone());
            async move {
                let (id, receipt, key, record) = &*asked;
                if let Some(answer) = claimed(&tx, key, now).await? {
                    return Ok(answer);
                }
                let open = store::incoming::incoming(&tx, id.as_str()).await?;
                let open = open.ok_or(Error::NotFound)?;
                let pieces = receipt.quantity.unwrap_or(open.quantity);
                let closed = (IncomingState::Received, pieces);
                if !store::incoming::close(&tx, id.as_str(), closed, now).await? {
                    return Err(Error::DeliveryClosed);
                }
                arrive(&tx, &outbox, &open, pieces, now).await?;
                let mut record = record.clone();
                record.label.clone_from(&open.reference);
                let after = json!({ "item_id": open.item_id, "received": pieces });
                let before = json!({ "quantity": open.quantity });
                outbox.emit(&tx, &Audited(record.change(Some(&before), Some(&after)))).await?;
                let closed = Incoming {
                    state: IncomingState::Received,
                    received: pieces,
                    closed_at: Some(now),
                    ..open
                };
                store::adjustments::answer(&tx, key, &closed).await?;
                Ok(closed)
            }
        })
        .await
    }

    /// Gives a delivery up. One that was given up before stays so.
    pub(crate) async fn cancel_delivery(&self, id: IncomingId) -> Result<(), Error> {
        let record = AuditRecord::new("stock.delivery_cancelled", id.as_str(), "");
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        self.write(move |tx| {
            let (id, outbox, mut record) = (id.clone(), outbox.clone(), record.clone());
            async move {
                let open = store::incoming::incoming(&tx, id.as_str()).await?;
                let open = open.ok_or(Error::NotFound)?;
                if open.state == IncomingState::Cancelled {
                    return Ok(());
                }
                let closed = (IncomingState::Cancelled, 0);
                if !store::incoming::close(&tx, id.as_str(), closed, now).await? {
                    return Err(Error::DeliveryClosed);
                }
                record.label.clone_from(&open.reference);
                let before = json!({ "item_id": open.item_id, "quantity": open.quantity });
                outbox.emit(&tx, &Audited(record.change(Some(&before), None))).await?;
                Ok(())
            }
        })
        .await
    }
}

async fn claimed(tx: &Tx, key: &Key, now: Timestamp) -> Result<Option<Incoming>, Error> {
    match store::adjustments::claim(tx, key, now).await? {
        Before::Answered(incoming) => Ok(Some(incoming)),
        Before::Other => Err(Error::KeyReused),
        Before::Nothing => Ok(None),
    }
}

fn expected(id: IncomingId, new: NewIncoming, item: Item, now: Timestamp) -> Incoming {
    Incoming {
        id,
        item_id: new.item_id,
        sku: item.sku,
        title: item.title,
        quantity: new.quantity,
        expected_on: new.expected_on,
        reference: new.reference,
        state: IncomingState::Open,
        received: 0,
        created_at: now,
        closed_at: None,
    }
}

async fn arrive(
    tx: &Tx,
    outbox: &Outbox,
    delivery: &Incoming,
    pieces: i64,
    now: Timestamp,
) -> Result<(), Error> {
    if pieces == 0 {
        return Ok(());
    }
    let item = store::items::lock(tx, &delivery.item_id).await?.ok_or(Error::NotFound)?;
    let (on_hand, version) = (item.on_hand + pieces, item.version + 1);
    if on_hand > MOST_PIECES {
        return Err(Refusal::TooMany.into());
    }
    let items = [Item { on_hand, version, updated_at: now, ..item }];
    store::items::update(tx, &items).await?;
    let moved = Moved { kind: MovementKind::Received, on_hand: pieces, reserved: 0 };
    let reference = match delivery.reference.as_str() {
        "" => delivery.id.as_str(),
        reference => reference,
    };
    store::movements::insert(tx, &[(&items[0], moved)], reference, now).await?;
    emit(tx, outbox, &items).await
}
