//! An order: what was bought, where it goes, how it is paid, what happened to it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Path, Permission};
use emart_notifications_api::{Email, EmailState};
use emart_orders_api::{
    ActionState, Fulfilment, Order, OrderDetails, OrderId, OrderLine, OrderState, ShipmentState,
    ViewId,
};

use super::said;
use crate::Admin;
use crate::error::Error;
use crate::forms::{self, Field};
use crate::frame::{self, Frame};
use crate::table::{Cell, Column, Empty, Row, Table};
use crate::view::{Badge, Detail, Happening, Link, Tone};
use crate::visitor::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "orders/order.html", whitespace = "minimize")]
struct OrderPage {
    frame: Frame,
    base: String,
    /// What can be done: the first stands out.
    actions: Vec<Link>,
    lines: Table,
    totals: Vec<Detail>,
    total: String,
    parcels: Vec<Parcel>,
    /// Money that is on its way back just now.
    running: Vec<String>,
    happened: Vec<Happening>,
    customer: Vec<Detail>,
    address: Vec<String>,
    billing: Vec<String>,
    how: Vec<Detail>,
    payment: Vec<Detail>,
    said: String,
    emails: Vec<Happening>,
    may_write: bool,
    key: String,
    note: Field,
    tags: Field,
    tag_links: Vec<Link>,
}

/// A parcel, with what can be done to it.
struct Parcel {
    id: String,
    name: String,
    badge: Badge,
    lines: Vec<String>,
    tracking: String,
    url: String,
    is_open: bool,
    carrier: String,
    number: String,
}

/// `GET /admin/orders/{id}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<OrderId>,
) -> Result<Response, Error> {
    let details = admin.clients.orders.details(&id).await?.ok_or(Error::NotFound)?;
    let order = &details.order;
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("order", order.id.as_str())
        .append_pair("to", &order.email)
        .append_pair("limit", "10")
        .finish();
    // What was written to them is worth showing, not worth failing for.
    let emails = admin.clients.notifications.emails(&query).await;
    let emails = emails.map(|page| page.items).unwrap_or_default();
    let may_write = visitor.may(Permission::OrdersWrite);
    let base = format!("/admin/orders/{}", order.id);
    let tags = details.tags.join(", ");
    frame::html(&OrderPage {
        frame: frame_of(&admin, &visitor, order).await,
        actions: actions(&visitor, order, &base),
        lines: lines(order),
        totals: totals(order),
        total: order.total.to_string(),
        parcels: order
            .fulfilments
            .iter()
            .zip(1..)
            .map(|(f, place)| parcel(order, f, place))
            .collect(),
        running: running(&details),
        happened: happened(&details),
        customer: customer(&details),
        address: order.shipping_address.letter(&order.shipping_address.country),
        billing: if order.billing_address == order.shipping_address {
            Vec::new()
        } else {
            order.billing_address.letter(&order.billing_address.country)
        },
        how: how(order),
        payment: payment(&details),
        said: order.note.clone().unwrap_or_default(),
        emails: emails.iter().map(email).collect(),
        may_write,
        key: ViewId::new().to_string(),
        note: forms::area("text", "Write a note", 2000, 3).hint("Only those who work here see it."),
        tags: forms::text("tags", "Tags", 400)
            .value(tags)
            .optional()
            .hint("With commas between them."),
        tag_links: details.tags.iter().map(|tag| tag_link(tag)).collect(),
        base,
    })
}

async fn frame_of(admin: &Admin, visitor: &Visitor, order: &Order) -> Frame {
    let placed = format!("Placed {}", words::date_time(order.placed_at));
    let frame = admin.frame(visitor, format!("Order {}", order.number)).await;
    let frame = frame.back("/admin/orders", "Orders").note(placed);
    let frame = frame.badge(said::money(order.payment_state));
    match said::state(order.state) {
        Some(badge) => frame.badge(badge),
        None => frame.badge(said::fulfilment(order.fulfilment_state)),
    }
}

