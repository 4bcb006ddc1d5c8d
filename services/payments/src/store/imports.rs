//! Payments that were made elsewhere, many at once.

use emart_payments_api::MovedPayment;
use emart_store::{Error, Tx, vals};

use super::entries;

/// Adds payments whose money was taken, with their entries in the ledger; those that are here stay as they are.
pub(crate) async fn insert_captured(
    tx: &Tx,
    provider: &str,
    payments: &[MovedPayment],
) -> Result<(), Error> {
    let sql = "INSERT INTO payments \
               (id, reference, state, amount_minor, currency, provider, token, card, brand, last4, \
                failure, cancel_requested_at, due_at, created_at, updated_at) \
               VALUES ($1, $2, 'captured', $3, $4, $5, '', '', $6, $7, NULL, NULL, NULL, $8, $8) \
               ON CONFLICT DO NOTHING";
    for MovedPayment { id, reference, amount, brand, last4, at } in payments {
        let (minor, currency) = (amount.amount_minor, amount.currency.code());
        let (brand, last4) = (brand.as_str(), last4.as_str());
        let reference = reference.as_str();
        let values =
            vals![id.as_str(), reference, minor, currency, provider, brand, last4, at.as_millis()];
        if tx.exec(sql, values).await? == 1 {
            entries::insert(tx, id, &["authorized", "captured"], *amount, *at).await?;
        }
    }
    Ok(())
}
