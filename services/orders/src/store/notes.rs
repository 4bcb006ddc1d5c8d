//! What those who work here wrote about orders.

use emart_orders_api::{OrderId, OrderNote};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

struct NoteRow(OrderNote);

impl FromRow for NoteRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let id: String = row.get(0)?;
        let damaged = |_| Error::Database("the id of a note cannot be read".to_owned());
        Ok(Self(OrderNote {
            id: id.parse().map_err(damaged)?,
            author: row.get(1)?,
            text: row.get(2)?,
            at: Timestamp::from_millis(row.get(3)?),
        }))
    }
}

/// Adds a note.
pub(crate) async fn insert(tx: &Tx, order: &OrderId, note: &OrderNote) -> Result<(), Error> {
    let sql =
        "INSERT INTO order_notes (id, order_id, author, body, at) VALUES ($1, $2, $3, $4, $5)";
    let (author, text) = (note.author.as_str(), note.text.as_str());
    let values = vals![note.id.as_str(), order.as_str(), author, text, note.at.as_millis()];
    tx.exec(sql, values).await.map(|_| ())
}

/// The notes of an order, the oldest first.
pub(crate) async fn of_order(tx: &Tx, order: &OrderId) -> Result<Vec<OrderNote>, Error> {
    let sql =
        "SELECT id, author, body, at FROM order_notes WHERE order_id = $1 ORDER BY id LIMIT 1000";
    let rows: Vec<NoteRow> = tx.all(sql, vals![order.as_str()]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
