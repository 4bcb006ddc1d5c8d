//! How others call `inventory`.

use emart_mesh::{Call, CallError, Peer};

use crate::{
    KeyedPut, NewReservation, NewRestock, PutStockItem, Reservation, StockItemId, StockLevel,
};

/// A typed handle to `inventory`.
#[derive(Clone, Debug)]
pub struct Inventory(pub Peer);

impl Inventory {
    /// How much there is of an item; `None` when it is unknown. Staff only.
    pub async fn stock_level(&self, id: &StockItemId) -> Result<Option<StockLevel>, CallError> {
        Call::get(&self.0, format!("/api/v1/inventory/items/{id}")).optional().await
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
