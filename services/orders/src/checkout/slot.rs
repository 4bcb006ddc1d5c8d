//! Step `book slot`: the day of delivery has a place for this order. Only when something is sent.

use emart_mesh::CallError;
use emart_pricing_api::{AnyDayBooking, NewSlotBooking};

use crate::Orders;
use crate::checkout::Stop;
use crate::domain::progress::Record;

pub(crate) async fn run(orders: &Orders, record: &mut Record) -> Result<(), Stop> {
    if record.progress.delivery_date.is_some() {
        return Ok(());
    }
    let (reference, date) = (record.id.to_string(), record.progress.request.delivery_date.clone());
    let pricing = &orders.clients.pricing;
    let booked = match date {
        Some(date) if record.progress.terms.any_day => {
            pricing.book_any_day(&AnyDayBooking { reference, date }).await?
        }
        date if is_sent(record) => pricing.book_slot(&NewSlotBooking { reference, date }).await?,
        _ => return Ok(()),
    };
    record.progress.delivery_date = Some(booked.date);
    Ok(())
}

fn is_sent(record: &Record) -> bool {
    let terms = record.progress.terms;
    terms.delivered || record.progress.quote.as_ref().is_some_and(|quote| quote.shipping.is_some())
}

pub(crate) async fn undo(orders: &Orders, record: &Record) -> Result<(), CallError> {
    orders.clients.pricing.release_slot(record.id.as_str()).await
}
