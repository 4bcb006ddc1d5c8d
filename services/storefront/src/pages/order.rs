//! An order as the person who placed it sees it, and its receipt as a PDF.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::Path;
use emart_orders_api::{
    Fulfilment, FulfilmentState, LineQuantity, Order, OrderId, OrderLine, OrderPayment, OrderState,
    ShipmentState,
};
use emart_types::Money;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::Storefront;
use crate::cards;
use crate::cookies::{self, Cookie};
use crate::error::Error;
use crate::frame::{self, Visitor, YEAR};
use crate::pages::account::order_status;
use crate::pages::cart::discount_rows;
use crate::view::{Layout, Line, Status, TotalRow, Totals};
use crate::words;

#[derive(Template)]
#[template(path = "order.html", whitespace = "minimize")]
pub(crate) struct OrderPage {
    pub(crate) layout: Layout,
    /// `/orders/ord_…`
    pub(crate) base: String,
    pub(crate) number: i64,
    pub(crate) email: String,
    /// Placed a moment ago: the page says thank you.
    pub(crate) fresh: bool,
    pub(crate) status: Status,
    pub(crate) timeline: Vec<Event>,
    pub(crate) parcels: Vec<Parcel>,
    pub(crate) address: Vec<String>,
    pub(crate) shipping: String,
    pub(crate) slot: String,
    pub(crate) payment: String,
    pub(crate) note: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) totals: Totals,
}

/// Something that is on its way.
pub(crate) struct Parcel {
    pub(crate) text: String,
    pub(crate) lines: Vec<String>,
    /// The carrier and its number for it.
    pub(crate) tracking: String,
    /// Where it can be followed; empty when nowhere.
    pub(crate) url: String,
}

pub(crate) struct Event {
    pub(crate) text: String,
    pub(crate) class: &'static str,
    pub(crate) at: String,
    pub(crate) stamp: String,
}

/// `GET /orders/{id}`. A guest is let in by `?token=` once; from then on a cookie on this path does it, so that
/// the secret does not stay in the address.
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let raw = raw.unwrap_or_default();
    let mut query = url::form_urlencoded::parse(raw.as_bytes());
    if let Some((_, token)) = query.clone().find(|(key, _)| key == "token") {
        let id: OrderId = id.parse().map_err(|_| Error::NotFound)?;
        return Ok(let_in(&storefront, &id, &token, ""));
    }
    let fresh = query.any(|(key, _)| key == "placed");
    let order = find(&storefront, &visitor, &id).await?;
    let country = country_of(&storefront, &order).await;
    frame::html(&OrderPage {
        layout: storefront.private(&visitor, &format!("Order {}", order.number), "/orders").await,
        base: format!("/orders/{}", order.id),
        number: order.number,
        fresh,
        status: order_status(order.state, order.payment_state, order.fulfilment_state),
        parcels: parcels(&order),
        timeline: timeline(&order),
        address: order.shipping_address.letter(&country),
        shipping: order.shipping_method.clone().unwrap_or_default(),
        slot: order
            .delivery_date
            .as_deref()
            .map(|date| words::day(date, false))
            .unwrap_or_default(),
        payment: payment(&order),
        note: order.note.clone().unwrap_or_default(),
        lines: lines(&order),
        totals: totals(&order),
        email: order.email,
    })
}

/// Leads to an order's page and gives the browser what opens it.
pub(crate) fn let_in(storefront: &Storefront, id: &OrderId, token: &str, query: &str) -> Response {
    let path = format!("/orders/{id}");
    let mut response = Redirect::to(&format!("{path}{query}")).into_response();
    let secure = storefront.config.secure();
    let cookie = Cookie {
        name: cookies::ORDER,
        value: token,
        path: &path,
        max_age: YEAR,
        open: false,
        secure,
    };
    cookie.set(response.headers_mut());
    response
}

/// The order, if it is this visitor's. A guest who may not see it is asked to sign in: it may be a customer's.
pub(crate) async fn find(
    storefront: &Storefront,
    visitor: &Visitor,
    id: &str,
) -> Result<Order, Error> {
    let id: OrderId = id.parse().map_err(|_| Error::NotFound)?;
    let token = visitor.cookie(cookies::ORDER).unwrap_or_default();
    match storefront.clients.orders.order(&id, token).await? {
        Some(order) => Ok(order),
        None if visitor.caller.user_id().is_none() => Err(Error::SignIn(format!("/orders/{id}"))),
        None => Err(Error::NotFound),
    }
}

/// `GET /orders/{id}/receipt.pdf`
pub(crate) async fn receipt_pdf(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let order = find(&storefront, &visitor, &id).await?;
    let token = visitor.cookie(cookies::ORDER).unwrap_or_default();
    let pdf = storefront.clients.orders.receipt_pdf(&order.id, token).await?;
    let pdf = pdf.ok_or(Error::NotFound)?;
    let name = format!("inline; filename=\"receipt-{}.pdf\"", order.number);
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, pdf).into_response())
}

