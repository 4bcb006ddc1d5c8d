//! The ledger of money: written, never changed.

use emart_store::{Error, Tx, vals};
use emart_types::{Money, Timestamp};

use emart_payments_api::{PaymentId, Refund};

/// Writes entries of a payment; a second of a kind is a unique violation, and everything with it is undone.
pub(crate) async fn insert(
    tx: &Tx,
    id: &PaymentId,
    kinds: &[&'static str],
    amount: Money,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO payment_entries (payment_id, kind, reference, amount_minor, currency, at) \
               VALUES ($1, $2, '', $3, $4, $5)";
    for kind in kinds {
        let (minor, currency) = (amount.amount_minor, amount.currency.code());
        tx.exec(sql, vals![id.as_str(), *kind, minor, currency, now.as_millis()]).await?;
    }
    Ok(())
}

/// Writes the entry of a refund, as far as it goes to the card; a second is a unique violation.
pub(crate) async fn insert_refund(
    tx: &Tx,
    refund: &Refund,
    by_card: Money,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO payment_entries (payment_id, kind, reference, amount_minor, currency, at) \
               VALUES ($1, 'refunded', $2, $3, $4, $5)";
    let (minor, currency) = (by_card.amount_minor, by_card.currency.code());
    let (id, reference) = (refund.payment_id.as_str(), refund.reference.as_str());
    tx.exec(sql, vals![id, reference, minor, currency, now.as_millis()]).await.map(|_| ())
}
