//! Days in the shop's time zone.

use emart_types::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Which day a moment belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Days {
    zone: TimeZone,
    name: String,
}

impl Days {
    /// Days of a time zone of the IANA database; the error says that there is none of this name.
    pub(crate) fn new(name: &str) -> Result<Self, String> {
        let zone = TimeZone::get(name).map_err(|_| format!("{name} is not a time zone"))?;
        Ok(Self { zone, name: name.to_owned() })
    }

    /// The time zone's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The day it is.
    pub(crate) fn of(&self, at: Timestamp) -> Date {
        at.to_jiff().to_zoned(self.zone.clone()).date()
    }

    /// When a day begins; `None` where time ends.
    pub(crate) fn begins(&self, day: Date) -> Option<Timestamp> {
        let midnight = day.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp::from_millis(midnight.timestamp().as_millisecond()))
    }

    /// When a day is over.
    pub(crate) fn ends(&self, day: Date) -> Option<Timestamp> {
        self.begins(day.checked_add(1.day()).ok()?)
    }
}

/// So many days before a day.
pub(crate) fn back(day: Date, days: i64) -> Date {
    day.checked_sub(days.days()).unwrap_or(Date::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_and_ends_at_the_shops_midnight() {
        let berlin = Days::new("Europe/Berlin").unwrap();
        let late: Timestamp = "2026-11-23T23:30:00Z".parse().unwrap();
        let day = berlin.of(late);
        assert_eq!(day.to_string(), "2026-11-24");
        assert_eq!(berlin.begins(day), Some("2026-11-23T23:00:00Z".parse().unwrap()));
        assert_eq!(berlin.ends(day), Some("2026-11-24T23:00:00Z".parse().unwrap()));
        assert!(Days::new("Europe/Atlantis").is_err());
    }
}
