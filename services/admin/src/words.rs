//! How dates, counts and names of fields read.

use emart_types::Timestamp;

/// `23 Nov 2026, 10:02`
pub(crate) fn date_time(at: Timestamp) -> String {
    zoned(at).strftime("%-d %b %Y, %H:%M").to_string()
}

/// `23 Nov 2026`
pub(crate) fn date(at: Timestamp) -> String {
    zoned(at).strftime("%-d %b %Y").to_string()
}

/// How long ago: `just now`, `5 minutes ago`, `yesterday`, and from a week on the date.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let minutes = (now.as_millis() - at.as_millis()) / 60_000;
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => format!("{} ago", count(minutes, "minute", "minutes")),
        60..1_440 => format!("{} ago", count(minutes / 60, "hour", "hours")),
        1_440..2_880 => "yesterday".to_owned(),
        2_880..10_080 => format!("{} ago", count(minutes / 1_440, "day", "days")),
        _ => date(at),
    }
}

/// `1 order`, `1,200 orders`.
pub(crate) fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// `1,234,567`
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    if number < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `shipping_method` as `Shipping method`.
pub(crate) fn label(name: &str) -> String {
    let mut chars = name.chars().map(|c| if matches!(c, '_' | '.') { ' ' } else { c });
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn zoned(at: Timestamp) -> jiff::Zoned {
    at.to_jiff().to_zoned(jiff::tz::TimeZone::system())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_are_near_read_as_people_say_them() {
        let now = Timestamp::from_millis(1_795_400_000_000);
        let before = |minutes: i64| Timestamp::from_millis(1_795_400_000_000 - minutes * 60_000);
        for (minutes, words) in [
            (0, "just now"),
            (1, "1 minute ago"),
            (59, "59 minutes ago"),
            (120, "2 hours ago"),
            (1_500, "yesterday"),
            (4_500, "3 days ago"),
        ] {
            assert_eq!(ago(before(minutes), now), words);
        }
    }

    #[test]
    fn counts_and_labels_read_as_words() {
        assert_eq!(count(1, "order", "orders"), "1 order");
        assert_eq!(count(1_234_567, "order", "orders"), "1,234,567 orders");
        assert_eq!(label("shipping_method"), "Shipping method");
    }
}
