//! Step `place`: the point of no return. The order, its number, the event that tells of it and the saga's state are
//! written in one transaction.

use emart_orders_api::{Audited, OrderPlaced};

use crate::domain::order;
use crate::domain::progress::{Record, State};
use crate::error::Error;
use crate::{Orders, store};

pub(crate) async fn run(orders: &Orders, record: &mut Record) -> Result<(), Error> {
    let (Some(quote), Some(payment)) =
        (record.progress.quote.clone(), record.progress.payment.clone())
    else {
        return Err(Error::Unexpected("a checkout was placed without quote or payment"));
    };
    let now = orders.clock.now();
    let read_version = record.version;
    let mut next = record.clone();
    next.version += 1;
    next.tries = 0;
    next.trouble = None;
    next.updated_at = now;
    next.lease_until = now.plus(orders.config.lease());
    next.turn(State::Placed);
    let (outbox, seal) = (orders.outbox.clone(), orders.seal.clone());
    let days = orders.days.clone();
    *record = orders
        .db
        .write(move |tx| async move {
            if let Some(draft) = &next.progress.draft {
                // The draft first, then the checkout, as whoever else wants to pay it does: neither waits for the other.
                store::drafts::draft_to_change(&tx, draft).await?;
            }
            let number = store::next_number(&tx).await?;
            let order = order::place(&next.progress, &quote, &payment, number, now);
            next.progress.order_id = Some(order.id.clone());
            next.progress.order_number = Some(number);
            if !store::update_checkout(&tx, &next, read_version).await? {
                return Err(Error::DrivenElsewhere);
            }
            let customer_id = next.progress.customer_id.clone();
            store::insert_order(&tx, &order, &next.id, customer_id.as_deref(), &days).await?;
            if let Some(draft) = &next.progress.draft
                && !store::drafts::complete(&tx, draft, &order.id, now).await?
            {
                return Err(Error::Unexpected("a draft became an order twice"));
            }
            if let Some(manual) = &next.progress.manual {
                outbox.emit(&tx, &Audited(manual.audit.clone())).await?;
            }
            let order_token = seal.token(order.id.as_str());
            let checkout_id = next.id.clone();
            let placed = OrderPlaced { order, checkout_id, order_token, customer_id };
            outbox.emit(&tx, &placed).await?;
            Ok(next)
        })
        .await?;
    Ok(())
}