fn actions(visitor: &Visitor, order: &Order, base: &str) -> Vec<Link> {
    let mut actions = Vec::new();
    let mut add = |what: &str, label: &str, holds: bool| {
        if holds {
            actions.push(Link { href: format!("{base}/{what}"), label: label.to_owned() });
        }
    };
    let confirmed = order.state == OrderState::Confirmed;
    let to_send = order.lines.iter().any(|line| line.to_send() > 0);
    let sent = order.lines.iter().any(|line| line.fulfilled > 0);
    let (write, refund) =
        (visitor.may(Permission::OrdersWrite), visitor.may(Permission::OrdersRefund));
    add("fulfil", "Mark as sent", write && confirmed && to_send);
    add("refund", "Refund", refund && order.state != OrderState::Placed);
    add("edit", "Take pieces off", refund && confirmed && to_send);
    add("cancel", "Cancel order", refund && confirmed && !sent);
    add("packing-slip.pdf", "Packing slip", true);
    add("invoice.pdf", "Invoice", true);
    actions
}

fn lines(order: &Order) -> Table {
    let columns = vec![
        Column::new("Item"),
        Column::new("Delivery"),
        Column::new("Each").number(),
        Column::new("Pieces").number(),
        Column::new("Amount").number(),
    ];
    let row = |line: &OrderLine| {
        let names = [Some(line.variant_title.clone()), line.sku.clone()];
        let names: Vec<String> = names.into_iter().flatten().filter(|n| !n.is_empty()).collect();
        let mut item = Cell::text(&line.title).note(names.join(" · "));
        if let Some(image) = line.image.as_ref().and_then(|image| image.sources.first()) {
            item = item.picture(image.url.clone());
        }
        Row::new(
            "",
            &line.title,
            vec![
                item,
                standing(order, line),
                Cell::number(line.unit_price.to_string()),
                Cell::number(line.quantity.to_string()),
                Cell::number(line.subtotal.to_string()),
            ],
        )
    };
    let caption = "What was bought".to_owned();
    let rows = order.lines.iter().map(row).collect();
    Table { caption, columns, rows, bulk: None, empty: Empty::default() }
}

/// How the pieces of a line stand.
fn standing(order: &Order, line: &OrderLine) -> Cell {
    let mut cell = Cell::default();
    for (count, tone, word) in [
        (line.to_send(), Tone::Warn, "to send"),
        (line.fulfilled.saturating_sub(line.returned), Tone::Good, "sent"),
        (line.returned, Tone::Info, "returned"),
        (line.removed, Tone::Plain, "taken off"),
    ] {
        if count > 0 && !(word == "to send" && order.state == OrderState::Cancelled) {
            cell = cell.with(Badge::new(tone, format!("{count} {word}")));
        }
    }
    cell
}

fn totals(order: &Order) -> Vec<Detail> {
    let mut rows = vec![Detail::new("Items", order.subtotal.to_string())];
    for discount in order.discounts.iter().filter(|discount| !discount.amount.is_zero()) {
        let code = discount.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        let label = format!("{}{code}", discount.title);
        rows.push(Detail::new(&label, format!("−{}", discount.amount)));
    }
    if let Some(method) = &order.shipping_method {
        rows.push(Detail::new(&format!("Shipping, {method}"), order.shipping_total.to_string()));
    }
    for tax in &order.taxes {
        let included = if order.prices_include_tax { "Includes " } else { "" };
        rows.push(Detail::new(&format!("{included}{}", tax.name), tax.amount.to_string()));
    }
    for refund in order.refunds.iter().filter(|refund| !refund.total.is_zero()) {
        let label = format!("Given back {}", words::date(refund.at));
        rows.push(Detail::new(&label, format!("−{}", refund.total)));
    }
    rows
}

fn parcel(order: &Order, parcel: &Fulfilment, place: u32) -> Parcel {
    let line = |piece: &emart_orders_api::LineQuantity| {
        let title = order.lines.get(piece.line as usize).map(|line| line.title.as_str());
        format!("{} × {}", piece.quantity, title.unwrap_or("an item"))
    };
    let badge = match parcel.state {
        ShipmentState::Shipped => Badge::new(Tone::Info, "On its way"),
        ShipmentState::Delivered => Badge::new(Tone::Good, "Delivered"),
        ShipmentState::Cancelled => Badge::new(Tone::Plain, "Called off"),
    };
    let tracking = &parcel.tracking;
    let carrier = tracking.carrier.clone().unwrap_or_default();
    let number = tracking.number.clone().unwrap_or_default();
    Parcel {
        id: parcel.id.to_string(),
        name: format!("Parcel {place}, {}", words::date_time(parcel.shipped_at)),
        badge,
        lines: parcel.lines.iter().map(line).collect(),
        tracking: [carrier.as_str(), number.as_str()].join(" ").trim().to_owned(),
        url: tracking.url.clone().unwrap_or_default(),
        is_open: parcel.state == ShipmentState::Shipped,
        carrier,
        number,
    }
}

