//! How others call `inventory`.

use bytes::Bytes;
use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    Incoming, IncomingId, KeyedPut, Movement, NewAdjustment, NewIncoming, NewReservation,
    NewRestock, PutStockItem, PutThreshold, Receipt, Reservation, StockItem, StockItemId,
    StockLevel, StockSummary, StockTake,
};

/// A typed handle to `inventory`.
#[derive(Clone, Debug)]
pub struct Inventory(pub Peer);

impl Inventory {
    /// How much there is of an item; `None` when it is unknown. Needs `inventory:read`.
    pub async fn stock_level(&self, id: &StockItemId) -> Result<Option<StockLevel>, CallError> {
        Call::get(&self.0, format!("/api/v1/inventory/items/{id}")).optional().await
    }

    /// Everything of an item; `None` when it is unknown. Needs `inventory:read`.
    pub async fn stock_item(&self, id: &StockItemId) -> Result<Option<StockItem>, CallError> {
        Call::get(&self.0, format!("/api/v1/inventory/items/{id}")).optional().await
    }

    /// Items; `query` as in `GET /api/v1/inventory/items`. Needs `inventory:read`.
    pub async fn stock_items(&self, query: &str) -> Result<Page<StockItem>, CallError> {
        Call::get(&self.0, "/api/v1/inventory/items").query(query).send().await
    }

    /// Stock in three numbers. Needs `inventory:read`.
    pub async fn summary(&self) -> Result<StockSummary, CallError> {
        Call::get(&self.0, "/api/v1/inventory/summary").send().await
    }

    /// Changes a count, once for each key. Needs `inventory:write`.
    pub async fn adjust(
        &self,
        id: &StockItemId,
        adjustment: &NewAdjustment,
        key: &str,
    ) -> Result<StockItem, CallError> {
        let path = format!("/api/v1/inventory/items/{id}/adjustments");
        Call::post(&self.0, path).once(key).json(adjustment).send().await
    }

    /// Says from how many pieces on an item is low. Needs `inventory:write`.
    pub async fn put_threshold(
        &self,
        id: &StockItemId,
        threshold: &PutThreshold,
    ) -> Result<StockItem, CallError> {
        let path = format!("/api/v1/inventory/items/{id}/threshold");
        Call::put(&self.0, path).json(threshold).send().await
    }

    /// What moved, the newest first; `query` as in `GET /api/v1/inventory/movements`. Needs `inventory:read`.
    pub async fn movements(&self, query: &str) -> Result<Page<Movement>, CallError> {
        Call::get(&self.0, "/api/v1/inventory/movements").query(query).send().await
    }

    /// The same for one item. Needs `inventory:read`.
    pub async fn movements_of(
        &self,
        id: &StockItemId,
        query: &str,
    ) -> Result<Page<Movement>, CallError> {
        let path = format!("/api/v1/inventory/items/{id}/movements");
        Call::get(&self.0, path).query(query).send().await
    }

    /// Deliveries; `query` as in `GET /api/v1/inventory/incoming`. Needs `inventory:read`.
    pub async fn incoming(&self, query: &str) -> Result<Page<Incoming>, CallError> {
        Call::get(&self.0, "/api/v1/inventory/incoming").query(query).send().await
    }

    /// Notes a delivery that is expected, once for each key. Needs `inventory:write`.
    pub async fn create_incoming(
        &self,
        new: &NewIncoming,
        key: &str,
    ) -> Result<Incoming, CallError> {
        Call::post(&self.0, "/api/v1/inventory/incoming").once(key).json(new).send().await
    }

    /// Takes a delivery into the house, once for each key. Needs `inventory:write`.
    pub async fn receive_incoming(
        &self,
        id: &IncomingId,
        receipt: &Receipt,
        key: &str,
    ) -> Result<Incoming, CallError> {
        let path = format!("/api/v1/inventory/incoming/{id}/receipt");
        Call::post(&self.0, path).once(key).json(receipt).send().await
    }

    /// Gives a delivery up. Needs `inventory:write`.
    pub async fn cancel_incoming(&self, id: &IncomingId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/inventory/incoming/{id}")).done().await
    }

    /// Compares a count with the books, and sets the books right unless it is a `dry_run`. Needs `inventory:write`.
    pub async fn take_stock(
        &self,
        csv: Bytes,
        reference: &str,
        dry_run: bool,
        key: &str,
    ) -> Result<StockTake, CallError> {
        let reference: String =
            url::form_urlencoded::byte_serialize(reference.as_bytes()).collect();
        let query = format!("dry_run={dry_run}&reference={reference}");
        Call::post(&self.0, "/api/v1/inventory/stock-takes")
            .query(&query)
            .once(key)
            .body("text/csv", csv)
            .send()
            .await
    }

    /// Makes or changes many items at once; all or nothing.
    pub async fn put_items(&self, items: &[PutStockItem]) -> Result<(), CallError> {
        Call::put(&self.0, "/internal/inventory/items").json(&items).done().await
    }

    /// The same for a batch that may be sent again later: each count is taken once a key.
    pub async fn put_items_once(&self, items: &[KeyedPut]) -> Result<(), CallError> {
        Call::put(&self.0, "/internal/inventory/items").json(&items).done().await
    }

    /// The levels of many items; unknown ones are left out.
    pub async fn levels(&self, ids: &[StockItemId]) -> Result<Vec<StockLevel>, CallError> {
        Call::post(&self.0, "/internal/inventory/levels").json(&ids).send().await
    }

    /// Claims stock for a checkout; `out-of-stock` names the lines that cannot be had.
    pub async fn reserve(&self, reservation: &NewReservation) -> Result<Reservation, CallError> {
        let call = Call::post(&self.0, "/internal/inventory/reservations");
        call.once(&reservation.reference).json(reservation).send().await
    }

    /// Turns a claim into a sale. Again does nothing; `reservation-released` when the claim has run out.
    pub async fn commit(&self, reference: &str) -> Result<Reservation, CallError> {
        let path = format!("/internal/inventory/reservations/{reference}/commit");
        Call::post(&self.0, path).once(reference).send().await
    }

    /// Puts pieces that were sold back where they can be sold again. Again does nothing.
    pub async fn restock(&self, restock: &NewRestock) -> Result<(), CallError> {
        let call = Call::post(&self.0, "/internal/inventory/restocks");
        call.once(&restock.reference).json(restock).done().await
    }

    /// Gives a claim up. Again, and for a claim that never was, does nothing; it also stops one that is still on its way.
    pub async fn release(&self, reference: &str) -> Result<(), CallError> {
        let path = format!("/internal/inventory/reservations/{reference}/release");
        Call::post(&self.0, path).once(reference).done().await
    }
}
