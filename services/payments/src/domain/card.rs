//! Cards: whether one can be real, and what may be kept of it.

use emart_payments_api::NewCardToken;
use emart_types::{Invalid, Secret, Timestamp};

use crate::providers::CardDetails;

/// What may be shown of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckedCard {
    pub(crate) brand: &'static str,
    pub(crate) last4: String,
    pub(crate) exp_month: u8,
    pub(crate) exp_year: u16,
}

/// Checks a card. What is wrong is said without repeating what was typed.
pub(crate) fn check(
    new: &NewCardToken,
    now: Timestamp,
) -> Result<(CardDetails, CheckedCard), Invalid> {
    let mut invalid = Invalid::new();
    let number = digits(&new.number).unwrap_or_default();
    invalid.require(is_number(&number), "/number", "this is not a card number");
    let brand = brand(&number);
    let months = (1..=12).contains(&new.exp_month);
    invalid.require(months, "/exp_month", "must be from 1 to 12");
    let years = (2000..=2100).contains(&new.exp_year);
    invalid.require(years, "/exp_year", "must have four digits");
    if months && years && is_past(new.exp_year, new.exp_month, now) {
        invalid.push("/exp_month", "the card has expired");
    }
    let length = if brand == "amex" { 4 } else { 3 };
    let fits = new.cvc.len() == length && new.cvc.bytes().all(|b| b.is_ascii_digit());
    let wrong = if length == 4 { "must be four digits" } else { "must be three digits" };
    invalid.require(fits, "/cvc", wrong);
    invalid.finish()?;
    let last4 = number[number.len() - 4..].to_owned();
    let (exp_month, exp_year) = (new.exp_month, new.exp_year);
    let details = CardDetails {
        number: Secret::new(number),
        exp_month,
        exp_year,
        cvc: Secret::new(new.cvc.clone()),
    };
    Ok((details, CheckedCard { brand, last4, exp_month, exp_year }))
}

/// The digits of a number as people type it; `None` when there is anything else in it.
fn digits(text: &str) -> Option<String> {
    if text.chars().count() > 32 {
        return None;
    }
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(digits)
}

fn is_number(digits: &str) -> bool {
    (12..=19).contains(&digits.len()) && luhn(digits) && digits.bytes().any(|b| b != b'0')
}

/// The check digit of ISO/IEC 7812.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A card is good to the end of its month.
fn is_past(year: u16, month: u8, now: Timestamp) -> bool {
    let today = now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
    (i32::from(year), i32::from(month)) < (i32::from(today.year()), i32::from(today.month()))
}

/// The brand, by the ranges that the networks publish.
fn brand(digits: &str) -> &'static str {
    let starts =
        |length: usize| digits.get(..length).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
    let (one, two, three, four) = (starts(1), starts(2), starts(3), starts(4));
    let six = starts(6);
    if matches!(two, 34 | 37) {
        "amex"
    } else if matches!(three, 300..=305) || matches!(two, 36 | 38 | 39) {
        "diners"
    } else if (3528..=3589).contains(&four) {
        "jcb"
    } else if one == 4 {
        "visa"
    } else if (51..=55).contains(&two) || (222_100..=272_099).contains(&six) {
        "mastercard"
    } else if four == 6011 || matches!(three, 644..=649) || two == 65 {
        "discover"
    } else if two == 62 {
        "unionpay"
    } else {
        "card"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn card(number: &str, exp_month: u8, exp_year: u16, cvc: &str) -> NewCardToken {
        NewCardToken { number: number.to_owned(), exp_month, exp_year, cvc: cvc.to_owned() }
    }

    #[test]
    fn a_card_is_read_as_people_type_it() {
        for number in ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242"] {
            let (details, shown) = check(&card(number, 11, 2026, "123"), now()).unwrap();
            assert_eq!(details.number.expose(), "4242424242424242");
            assert_eq!((shown.brand, &*shown.last4), ("visa", "4242"));
        }
    }

    #[test]
    fn what_is_wrong_is_said_field_by_field_and_never_repeated() {
        let wrong = check(&card("4242424242424241", 13, 2026, "12a"), now()).unwrap_err();
        let pointers: Vec<_> = wrong.0.iter().map(|field| &*field.pointer).collect();
        assert_eq!(pointers, ["/number", "/exp_month", "/cvc"]);
        assert!(!wrong.to_string().contains("4242"));
    }

    #[test]
    fn a_card_is_good_to_the_end_of_its_month() {
        assert!(check(&card("4242424242424242", 11, 2026, "123"), now()).is_ok());
        let expired = check(&card("4242424242424242", 10, 2026, "123"), now()).unwrap_err();
        assert_eq!(expired.0[0].detail, "the card has expired");
    }

    #[test]
    fn numbers_of_nought_other_alphabets_and_absurd_length_are_refused() {
        let long = "4".repeat(40);
        for bad in
            ["", "0000000000000000", "４２４２４２４２４２４２４２４２", "42424242424", &long]
        {
            assert!(check(&card(bad, 11, 2027, "123"), now()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_amex_card_has_a_code_of_four_digits() {
        assert!(check(&card("378282246310005", 11, 2027, "123"), now()).is_err());
        assert_eq!(
            check(&card("378282246310005", 11, 2027, "1234"), now()).unwrap().1.brand,
            "amex"
        );
    }

    #[test]
    fn brands_are_told_by_their_ranges() {
        for (number, expected) in [
            ("5555555555554444", "mastercard"),
            ("2223003122003222", "mastercard"),
            ("6011111111111117", "discover"),
            ("3566002020360505", "jcb"),
            ("3056930009020004", "diners"),
            ("6200000000000005", "unionpay"),
            ("9000000000000001", "card"),
        ] {
            assert_eq!(brand(number), expected, "{number}");
        }
    }
}
