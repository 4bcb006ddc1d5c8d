//! The order form: the card and the day.

use emart_types::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::Value;

use super::fields::is_empty;

/// A card's number, or what is wrong with it.
pub(crate) fn card(value: &Value) -> Result<String, &'static str> {
    if is_empty(value) {
        return Err("Credit card number is required");
    }
    let invalid = "Credit card number is invalid";
    let digits = value.as_str().ok_or(invalid)?.trim();
    let is_card = (12..=19).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.bytes().any(|byte| byte != b'0')
        && luhn(digits);
    if is_card { Ok(digits.to_owned()) } else { Err(invalid) }
}

fn luhn(digits: &str) -> bool {
    let doubled = |(place, byte): (usize, u8)| {
        let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
        if digit > 9 { digit - 9 } else { digit }
    };
    digits.bytes().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

/// The security code that goes with a card whose holder was not asked for one.
pub(crate) fn no_code(digits: &str) -> &'static str {
    if digits.starts_with("34") || digits.starts_with("37") { "0000" } else { "000" }
}

/// The day of delivery, or what is wrong with it: today (in UTC) or later.
pub(crate) fn day(value: &Value, now: Timestamp) -> Result<String, &'static str> {
    if is_empty(value) {
        return Err("Shipping date is required");
    }
    let invalid = "Shipping date is invalid";
    let text = value.as_str().ok_or(invalid)?.trim();
    let (day, time) = text.split_at_checked(10).ok_or(invalid)?;
    let date: Date = day.parse().map_err(|_| invalid)?;
    let is_time = text.parse::<DateTime>().is_ok() || text.parse::<jiff::Timestamp>().is_ok();
    let plain = day.as_bytes()[4] == b'-' && day.as_bytes()[7] == b'-';
    if !plain || !(time.is_empty() || (time.starts_with('T') && is_time)) {
        return Err(invalid);
    }
    let today = now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
    if date >= today { Ok(date.to_string()) } else { Err(invalid) }
}

/// A day as the original writes it: its first moment.
pub(crate) fn first_moment(day: &str) -> String {
    format!("{day}T00:00:00.000Z")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_card_is_a_text_of_digits_that_add_up() {
        assert_eq!(card(&json!("4242424242424242")).unwrap(), "4242424242424242");
        for empty in [json!(null), json!(""), json!("  "), json!({})] {
            assert_eq!(card(&empty), Err("Credit card number is required"));
        }
        for bad in [
            json!("4242424242424241"),
            json!("0000000000000000"),
            json!("18"),
            json!(4_242_424_242_424_242_u64),
            json!("4242 4242 4242 4242"),
            json!(["4242424242424242"]),
        ] {
            assert_eq!(card(&bad), Err("Credit card number is invalid"), "{bad}");
        }
    }

    #[test]
    fn a_day_is_today_or_later_and_in_the_calendar() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-11-23", "2026-11-23"),
            ("2026-11-29T00:00:00.000Z", "2026-11-29"),
            ("2026-11-29T00:00", "2026-11-29"),
            ("2031-01-01", "2031-01-01"),
        ] {
            assert_eq!(day(&json!(text), now).as_deref(), Ok(expected), "{text}");
        }
        for text in [
            "2026-11-22",
            "2027-02-31",
            "tomorrow!!",
            "2027-01-01x",
            "2027-1-1",
            "20270101xx",
            "ääääää",
        ] {
            assert_eq!(day(&json!(text), now), Err("Shipping date is invalid"), "{text}");
        }
        assert_eq!(day(&json!(""), now), Err("Shipping date is required"));
        assert_eq!(day(&json!(20_270_101), now), Err("Shipping date is invalid"));
    }
}
