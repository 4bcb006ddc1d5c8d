//! Parcels of an order: sent, followed, arrived, called off.

use emart_orders_api::{
    Fulfilment, FulfilmentId, LineQuantity, NewFulfilment, Order, OrderState, ShipmentState,
    Tracking,
};
use emart_types::{Invalid, Timestamp};

use crate::domain::order::entry;

/// Why a parcel cannot be treated so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("the order is not confirmed: its payment is being completed, or it is cancelled")]
    NotConfirmed,
    #[error("everything was sent already")]
    NothingLeft,
    #[error("the order has no such parcel")]
    Unknown,
    #[error("the parcel is {0}")]
    Moved(&'static str),
}

/// Sends a parcel.
pub(crate) fn send(
    order: &mut Order,
    new: NewFulfilment,
    now: Timestamp,
) -> Result<Fulfilment, Refusal> {
    if order.state != OrderState::Confirmed {
        return Err(Refusal::NotConfirmed);
    }
    let tracking = checked(new.tracking)?;
    let lines = if new.lines.is_empty() { left(order) } else { new.lines };
    if lines.is_empty() {
        return Err(Refusal::NothingLeft);
    }
    let mut invalid = Invalid::new();
    for (at, LineQuantity { line, quantity }) in lines.iter().enumerate() {
        let Some(line) = order.lines.get_mut(*line as usize) else {
            invalid.push(format!("/lines/{at}/line"), "there is no such line");
            continue;
        };
        if (1..=line.to_send()).contains(quantity) {
            line.fulfilled += quantity;
        } else {
            let detail = format!("must be from 1 to {}", line.to_send());
            invalid.push(format!("/lines/{at}/quantity"), detail);
        }
    }
    invalid.finish()?;
    let fulfilment = Fulfilment {
        id: FulfilmentId::new(),
        state: ShipmentState::Shipped,
        lines,
        tracking,
        shipped_at: now,
        delivered_at: None,
        cancelled_at: None,
    };
    let whole = order.lines.iter().all(|line| line.to_send() == 0);
    let text = if whole { "On its way" } else { "Part of it is on its way" };
    let text = follow(text, &fulfilment.tracking);
    order.timeline.push(entry(now, "shipped", &text));
    order.fulfilments.push(fulfilment.clone());
    Ok(fulfilment)
}

/// All that was not sent yet.
fn left(order: &Order) -> Vec<LineQuantity> {
    let lines = order.lines.iter().zip(0..);
    let lines = lines.map(|(line, place)| LineQuantity { line: place, quantity: line.to_send() });
    lines.filter(|line| line.quantity > 0).collect()
}

fn follow(text: &str, tracking: &Tracking) -> String {
    let by = tracking.carrier.as_ref().map(|carrier| format!(" with {carrier}"));
    let number = tracking.number.as_ref().map(|number| format!(" ({number})"));
    format!("{text}{}{}", by.unwrap_or_default(), number.unwrap_or_default())
}

/// Corrects how a parcel is followed.
pub(crate) fn track(
    order: &mut Order,
    id: &FulfilmentId,
    tracking: Tracking,
) -> Result<Fulfilment, Refusal> {
    let tracking = checked(tracking)?;
    let parcel = find(order, id)?;
    if parcel.state == ShipmentState::Cancelled {
        return Err(Refusal::Moved("called off"));
    }
    parcel.tracking = tracking;
    Ok(parcel.clone())
}

/// It has arrived.
pub(crate) fn deliver(
    order: &mut Order,
    id: &FulfilmentId,
    now: Timestamp,
) -> Result<Fulfilment, Refusal> {
    let parcel = find(order, id)?;
    match parcel.state {
        ShipmentState::Cancelled => return Err(Refusal::Moved("called off")),
        ShipmentState::Delivered => return Ok(parcel.clone()),
        ShipmentState::Shipped => {}
    }
    parcel.state = ShipmentState::Delivered;
    parcel.delivered_at = Some(now);
    let parcel = parcel.clone();
    order.timeline.push(entry(now, "delivered", "Delivered"));
    Ok(parcel)
}

/// It never left: its pieces are to be sent again.
pub(crate) fn call_off(
    order: &mut Order,
    id: &FulfilmentId,
    now: Timestamp,
) -> Result<Fulfilment, Refusal> {
    let parcel = find(order, id)?;
    match parcel.state {
        ShipmentState::Cancelled => return Ok(parcel.clone()),
        ShipmentState::Delivered => return Err(Refusal::Moved("delivered")),
        ShipmentState::Shipped => {}
    }
    let lines = parcel.lines.clone();
    for LineQuantity { line, quantity } in &lines {
        let Some(line) = order.lines.get_mut(*line as usize) else { continue };
        // Of a line's pieces that came back, this parcel's may be the ones.
        if line.fulfilled.saturating_sub(*quantity) < line.returned {
            return Err(Refusal::Moved("partly returned"));
        }
    }
    for LineQuantity { line, quantity } in &lines {
        if let Some(line) = order.lines.get_mut(*line as usize) {
            line.fulfilled = line.fulfilled.saturating_sub(*quantity);
        }
    }
    let parcel = find(order, id)?;
    parcel.state = ShipmentState::Cancelled;
    parcel.cancelled_at = Some(now);
    let parcel = parcel.clone();
    order.timeline.push(entry(now, "shipment_cancelled", "Shipment called off"));
    Ok(parcel)
}

fn find<'a>(order: &'a mut Order, id: &FulfilmentId) -> Result<&'a mut Fulfilment, Refusal> {
    order.fulfilments.iter_mut().find(|known| known.id == *id).ok_or(Refusal::Unknown)
}

/// Empty fields are absent ones.
fn checked(tracking: Tracking) -> Result<Tracking, Invalid> {
    let mut invalid = Invalid::new();
    let mut text = |field: &str, value: Option<String>, most: usize| {
        let value = value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let fits = value
            .as_ref()
            .is_none_or(|text| text.chars().count() <= most && !text.chars().any(char::is_control));
        let detail = format!("must be at most {most} characters");
        invalid.require(fits, &format!("/tracking/{field}"), &detail);
        value
    };
    let carrier = text("carrier", tracking.carrier, 60);
    let number = text("number", tracking.number, 100);
    let url = text("url", tracking.url, 500);
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    let plain = url.as_ref().is_none_or(|url| web(url) && !url.contains(char::is_whitespace));
    invalid.require(plain, "/tracking/url", "must be a web address: https://…");
    invalid.finish()?;
    Ok(Tracking { carrier, number, url })
}
