//! Delivery slots: the days, their places, and who has taken them.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_http::{AuditRecord, ETag, IfMatch, Json, Page, Path, Permission, Problem, Query, Staff};
use emart_pricing_api::{
    AnyDayBooking, CalendarDay, DeliverySlot, NewSlotBooking, PutDeliverySlot, SlotBooking,
};
use emart_types::Invalid;
use http::{StatusCode, header};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use crate::domain::calendar::month;
use crate::edit::check_seen;
use crate::error::Error;
use crate::store::slots::Booked;
use crate::{Pricing, store};

/// How many days to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SlotQuery {
    /// 1 to 60 days, of those on which the store delivers.
    #[serde(default = "two_weeks")]
    #[param(minimum = 1, maximum = 60, default = 14)]
    days: u32,
}

const fn two_weeks() -> u32 {
    14
}

/// The days on which the store delivers and the places they have left.
#[utoipa::path(get, path = "/api/v1/pricing/delivery-slots", operation_id = "list_delivery_slots",
    tag = "pricing", params(SlotQuery),
    responses((status = 200, body = Page<DeliverySlot>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_delivery_slots(
    State(pricing): State<Pricing>,
    Query(query): Query<SlotQuery>,
) -> Result<Json<Page<DeliverySlot>>, Error> {
    if !(1..=60).contains(&query.days) {
        return Err(Invalid::field("/days", "must be from 1 to 60").into());
    }
    let days: Vec<String> =
        pricing.calendar.days(pricing.clock.now()).map(|day| day.to_string()).collect();
    let days = &days[..days.len().min(query.days as usize)];
    let (Some(first), Some(last)) = (days.first().cloned(), days.last().cloned()) else {
        return Ok(Json(Page { items: Vec::new(), next_cursor: None }));
    };
    let known =
        pricing.db.read(|tx| async move { store::slots::days(&tx, &first, &last).await }).await?;
    let known: HashMap<String, (Option<i64>, i64)> =
        known.into_iter().map(|(date, capacity, booked)| (date, (capacity, booked))).collect();
    let default = i64::from(pricing.config.orders_per_day);
    let items = days.iter().map(|day| {
        let (capacity, booked) = known.get(day).copied().unwrap_or((None, 0));
        slot(day.clone(), capacity.unwrap_or(default), booked)
    });
    Ok(Json(Page { items: items.collect(), next_cursor: None }))
}

fn count(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}

fn slot(date: String, capacity: i64, booked: i64) -> DeliverySlot {
    DeliverySlot { date, capacity: count(capacity), remaining: count(capacity - booked) }
}

/// Which month to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MonthQuery {
    /// `2026-01`; the current one if absent.
    #[param(max_length = 7)]
    month: Option<String>,
}

/// All days of a month as staff see them, past and closed ones, too. Needs `selling:read`.
#[utoipa::path(get, path = "/api/v1/pricing/delivery-days", operation_id = "list_delivery_days",
    tag = "pricing", params(MonthQuery),
    responses((status = 200, body = Page<CalendarDay>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_delivery_days(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Query(query): Query<MonthQuery>,
) -> Result<Json<Page<CalendarDay>>, Error> {
    caller.require(Permission::SellingRead)?;
    let today = pricing.calendar.today(pricing.clock.now());
    let text = query.month.unwrap_or_else(|| today.strftime("%Y-%m").to_string());
    let days = month(&text);
    let days = days.ok_or_else(|| Invalid::field("/month", "must be a month like 2026-01"))?;
    let (first, last) = (format!("{text}-01"), format!("{text}-31"));
    let known =
        pricing.db.read(|tx| async move { store::slots::days(&tx, &first, &last).await }).await?;
    let known: HashMap<String, (Option<i64>, i64)> =
        known.into_iter().map(|(date, capacity, booked)| (date, (capacity, booked))).collect();
    let items = days.into_iter().map(|day| {
        let known = known.get(&day.to_string()).copied();
        calendar_day(&pricing, day, known.unwrap_or((None, 0)))
    });
    Ok(Json(Page { items: items.collect(), next_cursor: None }))
}

fn calendar_day(pricing: &Pricing, day: Date, (set, booked): (Option<i64>, i64)) -> CalendarDay {
    let capacity = set.unwrap_or_else(|| i64::from(pricing.config.orders_per_day));
    CalendarDay {
        date: day.to_string(),
        capacity: count(capacity),
        set: set.is_some(),
        booked: count(booked),
        open: pricing.calendar.is_open(pricing.clock.now(), day),
    }
}

/// Sets how many orders a day takes. Bookings made stay, also when they are more. With `If-Match`, only if the day takes
/// what it took when it was read: `"3"`, or `"default"`. Needs `selling:write`.
#[utoipa::path(put, path = "/api/v1/pricing/delivery-slots/{date}",
    operation_id = "put_delivery_slot", tag = "pricing",
    params(("date" = String, Path), ("If-Match" = Option<String>, Header, description = "The ETag of the day as it was read")),
    request_body = PutDeliverySlot,
    responses((status = 200, body = DeliverySlot), (status = "4XX", body = Problem)))]
pub(crate) async fn put_delivery_slot(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(date): Path<String>,
    seen: Option<IfMatch>,
    Json(body): Json<PutDeliverySlot>,
) -> Result<Response, Error> {
    caller.require(Permission::SellingWrite)?;
    if body.capacity > 1_000_000 {
        return Err(Invalid::field("/capacity", "must be from 0 to 1000000").into());
    }
    let (day, booked) = set_day(&pricing, &date, seen, Some(body.capacity)).await?;
    let etag = ETag::new(body.capacity).header();
    let slot = slot(day, i64::from(body.capacity), booked);
    Ok(([(header::ETAG, etag)], Json(slot)).into_response())
}

/// Lets a day take as many orders as any other. Bookings made stay. Needs `selling:write`.
#[utoipa::path(delete, path = "/api/v1/pricing/delivery-slots/{date}",
    operation_id = "delete_delivery_slot", tag = "pricing",
    params(("date" = String, Path), ("If-Match" = Option<String>, Header, description = "The ETag of the day as it was read")),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(crate) async fn delete_delivery_slot(
    State(pricing): State<Pricing>,
    Staff(caller): Staff,
    Path(date): Path<String>,
    seen: Option<IfMatch>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::SellingWrite)?;
    set_day(&pricing, &date, seen, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets a day's capacity; answers its name and the places taken.
async fn set_day(
    pricing: &Pricing,
    date: &str,
    seen: Option<IfMatch>,
    capacity: Option<u32>,
) -> Result<(String, i64), Error> {
    let day: Date = date.parse().map_err(|_| Error::NotFound)?;
    let (day, here) = (day.to_string(), pricing.clone());
    let record = AuditRecord::new("delivery_day.updated", &day, &day);
    let set = pricing.db.write(move |tx| async move {
        let (read, booked) = store::slots::day(&tx, &day).await?;
        let tag = read.map_or_else(|| "default".to_owned(), |read| read.to_string());
        check_seen(seen.as_ref(), tag)?;
        if !store::slots::set_capacity(&tx, &day, read, capacity).await? {
            return Err(Error::Moved);
        }
        let (before, after) = (json!({"capacity": read}), json!({"capacity": capacity}));
        here.audit(&tx, record, (Some(&before), Some(&after))).await?;
        Ok((day, booked))
    });
    set.await
}

/// Books a place for a checkout. Internal.
pub(crate) async fn book_slot(
    State(pricing): State<Pricing>,
    Json(booking): Json<NewSlotBooking>,
) -> Result<Json<SlotBooking>, Error> {
    let now = pricing.clock.now();
    let days: Vec<String> = match &booking.date {
        None => pricing.calendar.days(now).map(|day| day.to_string()).collect(),
        Some(text) => {
            let day: Date = text.parse().map_err(|_| Error::SlotClosed(text.clone()))?;
            if !pricing.calendar.is_open(now, day) {
                return Err(Error::SlotClosed(text.clone()));
            }
            vec![day.to_string()]
        }
    };
    let asked = booking.date.unwrap_or_else(|| "every day".to_owned());
    book(&pricing, booking.reference, days, asked).await
}

/// Books a place on any day from today on. Internal.
pub(crate) async fn book_any_day(
    State(pricing): State<Pricing>,
    Json(booking): Json<AnyDayBooking>,
) -> Result<Json<SlotBooking>, Error> {
    let day: Option<Date> = booking.date.parse().ok();
    let today = pricing.calendar.today(pricing.clock.now());
    let Some(day) = day.filter(|day| *day >= today) else {
        return Err(Error::SlotClosed(booking.date));
    };
    book(&pricing, booking.reference, vec![day.to_string()], booking.date).await
}

/// The days from today on that have no place left. Internal.
pub(crate) async fn full_days(State(pricing): State<Pricing>) -> Result<Json<Vec<String>>, Error> {
    let today = pricing.calendar.today(pricing.clock.now()).to_string();
    let default = pricing.config.orders_per_day;
    let full = pricing.db.read(|tx| async move { store::slots::full(&tx, &today, default).await });
    Ok(Json(full.await?))
}

async fn book(
    pricing: &Pricing,
    reference: String,
    days: Vec<String>,
    asked: String,
) -> Result<Json<SlotBooking>, Error> {
    let (now, default) = (pricing.clock.now(), pricing.config.orders_per_day);
    let key = reference.clone();
    let booked = pricing
        .db
        .write(move |tx| async move { store::slots::book(&tx, &key, &days, default, now).await })
        .await?;
    match booked {
        Booked::On(date) => Ok(Json(SlotBooking { reference, date })),
        Booked::Full => Err(Error::SlotFull(asked)),
        Booked::Released => Err(Error::BookingReleased),
    }
}

/// Gives a checkout's place back. Internal.
pub(crate) async fn release_slot(
    State(pricing): State<Pricing>,
    Path(reference): Path<String>,
) -> Result<StatusCode, Error> {
    let now = pricing.clock.now();
    pricing
        .db
        .write(move |tx| async move { store::slots::release(&tx, &reference, now).await })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
