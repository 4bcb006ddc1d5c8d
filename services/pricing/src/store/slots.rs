//! Delivery slots: days with a capacity, and the bookings that use it up.

use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

/// What became of a try to book.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Booked {
    /// The reference has this day now, or had it before.
    On(String),
    /// None of the days has a place left.
    Full,
    /// The reference was released before.
    Released,
}

/// Books the first of `days` that has a place. The reference's row is written first: whoever books or releases the
/// same reference at the same time waits for this transaction.
pub(crate) async fn book(
    tx: &Tx,
    reference: &str,
    days: &[String],
    default_capacity: u32,
    now: Timestamp,
) -> Result<Booked, Error> {
    let claim = "INSERT INTO slot_bookings (reference, date, released_at, created_at) \
                 VALUES ($1, NULL, NULL, $2) ON CONFLICT DO NOTHING";
    if tx.exec(claim, vals![reference, now.as_millis()]).await? == 0 {
        let sql = "SELECT date, released_at FROM slot_bookings WHERE reference = $1";
        let (date, released): (Option<String>, Option<i64>) = tx.one(sql, vals![reference]).await?;
        return Ok(match (date, released) {
            (Some(date), None) => Booked::On(date),
            _ => Booked::Released,
        });
    }
    for day in days {
        if take(tx, day, default_capacity).await? {
            let sql = "UPDATE slot_bookings SET date = $2 WHERE reference = $1";
            tx.exec(sql, vals![reference, day.as_str()]).await?;
            return Ok(Booked::On(day.clone()));
        }
    }
    // Nothing was booked: the claim goes, so that another day can be tried.
    tx.exec("DELETE FROM slot_bookings WHERE reference = $1", vals![reference]).await?;
    Ok(Booked::Full)
}

/// Takes a place on a day if it has one left.
async fn take(tx: &Tx, day: &str, default_capacity: u32) -> Result<bool, Error> {
    let row = "INSERT INTO delivery_days (date, capacity, booked) VALUES ($1, NULL, 0) \
               ON CONFLICT DO NOTHING";
    let sql = "UPDATE delivery_days SET booked = booked + 1 \
               WHERE date = $1 AND booked < COALESCE(capacity, $2)";
    let values = vals![day, i64::from(default_capacity)];
    if tx.exec(sql, values).await? == 1 {
        return Ok(true);
    }
    if tx.exec(row, vals![day]).await? == 0 {
        return Ok(false);
    }
    Ok(tx.exec(sql, values).await? == 1)
}

/// Gives a reference's place back, or notes that it is not to get one.
pub(crate) async fn release(tx: &Tx, reference: &str, now: Timestamp) -> Result<(), Error> {
    let at = now.as_millis();
    let stop = "INSERT INTO slot_bookings (reference, date, released_at, created_at) \
                VALUES ($1, NULL, $2, $2) ON CONFLICT DO NOTHING";
    if tx.exec(stop, vals![reference, at]).await? == 1 {
        return Ok(());
    }
    let sql = "UPDATE slot_bookings SET released_at = $2 \
               WHERE reference = $1 AND released_at IS NULL RETURNING date";
    let Some((Some(date),)) = tx.opt::<(Option<String>,)>(sql, vals![reference, at]).await? else {
        return Ok(());
    };
    let sql = "UPDATE delivery_days SET booked = booked - 1 WHERE date = $1";
    tx.exec(sql, vals![date]).await?;
    Ok(())
}

/// The days from `first` to `last` of which something is known: date, capacity if set, places taken.
pub(crate) async fn days(
    tx: &Tx,
    first: &str,
    last: &str,
) -> Result<Vec<(String, Option<i64>, i64)>, Error> {
    let sql = "SELECT date, capacity, booked FROM delivery_days \
               WHERE date >= $1 AND date <= $2 ORDER BY date";
    tx.all(sql, vals![first, last]).await
}

/// The days from `first` on that have no place left.
pub(crate) async fn full(
    tx: &Tx,
    first: &str,
    default_capacity: u32,
) -> Result<Vec<String>, Error> {
    let sql = "SELECT date FROM delivery_days \
               WHERE date >= $1 AND booked >= COALESCE(capacity, $2) ORDER BY date";
    let rows: Vec<(String,)> = tx.all(sql, vals![first, i64::from(default_capacity)]).await?;
    Ok(rows.into_iter().map(|(date,)| date).collect())
}

/// A day's capacity, if set, and the places taken.
pub(crate) async fn day(tx: &Tx, day: &str) -> Result<(Option<i64>, i64), Error> {
    let sql = "SELECT capacity, booked FROM delivery_days WHERE date = $1";
    Ok(tx.opt(sql, vals![day]).await?.unwrap_or((None, 0)))
}

/// Sets a day's capacity, or lets it be the default again, if it still is what was read.
pub(crate) async fn set_capacity(
    tx: &Tx,
    day: &str,
    read: Option<i64>,
    capacity: Option<u32>,
) -> Result<bool, Error> {
    let row = "INSERT INTO delivery_days (date, capacity, booked) VALUES ($1, NULL, 0) \
               ON CONFLICT DO NOTHING";
    tx.exec(row, vals![day]).await?;
    let sql =
        "UPDATE delivery_days SET capacity = $3 WHERE date = $1 AND COALESCE(capacity, -1) = $2";
    let values = vals![day, read.unwrap_or(-1), capacity.map(i64::from)];
    Ok(tx.exec(sql, values).await? == 1)
}
