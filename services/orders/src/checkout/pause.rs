//! Where a test stops a checkout in order to kill the process there. Only with the feature `fault-injection`, which no
//! release has; otherwise this is nothing.

use crate::Orders;

/// Everywhere a checkout, or a refund, can be stopped.
#[cfg(feature = "fault-injection")]
pub(crate) const PLACES: [&str; 19] = [
    "quote",
    "reserve",
    "slot",
    "promotions",
    "authorize",
    "place",
    "commit",
    "capture",
    "consume",
    "complete",
    "undo-authorize",
    "undo-promotions",
    "undo-slot",
    "undo-reserve",
    "undo-quote",
    "fail",
    "refund-money",
    "refund-restock",
    "refund-finish",
];

/// Stands still for good if the settings say so for this place.
#[cfg(feature = "fault-injection")]
pub(crate) async fn before(orders: &Orders, place: &'static str) {
    if orders.config.pause_before_step.as_deref() == Some(place) {
        tracing::warn!(place, "a checkout stands still");
        std::future::pending::<()>().await;
    }
}

#[cfg(not(feature = "fault-injection"))]
pub(crate) fn before(_: &Orders, _: &'static str) -> std::future::Ready<()> {
    std::future::ready(())
}
