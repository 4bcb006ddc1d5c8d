//! Lists that people come back to: each has their own.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{Caller, Json, Page, Path, Permission, Problem};
use emart_orders_api::{NewSavedView, SavedView, ViewId};
use emart_types::Invalid;
use http::StatusCode;

use crate::error::Error;
use crate::{Orders, store};

/// More lists than anybody finds their way in.
const MOST: i64 = 50;

/// The caller's lists, in the order in which they were kept.
#[utoipa::path(get, path = "/api/v1/orders/views", operation_id = "list_order_views", tag = "orders",
    responses((status = 200, body = Page<SavedView>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_order_views(
    State(orders): State<Orders>,
    caller: Caller,
) -> Result<Json<Page<SavedView>>, Error> {
    let owner = owner(&caller)?;
    let read = orders.db.read(|tx| async move { store::views::views(&tx, &owner, MOST).await });
    Ok(Json(Page { items: read.await?, next_cursor: None }))
}

/// Keeps a list: at most 50.
#[utoipa::path(post, path = "/api/v1/orders/views", operation_id = "create_order_view", tag = "orders",
    request_body = NewSavedView,
    responses((status = 201, body = SavedView), (status = "4XX", body = Problem)))]
pub(crate) async fn create_order_view(
    State(orders): State<Orders>,
    caller: Caller,
    Json(new): Json<NewSavedView>,
) -> Result<Response, Error> {
    let owner = owner(&caller)?;
    let name = new.name.trim().to_owned();
    let mut invalid = Invalid::new();
    let fits = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    invalid.require(fits, "/name", "must be 1 to 60 characters");
    let plain = new.query.len() <= 1000 && new.query.bytes().all(|b| b.is_ascii_graphic());
    invalid.require(plain, "/query", "must be a query of at most 1000 characters");
    invalid.finish()?;
    let created_at = orders.clock.now();
    let view = SavedView { id: ViewId::new(), name, query: new.query, created_at };
    let kept = view.clone();
    let write = orders.db.write(move |tx| async move {
        let most = usize::try_from(MOST).unwrap_or(usize::MAX);
        if store::views::views(&tx, &owner, MOST).await?.len() >= most {
            return Err(Error::TooManyViews);
        }
        Ok(store::views::insert_view(&tx, &owner, &kept).await?)
    });
    write.await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// Forgets a list.
#[utoipa::path(delete, path = "/api/v1/orders/views/{id}", operation_id = "delete_order_view", tag = "orders",
    params(("id" = ViewId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_order_view(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<ViewId>,
) -> Result<StatusCode, Error> {
    let owner = owner(&caller)?;
    let write =
        orders.db.write(move |tx| async move { store::views::delete_view(&tx, &owner, &id).await });
    if write.await? { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

fn owner(caller: &Caller) -> Result<String, Problem> {
    caller.require(Permission::OrdersRead)?;
    caller.user_id().map(ToOwned::to_owned).ok_or_else(Problem::unauthorized)
}
