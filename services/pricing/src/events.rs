//! What `pricing` listens to: with an order, claims on promotions become uses, and its buyer has bought.

use emart_events::{Consumer, Received};
use emart_orders_api::OrderPlaced;
use emart_pricing_api::Shopper;
use emart_store::{Error, Tx};

use crate::Pricing;
use crate::store::claims::{self, Use};

/// Everything `pricing` listens to.
pub(crate) fn consumer(pricing: &Pricing) -> Consumer {
    Consumer::new("pricing", pricing.db.clone()).on(
        |tx: Tx, event: Received<OrderPlaced>| async move {
            let OrderPlaced { order, checkout_id, customer_id, .. } = event.payload;
            let shopper = Shopper { customer_id, email: Some(order.email.clone()) };
            claims::note_buyer(&tx, &shopper).await?;
            let mut given = order.discounts.clone();
            given.sort_by(|a, b| a.promotion_id.cmp(&b.promotion_id));
            for discount in given {
                let by = Use {
                    reference: checkout_id.to_string(),
                    order_id: order.id.to_string(),
                    order_number: order.number,
                    given_minor: discount.amount.amount_minor + discount.shipping.amount_minor,
                    total_minor: order.total.amount_minor,
                    placed_at: order.placed_at,
                };
                claims::used(&tx, &discount.promotion_id, &by).await?;
            }
            Ok::<(), Error>(())
        },
    )
}
