//! What happened elsewhere that is kept here: the changes that staff made, for the audit log.

use emart_events::{Consumer, Payload, Received};
use emart_http::AuditRecord;
use emart_store::{Db, Tx};

use crate::store::audit;

/// A service's changes. Those of all services have one form, and this service calls none of them: what it needs to
/// know of them is the name of the event.
macro_rules! audited {
    ($consumer:expr; $($name:ident = $type:literal),* $(,)?) => {{
        let consumer = $consumer;
        $(
            #[derive(serde::Serialize, serde::Deserialize)]
            struct $name(AuditRecord);

            impl Payload for $name {
                const TYPE: &'static str = $type;
                fn subject(&self) -> &str {
                    &self.0.resource
                }
            }

            let consumer = consumer.on(|tx: Tx, event: Received<$name>| async move {
                let Received { id, source, time, payload: $name(record) } = event;
                audit::insert(&tx, &id.to_string(), &source, time, &record).await
            });
        )*
        consumer
    }};
}

/// Everything `identity` listens to.
pub(crate) fn consumer(db: &Db) -> Consumer {
    let consumer = Consumer::new("identity", db.clone());
    audited!(consumer;
        Identity = "identity.audited.v1",
        Inventory = "inventory.audited.v1",
        Catalog = "catalog.audited.v1",
        Pricing = "pricing.audited.v1",
        Cart = "cart.audited.v1",
        Payments = "payments.audited.v1",
        Orders = "orders.audited.v1",
        Notifications = "notifications.audited.v1",
        Content = "content.audited.v1",
        Books = "books.audited.v1",
        Storefront = "storefront.audited.v1",
        Classic = "classic.audited.v1",
    )
}
