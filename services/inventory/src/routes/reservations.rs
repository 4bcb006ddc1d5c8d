//! Claims of checkouts. Internal: `orders` calls these.

use axum::extract::State;
use emart_http::{Json, Path};
use emart_inventory_api::{NewReservation, NewRestock, Reservation};
use http::StatusCode;

use crate::Inventory;
use crate::error::Error;

pub(crate) async fn reserve(
    State(inventory): State<Inventory>,
    Json(new): Json<NewReservation>,
) -> Result<Json<Reservation>, Error> {
    Ok(Json(inventory.reserve(new).await?))
}

pub(crate) async fn commit(
    State(inventory): State<Inventory>,
    Path(reference): Path<String>,
) -> Result<Json<Reservation>, Error> {
    Ok(Json(inventory.commit(reference).await?))
}

pub(crate) async fn release(
    State(inventory): State<Inventory>,
    Path(reference): Path<String>,
) -> Result<StatusCode, Error> {
    inventory.release(reference).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn restock(
    State(inventory): State<Inventory>,
    Json(new): Json<NewRestock>,
) -> Result<StatusCode, Error> {
    inventory.restock(new).await?;
    Ok(StatusCode::NO_CONTENT)
}
