//! Checkouts whose payment failed.

use emart_orders_api::{CheckoutFailure, FailedPayment, OrderId, UnsoldLine};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use crate::domain::progress::Progress;
use crate::store::sagas::Place;

struct FailedRow(FailedPayment);

impl FromRow for FailedRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, progress): (String, String) = (row.get(0)?, row.get(1)?);
        let damaged = || Error::Database(format!("checkout {id} cannot be read"));
        let progress: Progress = serde_json::from_str(&progress).map_err(|_| damaged())?;
        let order_id: Option<String> = row.get(3)?;
        let order_id = order_id.map(|id| id.parse::<OrderId>().map_err(|_| damaged()));
        let CheckoutFailure { code, detail } = progress.failure.ok_or_else(damaged)?;
        let lines = progress.cart.lines.into_iter().map(|line| UnsoldLine {
            title: line.title,
            variant_title: line.variant_title,
            quantity: line.quantity,
        });
        Ok(Self(FailedPayment {
            checkout_id: id.parse().map_err(|_| damaged())?,
            email: progress.request.email,
            total: progress.quote.map(|quote| quote.total),
            lines: lines.collect(),
            code,
            reason: detail,
            failed_at: Timestamp::from_millis(row.get(2)?),
            draft_id: progress.draft,
            order_id: order_id.transpose()?,
            order_number: row.get(4)?,
        }))
    }
}

/// Payments that failed since a moment, the latest first; up to one more than the limit.
pub(crate) async fn list(
    tx: &Tx,
    since: Timestamp,
    before: Option<&Place>,
    limit: usize,
) -> Result<Vec<FailedPayment>, Error> {
    let first = (i64::MAX, "~".to_owned());
    let (at, id) = before.unwrap_or(&first);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let values = vals![since.as_millis(), *at, id.as_str(), limit];
    let rows: Vec<FailedRow> = tx.all(LIST, values).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// How many there are, as far as `limit`.
pub(crate) async fn count(tx: &Tx, since: Timestamp, limit: i64) -> Result<u32, Error> {
    let count = tx.one::<i64>(COUNT, vals![since.as_millis(), limit]).await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

// A cart that was paid after all has another checkout, which has an order.
const LIST: &str = "SELECT c.id, c.progress, c.updated_at, o.id, o.number FROM checkouts c \
     LEFT JOIN orders o ON o.checkout_id = (SELECT n.id FROM checkouts n \
     WHERE n.cart_id = c.cart_id AND n.state <> 'failed' ORDER BY n.cart_version DESC LIMIT 1) \
     WHERE c.state = 'failed' AND c.ended = 'payment' AND c.updated_at >= $1 \
     AND c.updated_at <= $2 AND (c.updated_at < $2 OR c.id < $3) \
     ORDER BY c.updated_at DESC, c.id DESC LIMIT $4";

const COUNT: &str = "SELECT count(*) FROM (SELECT id FROM checkouts WHERE state = 'failed' \
     AND ended = 'payment' AND updated_at >= $1 LIMIT $2) AS found";

#[cfg(test)]
mod tests {
    use emart_testkit::{assert_no_scan, databases};

    use super::*;
    use crate::MIGRATIONS;

    #[tokio::test]
    async fn no_list_of_failed_payments_reads_all_checkouts() {
        for db in databases("orders", MIGRATIONS).await {
            assert_no_scan(&db, LIST, vals![1, 2, "chk_1", 21]).await;
            assert_no_scan(&db, COUNT, vals![1, 21]).await;
        }
    }
}
