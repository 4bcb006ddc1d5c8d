//! Days of delivery: which there are, seen from now.

use emart_types::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::Config;

/// The days on which the store delivers.
#[derive(Debug)]
pub(crate) struct Calendar {
    zone: TimeZone,
    closed: Vec<Weekday>,
    lead_days: u32,
    horizon_days: u32,
}

impl Calendar {
    /// Reads the settings; the error names the one that is wrong.
    pub(crate) fn new(config: &Config) -> Result<Self, String> {
        let zone = TimeZone::get(&config.time_zone)
            .map_err(|_| format!("time_zone: {} is not a time zone", config.time_zone))?;
        let closed = config.closed_weekdays.iter().map(|name| {
            weekday(name).ok_or_else(|| format!("closed_weekdays: {name} is not a weekday"))
        });
        let closed: Vec<Weekday> = closed.collect::<Result<_, _>>()?;
        if (0..7).all(|day| closed.iter().any(|c| i32::from(c.to_monday_zero_offset()) == day)) {
            return Err("closed_weekdays: one day of the week must be left".to_owned());
        }
        Ok(Self { zone, closed, lead_days: config.lead_days, horizon_days: config.horizon_days })
    }

    /// The day it is.
    pub(crate) fn today(&self, now: Timestamp) -> Date {
        now.to_jiff().to_zoned(self.zone.clone()).date()
    }

    /// The days that can be booked now, the nearest first.
    pub(crate) fn days(&self, now: Timestamp) -> impl Iterator<Item = Date> {
        let today = self.today(now);
        (self.lead_days..self.horizon_days)
            .filter_map(move |ahead| today.checked_add(i64::from(ahead).days()).ok())
            .filter(|day| !self.closed.contains(&day.weekday()))
    }

    /// Whether a day can be booked now.
    pub(crate) fn is_open(&self, now: Timestamp, day: Date) -> bool {
        self.days(now).any(|open| open == day)
    }
}

/// The days of a month, `2026-01`.
pub(crate) fn month(text: &str) -> Option<Vec<Date>> {
    let first: Date = format!("{text}-01").parse().ok()?;
    Some(
        (1..=first.days_in_month())
            .filter_map(|day| Date::new(first.year(), first.month(), day).ok())
            .collect(),
    )
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(zone: &str) -> Calendar {
        Calendar::new(&Config { time_zone: zone.to_owned(), ..Config::default() }).unwrap()
    }

    #[test]
    fn sundays_and_today_are_not_delivered() {
        // A Saturday, late.
        let now = "2026-11-21T23:30:00Z".parse().unwrap();
        let first = calendar("UTC").days(now).next().unwrap();
        assert_eq!(first.to_string(), "2026-11-23");
        assert!(!calendar("UTC").is_open(now, "2026-11-22".parse().unwrap()));
    }

    #[test]
    fn a_day_begins_where_the_store_is() {
        let now = "2026-11-23T23:30:00Z".parse().unwrap();
        let first = |zone| calendar(zone).days(now).next().unwrap().to_string();
        assert_eq!(first("UTC"), "2026-11-24");
        assert_eq!(first("Europe/Berlin"), "2026-11-25");
    }

    #[test]
    fn settings_that_leave_no_day_are_refused() {
        let all = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let closed_weekdays = all.iter().map(|day| (*day).to_owned()).collect();
        assert!(Calendar::new(&Config { closed_weekdays, ..Config::default() }).is_err());
    }
}
