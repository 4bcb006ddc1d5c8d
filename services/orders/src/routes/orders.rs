//! Orders: listed, read, printed.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{Caller, Json, Page, PageQuery, Path, Problem, Query};
use emart_orders_api::{Order, OrderId, OrderState, OrderSummary};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use crate::error::Error;
use crate::store::Filter;
use crate::{Orders, receipt, store};

/// The token that opens a guest's order, where a header cannot be sent.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TokenQuery {
    /// Opens a guest's order; `Order-Token` does the same.
    #[param(max_length = 200)]
    token: Option<String>,
}

/// Which orders to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrderQuery {
    /// Only the caller's own, also for staff.
    #[serde(default)]
    mine: bool,
    /// Only those bought with this e-mail address.
    #[param(max_length = 254)]
    email: Option<String>,
    /// Only the one with this number.
    #[param(minimum = 1)]
    number: Option<i64>,
    /// Only those that stand here.
    state: Option<OrderState>,
    /// How many entries a page holds: 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Orders, newest first: the caller's own; all of them for staff.
#[utoipa::path(get, path = "/api/v1/orders", operation_id = "list_orders", tag = "orders",
    params(OrderQuery),
    responses((status = 200, body = Page<OrderSummary>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_orders(
    State(orders): State<Orders>,
    caller: Caller,
    Query(query): Query<OrderQuery>,
) -> Result<Json<Page<OrderSummary>>, Error> {
    let all = caller.is_staff() && !query.mine;
    let customer_id = caller.user_id().map(ToOwned::to_owned);
    if customer_id.is_none() && !all {
        return Err(Problem::unauthorized().into());
    }
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    if query.email.as_ref().is_some_and(|email| email.chars().count() > 254) {
        return Err(bad_query("email: must be at most 254 characters"));
    }
    if query.number.is_some_and(|number| number < 1) {
        return Err(bad_query("number: must be 1 or more"));
    }
    let filter = Filter {
        customer_id: customer_id.filter(|_| !all),
        email: query.email,
        number: query.number,
        state: query.state,
        before: page.after()?,
        limit: limit + 1,
    };
    let found = orders.db.read(|tx| async move { store::orders(&tx, filter).await }).await?;
    Ok(Json(Page::from_rows(found, limit, |order| order.id.to_string())))
}

fn bad_query(detail: &str) -> Error {
    let title = "The query is not valid";
    Problem::new(StatusCode::BAD_REQUEST, "bad-query", title).detail(detail).into()
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
    let name = format!("inline; filename=\"receipt-{}.pdf\"", order.number);
    let config = orders.config.clone();
    let drawn = tokio::task::spawn_blocking(move || receipt::draw(&order, &config)).await;
    let pdf = drawn.map_err(|error| Error::Receipt(error.to_string()))?;
    let pdf = pdf.map_err(|error| Error::Receipt(format!("{error:#}")))?;
    let name =
        HeaderValue::try_from(name).map_err(|_| Error::Unexpected("a number is a header"))?;
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
    let (order, owner) = found.ok_or(Error::NotFound)?;
    let own = owner.is_some() && owner.as_deref() == caller.user_id();
    let held = token.is_some_and(|token| orders.seal.opens(id.as_str(), token));
    if own || held || caller.is_staff() { Ok(order) } else { Err(Error::NotFound) }
}