/// The country's name, or its code when `pricing` does not answer.
pub(crate) async fn country_of(storefront: &Storefront, order: &Order) -> String {
    let code = &order.shipping_address.country;
    let all = storefront.clients.pricing.countries().await.unwrap_or_default();
    crate::pages::account::country_name(&all, code).to_owned()
}

fn timeline(order: &Order) -> Vec<Event> {
    let mut events: Vec<Event> = order
        .timeline
        .iter()
        .map(|entry| Event {
            text: entry.text.clone(),
            class: if entry.kind.contains("cancel") || entry.kind.contains("fail") {
                "bad"
            } else {
                "done"
            },
            at: words::date_time(entry.at),
            stamp: entry.at.to_string(),
        })
        .collect();
    let underway = order.fulfilment_state == FulfilmentState::Fulfilled;
    if order.state != OrderState::Cancelled && !underway {
        let text = match &order.delivery_date {
            Some(date) => format!("Delivery on {}", words::day(date, false)),
            None => "Delivery".to_owned(),
        };
        events.push(Event { text, class: "", at: String::new(), stamp: String::new() });
    }
    events
}

fn parcels(order: &Order) -> Vec<Parcel> {
    let parcel = |parcel: &Fulfilment| {
        let text = match parcel.state {
            ShipmentState::Shipped => "On its way",
            ShipmentState::Delivered => "Delivered",
            ShipmentState::Cancelled => return None,
        };
        let line = |piece: &LineQuantity| {
            let line = order.lines.get(piece.line as usize)?;
            Some(format!("{} × {}", piece.quantity, line.title))
        };
        let tracking = [parcel.tracking.carrier.as_deref(), parcel.tracking.number.as_deref()];
        let tracking: Vec<&str> = tracking.into_iter().flatten().collect();
        let url = parcel.tracking.url.as_deref().filter(|url| url.starts_with("http"));
        Some(Parcel {
            text: text.to_owned(),
            lines: parcel.lines.iter().filter_map(line).collect(),
            tracking: tracking.join(" "),
            url: url.unwrap_or_default().to_owned(),
        })
    };
    order.fulfilments.iter().filter_map(parcel).collect()
}

pub(crate) fn payment(order: &Order) -> String {
    let OrderPayment { brand, last4, captured, gift_card_amount, .. } = &order.payment;
    if brand == "none" {
        return "Nothing to pay".to_owned();
    }
    let mut brand = brand.replace('_', " ");
    if let Some(first) = brand.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let state = if *captured { "Paid" } else { "To be paid" };
    if last4.is_empty() {
        return format!("{state}: {brand}");
    }
    let by = format!("{state} by {brand} ending in {last4}");
    match gift_card_amount {
        Some(amount) if order.payment.brand != "gift_card" => {
            format!("{by}, {} of it by gift card", words::money(*amount))
        }
        _ => by,
    }
}

pub(crate) fn lines(order: &Order) -> Vec<Line> {
    let line = |line: &OrderLine| Line {
        id: String::new(),
        href: format!("/p/{}", line.handle),
        title: line.title.clone(),
        variant: line.variant_title.clone(),
        picture: line.image.as_ref().and_then(|image| cards::picture(image, &line.title)),
        quantity: line.quantity,
        each: words::money(line.unit_price),
        total: words::money(line.subtotal),
        notes: Vec::new(),
    };
    order.lines.iter().map(line).collect()
}

pub(crate) fn totals(order: &Order) -> Totals {
    let row = |label: String, value: String, quiet| TotalRow { label, value, quiet };
    let mut rows = vec![row("Items".to_owned(), words::money(order.subtotal), false)];
    rows.extend(discount_rows(&order.discounts));
    if let Some(method) = &order.shipping_method {
        let free = order.shipping_total.amount_minor == 0;
        let price = if free { "Free".to_owned() } else { words::money(order.shipping_total) };
        rows.push(row(format!("Delivery, {method}"), price, false));
    }
    for tax in order.taxes.iter().filter(|tax| tax.amount.amount_minor != 0) {
        let included = order.prices_include_tax;
        let label = if included { format!("Includes {}", tax.name) } else { tax.name.clone() };
        rows.push(row(label, words::money(tax.amount), included));
    }
    let mut total = words::money(order.total);
    let back = order.refunded();
    if back.amount_minor > 0 {
        rows.push(row("Total".to_owned(), total, false));
        let given = order.refunds.iter().filter(|refund| refund.total.amount_minor > 0);
        for refund in given {
            let minus = Money::new(-refund.total.amount_minor, refund.total.currency);
            let label = format!("Given back, {}", words::date(refund.at));
            rows.push(row(label, words::money(minus), false));
        }
        let kept = order.total.amount_minor - back.amount_minor;
        total = words::money(Money::new(kept, order.total.currency));
    }
    Totals { rows, total }
}
