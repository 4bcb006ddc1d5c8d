//! How amounts, dates and states read.

use emart_catalog_api::Highlight;
use emart_types::{Money, Timestamp};

use crate::view::Status;

/// `€1,299.00`; letters for a symbol get a space: `CHF 12.50`.
pub(crate) fn money(amount: Money) -> String {
    let decimal = amount.to_decimal();
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |d| ("−", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::with_capacity(16);
    text.push_str(sign);
    let symbol = amount.currency.symbol();
    text.push_str(&symbol);
    if symbol.ends_with(char::is_alphabetic) {
        text.push('\u{a0}');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// By how many per cent `now` is below `was`; `None` when it is not.
pub(crate) fn cut(now: Money, was: Option<Money>) -> Option<u32> {
    let was = was.filter(|was| was.amount_minor > now.amount_minor && now.amount_minor >= 0)?;
    let saved =
        i128::from(was.amount_minor - now.amount_minor) * 100 / i128::from(was.amount_minor);
    u32::try_from(saved).ok().filter(|saved| *saved > 0)
}

/// `23 November 2026`
pub(crate) fn date(at: Timestamp) -> String {
    zoned(at).strftime("%-d %B %Y").to_string()
}

/// `23 November 2026, 10:02`
pub(crate) fn date_time(at: Timestamp) -> String {
    zoned(at).strftime("%-d %B %Y, %H:%M").to_string()
}

/// `2026-01-31` as `Saturday 31 January`, or `Sat 31 Jan`; as it is when it is no date.
pub(crate) fn day(date: &str, short: bool) -> String {
    let form = if short { "%a %-d %b" } else { "%A %-d %B" };
    let parsed = date.parse::<jiff::civil::Date>();
    parsed.map_or_else(|_| date.to_owned(), |date| date.strftime(form).to_string())
}

fn zoned(at: Timestamp) -> jiff::Zoned {
    at.to_jiff().to_zoned(jiff::tz::TimeZone::system())
}

/// Whether something can be had, for the product page.
pub(crate) fn stock(in_stock: bool, available: Option<i64>) -> Status {
    match available {
        _ if !in_stock => Status { text: "Sold out".to_owned(), class: "stock-out" },
        Some(left) if left <= 5 => Status { text: format!("Only {left} left"), class: "stock-low" },
        _ => Status { text: "In stock, ready to send".to_owned(), class: "" },
    }
}

/// A marked text as HTML: escaped, the matches in `<mark>`.
pub(crate) fn marked(parts: &[Highlight]) -> String {
    let mut html = String::new();
    for part in parts {
        if part.hit {
            html.push_str("<mark>");
        }
        escape(&part.text, &mut html);
        if part.hit {
            html.push_str("</mark>");
        }
    }
    html
}

/// A text as HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(text, &mut html);
    html
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

/// JSON that can stand inside a `<script>`: no `<` can end it.
pub(crate) fn script_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned()).replace('<', "\\u003c")
}

/// The first words of an HTML text, without its tags: for descriptions in search engines.
pub(crate) fn beginning(html: &str, max: usize) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            c if !in_tag => text.push(c),
            _ => {}
        }
        if text.len() > max * 4 {
            break;
        }
    }
    let text = text.replace("&amp;", "&").replace("&nbsp;", " ").replace("&quot;", "\"");
    let mut short = String::new();
    for word in text.split_whitespace() {
        if short.len() + word.len() >= max {
            short.push('…');
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}

#[cfg(test)]
mod tests {
    use emart_types::Currency;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money { amount_minor: minor, currency: Currency::EUR }
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(money(eur(1999)), "€19.99");
        assert_eq!(money(eur(129_900_000)), "€1,299,000.00");
        assert_eq!(money(eur(-500)), "−€5.00");
        assert_eq!(money(Money { amount_minor: 1200, currency: "JPY".parse().unwrap() }), "¥1,200");
    }

    #[test]
    fn a_cut_is_only_one_when_the_price_is_lower() {
        assert_eq!(cut(eur(1500), Some(eur(2000))), Some(25));
        assert_eq!(cut(eur(2000), Some(eur(2000))), None);
        assert_eq!(cut(eur(2000), Some(eur(0))), None);
        assert_eq!(cut(eur(1999), Some(eur(2000))), None);
    }

    #[test]
    fn what_is_marked_is_escaped() {
        let parts = [
            Highlight { text: "<b>".to_owned(), hit: false },
            Highlight { text: "mug&".to_owned(), hit: true },
        ];
        assert_eq!(marked(&parts), "&lt;b&gt;<mark>mug&amp;</mark>");
    }

    #[test]
    fn days_read_in_words_and_nonsense_stays() {
        assert_eq!(day("2026-01-31", false), "Saturday 31 January");
        assert_eq!(day("2026-01-31", true), "Sat 31 Jan");
        assert_eq!(day("soon", false), "soon");
    }

    #[test]
    fn a_description_is_cut_at_a_word() {
        assert_eq!(beginning("<p>One two</p><p>three</p>", 10), "One two…");
        assert_eq!(beginning("<p>a &amp; b</p>", 100), "a & b");
    }
}
