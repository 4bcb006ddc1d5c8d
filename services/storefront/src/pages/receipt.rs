//! The receipt, made for printing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::Path;

use crate::Storefront;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::pages::order;
use crate::view::{Layout, Line, Totals};
use crate::words;

#[derive(Template)]
#[template(path = "receipt.html", whitespace = "minimize")]
pub(crate) struct Receipt {
    pub(crate) layout: Layout,
    pub(crate) base: String,
    pub(crate) number: i64,
    pub(crate) date: String,
    pub(crate) email: String,
    pub(crate) address: Vec<String>,
    pub(crate) payment: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) totals: Totals,
}

/// `GET /orders/{id}/receipt`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let order = order::find(&storefront, &visitor, &id).await?;
    let country = order::country_of(&storefront, &order).await;
    frame::html(&Receipt {
        layout: storefront.private(&visitor, &format!("Receipt {}", order.number), "/orders").await,
        base: format!("/orders/{}", order.id),
        number: order.number,
        date: words::date(order.placed_at),
        address: order.billing_address.letter(&country),
        payment: order::payment(&order),
        lines: order::lines(&order),
        totals: order::totals(&order),
        email: order.email,
    })
}