fn running(details: &OrderDetails) -> Vec<String> {
    let actions = details.actions.iter().filter(|action| action.state == ActionState::Running);
    actions.map(|action| format!("{} is on its way back.", action.plan.total)).collect()
}

/// The timeline and the notes, the latest first.
fn happened(details: &OrderDetails) -> Vec<Happening> {
    let mut all: Vec<_> = details
        .order
        .timeline
        .iter()
        .map(|entry| {
            let bad = entry.kind.contains("cancel") || entry.kind == "delayed";
            let tone = if bad { Tone::Bad } else { Tone::Info };
            (entry.at, happening(entry.at, &entry.text, "", tone))
        })
        .collect();
    all.extend(details.notes.iter().map(|note| {
        (note.at, happening(note.at, &note.text, &format!("note by {}", note.author), Tone::Plain))
    }));
    all.extend(details.actions.iter().filter_map(|action| {
        let failure = action.failure.as_ref()?;
        let text = format!("{} could not be given back: {failure}", action.plan.total);
        Some((action.created_at, happening(action.created_at, &text, "", Tone::Bad)))
    }));
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().map(|(_, happening)| happening).collect()
}

fn happening(at: emart_types::Timestamp, text: &str, note: &str, tone: Tone) -> Happening {
    Happening {
        at: words::date_time(at),
        text: text.to_owned(),
        note: note.to_owned(),
        tone,
        href: String::new(),
    }
}

fn customer(details: &OrderDetails) -> Vec<Detail> {
    let email = &details.order.email;
    let query: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    let mut rows = vec![Detail::new("E-mail", email).to(format!("/admin/orders?email={query}"))];
    match &details.customer_id {
        Some(id) => rows
            .push(Detail::new("Customer", "Has an account").to(format!("/admin/customers/{id}"))),
        None => rows.push(Detail::new("Customer", "Bought as a guest")),
    }
    rows.extend(
        details.order.shipping_address.phone.as_ref().map(|phone| Detail::new("Phone", phone)),
    );
    rows
}

fn how(order: &Order) -> Vec<Detail> {
    let method = order.shipping_method.as_ref().map(|method| Detail::new("Shipping", method));
    let day = order.delivery_date.as_ref().map(|day| Detail::new("Delivery day", day));
    method.into_iter().chain(day).collect()
}

fn payment(details: &OrderDetails) -> Vec<Detail> {
    let payment = &details.order.payment;
    let card = if payment.last4.is_empty() {
        words::label(&payment.brand)
    } else {
        format!("{} ending in {}", words::label(&payment.brand), payment.last4)
    };
    let gift = payment.gift_card_amount.map(|amount| {
        Detail::new(
            "Of it by gift card",
            format!("{amount} ({})", payment.gift_card_last4.join(", ")),
        )
    });
    let mut rows = vec![Detail::new("Paid with", card)];
    rows.extend(gift);
    rows.extend([
        Detail::new("Given back", details.order.refunded().to_string()),
        Detail::new("Can be given back", details.refundable.to_string()),
    ]);
    rows
}

fn email(email: &Email) -> Happening {
    let (tone, state) = match email.state {
        EmailState::Queued => (Tone::Warn, "waits"),
        EmailState::Sent => (Tone::Good, "sent"),
        EmailState::Failed => (Tone::Bad, "could not be sent"),
    };
    happening(email.created_at, &email.subject, state, tone)
}

fn tag_link(tag: &str) -> Link {
    let query: String = url::form_urlencoded::byte_serialize(tag.as_bytes()).collect();
    Link { href: format!("/admin/orders?tag={query}"), label: tag.to_owned() }
}
