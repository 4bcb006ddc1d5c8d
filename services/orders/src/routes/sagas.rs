//! Sagas, for those who run the store: which there are, and a try at once.

use axum::extract::State;
use emart_http::{Caller, Json, Page, PageQuery, Path, Permission, Problem, Query};
use emart_orders_api::{Saga, SagaStanding};
use serde::Deserialize;

use crate::Orders;
use crate::error::Error;
use crate::sagas::Cursor;
use crate::store::sagas::place;

/// Which sagas to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SagaQuery {
    /// Those that stand so; all of them if absent.
    #[param(inline)]
    standing: Option<SagaStanding>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Checkouts, refunds and cancellations that have not done what they are for: those that are stuck first, the oldest of them
/// before all. For those who run the store.
#[utoipa::path(get, path = "/api/v1/orders/sagas", operation_id = "list_sagas", tag = "orders",
    params(SagaQuery),
    responses((status = 200, body = Page<Saga>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_sagas(
    State(orders): State<Orders>,
    caller: Caller,
    Query(query): Query<SagaQuery>,
) -> Result<Json<Page<Saga>>, Error> {
    caller.require(Permission::System)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, after) = (page.limit()?, page.after::<Cursor>()?);
    let sagas = orders.sagas(query.standing, after, limit).await?;
    Ok(Json(Page::from_rows(sagas, limit, |saga| (saga.standing, place(saga)))))
}

/// Has a saga that is stuck tried at once. One that has ended, that waits for its customer, or of which no try has failed
/// is refused. For those who run the store.
#[utoipa::path(post, path = "/api/v1/orders/sagas/{id}/retry", operation_id = "retry_saga", tag = "orders",
    params(("id" = String, Path, description = "Its id: a checkout's, or an action's")),
    responses((status = 200, body = Saga), (status = "4XX", body = Problem)))]
pub(crate) async fn retry_saga(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Saga>, Error> {
    caller.require(Permission::System)?;
    Ok(Json(orders.hasten(id).await?))
}
