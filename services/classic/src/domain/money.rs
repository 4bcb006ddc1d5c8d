//! Money as the original writes it: a JSON number; and prices as its forms send them.

use emart_types::{Currency, Money};
use serde_json::Number;

/// The amount as a number: `21`, `10.5`.
pub(crate) fn number(money: Money) -> Number {
    let text = money.to_decimal();
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    text.parse().ok().and_then(Number::from_f64).unwrap_or_else(|| 0.into())
}

/// A price: digits with a point before some of them, perhaps a sign. More decimals than the currency has are rounded.
pub(crate) fn price(text: &str, currency: Currency) -> Option<Money> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'+' => (false, &text[1..]),
        b'-' => (true, &text[1..]),
        _ => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or(("", digits));
    let (whole, part) = if digits.contains('.') { (whole, part) } else { (digits, "") };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let ends_well = !digits.contains('.') || !part.is_empty();
    if digits.is_empty() || !ends_well || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let places = currency.exponent() as usize;
    let kept: String = part.chars().chain(std::iter::repeat('0')).take(places).collect();
    let mut minor = format!("{whole}{kept}").trim_start_matches('0').to_owned();
    if minor.is_empty() {
        minor.push('0');
    }
    let minor: i64 = minor.parse().ok()?;
    let up = part.as_bytes().get(places).is_some_and(|digit| *digit >= b'5');
    let minor = minor.checked_add(i64::from(up))?;
    Some(Money::new(if negative { -minor } else { minor }, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_the_original_reads_them() {
        for (text, minor) in [
            ("10.5", 1050),
            ("+5", 500),
            (".5", 50),
            ("0", 0),
            ("-5", -500),
            ("10.555", 1056),
            ("007", 700),
        ] {
            assert_eq!(
                price(text, Currency::EUR),
                Some(Money::new(minor, Currency::EUR)),
                "{text}"
            );
        }
        for text in ["", "1e3", "1,5", "Infinity", "5.", ".", "+", "--5", "٣", "1.2.3"] {
            assert_eq!(price(text, Currency::EUR), None, "{text}");
        }
        assert_eq!(price(&"9".repeat(40), Currency::EUR), None);
    }

    #[test]
    fn money_is_a_number_without_noise() {
        for (minor, text) in [(2100, "21"), (1050, "10.5"), (3030, "30.3"), (0, "0"), (5, "0.05")] {
            assert_eq!(number(Money::new(minor, Currency::EUR)).to_string(), text);
        }
    }
}
