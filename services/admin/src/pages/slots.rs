//! Delivery days: a month at a time, how many orders each takes and has taken.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use emart_http::{Form, Permission};
use emart_pricing_api::{CalendarDay, PutDeliverySlot};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, refusal};
use crate::frame::{self, Frame};
use crate::visitor::Visitor;
use crate::words;

const PAGE: &str = "/admin/slots";

pub(crate) fn routes() -> Router<Admin> {
    Router::new().route(PAGE, get(show).post(change))
}

#[derive(Template)]
#[template(path = "slots/month.html", whitespace = "minimize")]
struct MonthPage {
    frame: Frame,
    name: String,
    before: String,
    after: String,
    weeks: Vec<Vec<Option<Day>>>,
    may_write: bool,
}

struct Day {
    date: String,
    number: i8,
    /// `Monday 30 November`
    name: String,
    capacity: u32,
    set: bool,
    booked: u32,
    open: bool,
    full: bool,
    /// In words, for those who cannot see colours.
    state: &'static str,
}

async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let today = admin.clock.now().to_jiff().to_zoned(jiff::tz::TimeZone::system()).date();
    let month = asked.some("month").unwrap_or_else(|| today.strftime("%Y-%m").to_string());
    let first: Date = format!("{month}-01").parse().map_err(|_| Error::NotFound)?;
    let days = admin.clients.pricing.delivery_days(&month).await?;
    let name = first.strftime("%B %Y").to_string();
    let beside = |months: i32| {
        let there = first.checked_add(months.months()).unwrap_or(first);
        format!("{PAGE}?month={}", there.strftime("%Y-%m"))
    };
    let booked: u32 = days.iter().map(|day| day.booked).sum();
    let note = words::count(i64::from(booked), "order is booked", "orders are booked");
    frame::html(&MonthPage {
        frame: admin.frame(&visitor, "Delivery days").await.note(format!("{name}: {note}.")),
        before: beside(-1),
        after: beside(1),
        weeks: weeks(first, &days),
        name,
        may_write: visitor.may(Permission::SellingWrite),
    })
}

/// The days under their days of the week.
fn weeks(first: Date, days: &[CalendarDay]) -> Vec<Vec<Option<Day>>> {
    let empty = usize::try_from(first.weekday().to_monday_zero_offset()).unwrap_or(0);
    let mut cells: Vec<Option<Day>> = (0..empty).map(|_| None).collect();
    cells.extend(days.iter().map(day));
    while !cells.len().is_multiple_of(7) {
        cells.push(None);
    }
    let mut weeks: Vec<Vec<Option<Day>>> = Vec::new();
    for cell in cells {
        match weeks.last_mut().filter(|week| week.len() < 7) {
            Some(week) => week.push(cell),
            None => weeks.push(vec![cell]),
        }
    }
    weeks
}

fn day(day: &CalendarDay) -> Option<Day> {
    let date: Date = day.date.parse().ok()?;
    let full = day.open && day.booked >= day.capacity;
    let state = match (day.open, day.capacity) {
        (false, _) => "No delivery",
        (true, 0) => "Closed",
        (true, _) if full => "Full",
        (true, _) => "Open",
    };
    Some(Day {
        date: day.date.clone(),
        number: date.day(),
        name: date.strftime("%A %-d %B").to_string(),
        capacity: day.capacity,
        set: day.set,
        booked: day.booked,
        open: day.open,
        full,
        state,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DayForm {
    date: String,
    capacity: String,
    action: String,
}

async fn change(State(admin): State<Admin>, Form(form): Form<DayForm>) -> Result<Response, Error> {
    let date: Date = form.date.parse().map_err(|_| Error::NotFound)?;
    let name = date.strftime("%A %-d %B").to_string();
    let back = format!("{PAGE}?month={}", date.strftime("%Y-%m"));
    let pricing = &admin.clients.pricing;
    if form.action == "default" {
        return match pricing.delete_delivery_slot(&form.date).await {
            Ok(()) => {
                Ok(admin.done(&back, &format!("{name} takes as many orders as any other day.")))
            }
            Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
        };
    }
    let typed = if form.action == "close" { "0" } else { form.capacity.trim() };
    let Ok(capacity) = typed.parse() else {
        return Ok(admin.failed(&back, "Say how many orders the day takes; 0 closes it."));
    };
    match pricing.put_delivery_slot(&form.date, &PutDeliverySlot { capacity }).await {
        Ok(_) if capacity == 0 => {
            Ok(admin.done(&back, &format!("{name} is closed. Bookings made stay.")))
        }
        Ok(_) => {
            let orders = words::count(i64::from(capacity), "order", "orders");
            Ok(admin.done(&back, &format!("{name} takes {orders}.")))
        }
        Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
    }
}
