//! Book numbers (ISO 2108): thirteen digits, or the ten of before 2007, the last of which checks the others.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

/// An ISBN. Thirteen digits inside and in JSON; ten digits, hyphens and spaces are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Isbn([u8; 13]);

/// Why a text is no ISBN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IsbnError {
    /// Something else than digits, hyphens and a last X, or the wrong number of them.
    #[error("an ISBN has 10 or 13 digits")]
    Form,
    /// A digit is wrong, or two have changed places.
    #[error("the check digit of this ISBN does not fit the others")]
    CheckDigit,
    /// Thirteen digits of another kind of article.
    #[error("an ISBN of 13 digits begins with 978 or 979")]
    Prefix,
}

impl Isbn {
    /// With the digits before the check digit, which is worked out: 12, or the 9 of an ISBN of ten.
    #[must_use]
    pub fn with_check_digit(digits: &[u8]) -> Option<Self> {
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut isbn = *b"9780000000000";
        match digits.len() {
            9 => isbn[3..12].copy_from_slice(digits),
            12 => isbn[..12].copy_from_slice(digits),
            _ => return None,
        }
        isbn[12] = check_13(&isbn);
        matches!(&isbn[..3], b"978" | b"979").then_some(Self(isbn))
    }

    /// The thirteen digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The same as ten digits; a number of 979 has none.
    #[must_use]
    pub fn ten(&self) -> Option<String> {
        let nine = self.0.strip_prefix(b"978")?.get(..9)?;
        let mut ten = String::from_utf8_lossy(nine).into_owned();
        ten.push(check_10(nine).into());
        Some(ten)
    }
}

/// Weights 1 and 3 in turn; all thirteen add up to a multiple of 10.
fn check_13(digits: &[u8; 13]) -> u8 {
    let weighed = digits[..12].iter().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighed.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    digit((10 - sum % 10) % 10)
}

/// Weights 10 down to 1; all ten add up to a multiple of 11, X being 10.
fn check_10(nine: &[u8]) -> u8 {
    let weighed = nine.iter().zip((2..=10).rev());
    let sum: u32 = weighed.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    digit((11 - sum % 11) % 11)
}

fn digit(value: u32) -> u8 {
    match u8::try_from(value) {
        Ok(value @ 0..=9) => b'0' + value,
        _ => b'X',
    }
}

impl FromStr for Isbn {
    type Err = IsbnError;
    fn from_str(text: &str) -> Result<Self, IsbnError> {
        let mut digits = [0; 13];
        let mut length = 0;
        for byte in text.trim().bytes().filter(|byte| !matches!(byte, b'-' | b' ')) {
            *digits.get_mut(length).ok_or(IsbnError::Form)? = byte.to_ascii_uppercase();
            length += 1;
        }
        let Some((check, body)) = digits[..length].split_last() else {
            return Err(IsbnError::Form);
        };
        let is_check = check.is_ascii_digit() || (length == 10 && *check == b'X');
        if !matches!(length, 10 | 13) || !is_check || !body.iter().all(u8::is_ascii_digit) {
            return Err(IsbnError::Form);
        }
        let right = if length == 10 { check_10(body) } else { check_13(&digits) };
        if *check != right {
            return Err(IsbnError::CheckDigit);
        }
        Self::with_check_digit(body).ok_or(IsbnError::Prefix)
    }
}

impl fmt::Display for Isbn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Isbn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Isbn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Isbn {
    fn schema() -> RefOr<Schema> {
        let description = "ISO 2108: 13 digits. In what is sent also 10, with or without hyphens.";
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(description))
            .examples(["9780306406157"])
            .into()
    }
}

impl utoipa::ToSchema for Isbn {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lengths_in_every_spelling_are_one_number() {
        for text in ["0306406152", "0-306-40615-2", "978-0-306-40615-7", " 978 0 306 40615 7 "] {
            assert_eq!(text.parse::<Isbn>().unwrap().as_str(), "9780306406157", "{text}");
        }
        let with_x: Isbn = "080442957x".parse().unwrap();
        assert_eq!(
            (with_x.as_str(), with_x.ten().unwrap().as_str()),
            ("9780804429573", "080442957X")
        );
        assert_eq!("9791090636071".parse::<Isbn>().unwrap().ten(), None);
    }

    #[test]
    fn a_wrong_digit_and_two_that_have_changed_places_are_noticed() {
        for wrong in ["0306406153", "9780306406175", "0360406152"] {
            assert_eq!(wrong.parse::<Isbn>(), Err(IsbnError::CheckDigit), "{wrong}");
        }
        for wrong in [
            "",
            "X",
            "030640615",
            "03064O6152",
            "97803064061570",
            "978030640615X",
            "９780306406157",
        ] {
            assert_eq!(wrong.parse::<Isbn>(), Err(IsbnError::Form), "{wrong}");
        }
        assert_eq!("4006381333931".parse::<Isbn>(), Err(IsbnError::Prefix));
    }
}
