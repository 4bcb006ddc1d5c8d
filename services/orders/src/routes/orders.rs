//! Orders: listed, counted, read, printed.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{Caller, Json, Page, PageQuery, Path, Permission, Problem, Query};
use emart_orders_api::{Order, OrderCount, OrderId, OrderQuery, OrderSummary};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;

use crate::error::Error;
use crate::routes::filter;
use crate::store::list::Key;
use crate::{Orders, receipt, store};

/// The token that opens a guest's order, where a header cannot be sent.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TokenQuery {
    /// Opens a guest's order; `Order-Token` does the same.
    #[param(max_length = 200)]
    token: Option<String>,
}

/// Orders, newest first: the caller's own; all of them for staff, who may ask for any mix of filters.
#[utoipa::path(get, path = "/api/v1/orders", operation_id = "list_orders", tag = "orders",
    params(OrderQuery),
    responses((status = 200, body = Page<OrderSummary>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_orders(
    State(orders): State<Orders>,
    caller: Caller,
    Query(query): Query<OrderQuery>,
) -> Result<Json<Page<OrderSummary>>, Error> {
    let all = sees_all(&caller, &query)?;
    let (limit, after) = page(&query)?;
    let filter = filter::of(query, &caller, all, &orders.days)?;
    let read =
        orders.db.read(|tx| async move { store::list::orders(&tx, &filter, after, limit).await });
    let (mut items, next) = read.await?;
    if !all {
        items.iter_mut().for_each(|order| order.tags.clear());
    }
    Ok(Json(Page { items, next_cursor: next.map(|key| emart_http::Cursor::encode(&key)) }))
}

/// How many orders a query finds, as far as anybody counts: up to 10,000.
#[utoipa::path(get, path = "/api/v1/orders/count", operation_id = "count_orders", tag = "orders",
    params(OrderQuery),
    responses((status = 200, body = OrderCount), (status = "4XX", body = Problem)))]
pub(crate) async fn count_orders(
    State(orders): State<Orders>,
    caller: Caller,
    Query(query): Query<OrderQuery>,
) -> Result<Json<OrderCount>, Error> {
    let all = sees_all(&caller, &query)?;
    // The list's query as it is: what is wrong with it is told here as there.
    page(&query)?;
    let filter = filter::of(query, &caller, all, &orders.days)?;
    let read = orders.db.read(|tx| async move { store::list::count(&tx, &filter).await });
    Ok(Json(read.await?))
}

/// How many of a list are wanted, and after which one.
fn page(query: &OrderQuery) -> Result<(usize, Option<Key>), Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    Ok((page.limit()?, page.after()?))
}

/// Whether it is about all orders, which takes a permission, or about the caller's own.
fn sees_all(caller: &Caller, query: &OrderQuery) -> Result<bool, Problem> {
    let all = caller.is_staff() && !query.mine;
    if all {
        caller.require(Permission::OrdersRead)?;
    } else if caller.user_id().is_none() {
        return Err(Problem::unauthorized());
    }
    Ok(all)
}

/// An order. Opens to its customer, to staff, and to whoever holds its token.
#[utoipa::path(get, path = "/api/v1/orders/{id}", operation_id = "get_order", tag = "orders",
    params(("id" = OrderId, Path), TokenQuery, ("Order-Token" = Option<String>, Header, description = "Opens a guest's order")),
    responses((status = 200, body = Order), (status = "4XX", body = Problem)))]
pub(crate) async fn get_order(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Query(query): Query<TokenQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let order = open(&orders, &caller, &id, token(&query, &headers)).await?;
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"))], Json(order))
        .into_response())
}

/// An order's receipt as a PDF. Opens as the order does.
#[utoipa::path(get, path = "/api/v1/orders/{id}/receipt.pdf", operation_id = "get_receipt", tag = "orders",
    params(("id" = OrderId, Path), TokenQuery, ("Order-Token" = Option<String>, Header, description = "Opens a guest's order")),
    responses((status = 200, content_type = "application/pdf"), (status = "4XX", body = Problem)))]
pub(crate) async fn get_receipt(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Query(query): Query<TokenQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let order = open(&orders, &caller, &id, token(&query, &headers)).await?;
    let name = format!("receipt-{}.pdf", order.number);
    let config = orders.config.clone();
    pdf(&name, move || receipt::draw(&order, &config)).await
}

/// Draws a PDF where it holds up nobody.
pub(crate) async fn pdf(
    name: &str,
    draw: impl FnOnce() -> anyhow::Result<Vec<u8>> + Send + 'static,
) -> Result<Response, Error> {
    let name = HeaderValue::try_from(format!("inline; filename=\"{name}\""))
        .map_err(|_| Error::Unexpected("a number is a header"))?;
    let drawn = tokio::task::spawn_blocking(draw).await;
    let pdf = drawn.map_err(|error| Error::Receipt(error.to_string()))?;
    let pdf = pdf.map_err(|error| Error::Receipt(format!("{error:#}")))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, pdf).into_response())
}

fn token<'a>(query: &'a TokenQuery, headers: &'a HeaderMap) -> Option<&'a str> {
    let header = headers.get("order-token").and_then(|value| value.to_str().ok());
    header.filter(|token| !token.is_empty()).or(query.token.as_deref())
}

async fn open(
    orders: &Orders,
    caller: &Caller,
    id: &OrderId,
    token: Option<&str>,
) -> Result<Order, Error> {
    let wanted = id.clone();
    let found = orders.db.read(|tx| async move { store::order(&tx, &wanted).await }).await?;
    let kept = found.ok_or(Error::NotFound)?;
    let own = kept.customer_id.is_some() && kept.customer_id.as_deref() == caller.user_id();
    let held = token.is_some_and(|token| orders.seal.opens(id.as_str(), token));
    let opens = own || held || caller.may(Permission::OrdersRead);
    if opens { Ok(kept.order) } else { Err(Error::NotFound) }
}
