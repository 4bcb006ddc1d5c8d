//! How the shop is doing, from the sums of its days.

use std::collections::HashMap;

use emart_orders_api::{DayStatistics, PeriodStatistics, Sales};
use emart_types::{Currency, Money};
use jiff::civil::Date;

use crate::domain::days::back;

/// A day's sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) orders: i64,
    pub(crate) pieces: i64,
    pub(crate) sales_minor: i64,
    pub(crate) refunds_minor: i64,
}

impl Sums {
    fn add(self, other: Self) -> Self {
        Self {
            orders: self.orders + other.orders,
            pieces: self.pieces + other.pieces,
            sales_minor: self.sales_minor + other.sales_minor,
            refunds_minor: self.refunds_minor + other.refunds_minor,
        }
    }

    fn sales(self, currency: Currency) -> Sales {
        let average = if self.orders == 0 { 0 } else { self.sales_minor / self.orders };
        Sales {
            orders: self.orders,
            pieces: self.pieces,
            sales: Money::new(self.sales_minor, currency),
            refunds: Money::new(self.refunds_minor, currency),
            average: Money::new(average, currency),
        }
    }
}

/// The days up to today that had an order or a refund.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) today: Date,
    pub(crate) days: HashMap<String, Sums>,
    pub(crate) currency: Currency,
}

impl Book {
    /// The last days, today included, and as many before them.
    pub(crate) fn period(&self, days: i64) -> PeriodStatistics {
        PeriodStatistics { now: self.sum(0, days), before: self.sum(days, days) }
    }

    fn sum(&self, skip: i64, days: i64) -> Sales {
        let sums = (skip..skip + days).map(|ago| self.day(ago));
        sums.fold(Sums::default(), Sums::add).sales(self.currency)
    }

    fn day(&self, ago: i64) -> Sums {
        self.days.get(&back(self.today, ago).to_string()).copied().unwrap_or_default()
    }

    /// Each of the last days, the oldest first.
    pub(crate) fn by_day(&self, days: i64) -> Vec<DayStatistics> {
        let day = |ago| DayStatistics {
            date: back(self.today, ago).to_string(),
            sales: self.day(ago).sales(self.currency),
        };
        (0..days).rev().map(day).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_compared_with_as_many_days_before_it() {
        let sums = |orders| Sums { orders, sales_minor: 300, ..Sums::default() };
        let days = [("2026-03-01", 2), ("2026-02-28", 1), ("2026-02-23", 4), ("2026-02-22", 8)];
        let days = days.map(|(day, orders)| (day.to_owned(), sums(orders))).into();
        let today = "2026-03-01".parse().unwrap();
        let book = Book { today, days, currency: Currency::EUR };
        let (day, week) = (book.period(1), book.period(7));
        assert_eq!((day.now.orders, day.before.orders), (2, 1));
        assert_eq!((week.now.orders, week.before.orders), (7, 8));
        assert_eq!(day.now.average.amount_minor, 150);
        let dates: Vec<_> = book.by_day(3).into_iter().map(|day| day.date).collect();
        assert_eq!(dates, ["2026-02-27", "2026-02-28", "2026-03-01"]);
    }
}
