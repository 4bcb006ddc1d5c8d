//! What `mongoexport` writes: a document a line, or all of them as one array; numbers, dates and ids as `MongoDB`'s
//! Extended JSON has them, canonical or relaxed.

use std::path::Path;

use anyhow::{Context as _, bail};
use emart_types::{Currency, Money, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The dearest thing of an original store, in its currency.
const DEAREST: f64 = 100_000_000.0;

/// A document, and which of its file it is.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) number: usize,
    document: Value,
}

/// Reads a file. One that breaks off is an error: something of it would be missing.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Record>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    records(&bytes).with_context(|| path.display().to_string())
}

fn records(bytes: &[u8]) -> anyhow::Result<Vec<Record>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let documents: Vec<Value> = if bytes.starts_with(b"[") {
        serde_json::from_slice(bytes)?
    } else {
        let stream = serde_json::Deserializer::from_slice(bytes).into_iter();
        stream.collect::<Result<_, _>>()?
    };
    let record = |(at, document): (usize, Value)| {
        if !document.is_object() {
            bail!("record {} is no document", at + 1);
        }
        Ok(Record { number: at + 1, document })
    };
    documents.into_iter().enumerate().map(record).collect()
}

impl Record {
    /// Its `_id`.
    pub(super) fn id(&self) -> Option<String> {
        oid(&self.document["_id"])
    }

    /// What stands under a name; null where nothing does.
    pub(super) fn get(&self, name: &str) -> &Value {
        &self.document[name]
    }
}

/// An id: `{"$oid": …}` or the digits alone.
pub(super) fn oid(value: &Value) -> Option<String> {
    let text = value["$oid"].as_str().or_else(|| value.as_str())?.to_ascii_lowercase();
    let is_one = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then_some(text)
}

/// A moment: `{"$date": "2026-…Z"}`, `{"$date": {"$numberLong": "…"}}`, `{"$date": …}` in milliseconds, or the text.
pub(super) fn date(value: &Value) -> Option<Timestamp> {
    let inner = if value["$date"].is_null() { value } else { &value["$date"] };
    if let Some(text) = inner.as_str() {
        return text.parse().ok();
    }
    let is_date = !value["$date"].is_null();
    number(inner).filter(|_| is_date)?.parse().ok().map(Timestamp::from_millis)
}

/// A number as it is written: plain, or `{"$numberInt": …}`, `{"$numberLong": …}`, `{"$numberDouble": …}`.
fn number(value: &Value) -> Option<String> {
    let kinds = ["$numberInt", "$numberLong", "$numberDouble", "$numberDecimal"];
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::Object(fields) => {
            let inner = kinds.into_iter().find_map(|kind| fields.get(kind));
            inner.and_then(Value::as_str).map(ToOwned::to_owned)
        }
        _ => None,
    }
}

/// A number or a text of one.
fn number_or_text(value: &Value) -> Option<String> {
    number(value).or_else(|| value.as_str().map(|text| text.trim().to_owned()))
}

/// A text; a number as its digits; empty where there is neither.
pub(super) fn text(value: &Value) -> String {
    number_or_text(value).unwrap_or_default()
}

/// A whole number from 1 up.
pub(super) fn count(value: &Value) -> Option<u32> {
    let text = number_or_text(value)?;
    let whole = text.split_once('.').map_or(&*text, |(whole, part)| {
        if part.bytes().all(|byte| byte == b'0') { whole } else { "" }
    });
    whole.parse().ok().filter(|count| *count > 0)
}

/// An amount. What the original's sums have too many decimals of (`30.299999999999997`) is rounded.
pub(super) fn money(value: &Value, currency: Currency) -> Option<Money> {
    let amount: f64 = number_or_text(value)?.parse().ok()?;
    if !amount.is_finite() || amount.abs() > DEAREST {
        return None;
    }
    let text = format!("{:.6}", amount.abs());
    let (whole, part) = text.split_once('.')?;
    let (kept, rest) = part.split_at_checked(currency.exponent() as usize)?;
    let minor: i64 = format!("{whole}{kept}").parse().ok()?;
    let minor = minor + i64::from(rest.bytes().next().is_some_and(|digit| digit >= b'5'));
    Some(Money::new(if amount.is_sign_negative() { -minor } else { minor }, currency))
}

/// When something was made, which the first eight digits of its id say.
pub(super) fn born(hex: &str) -> Timestamp {
    let seconds = hex.get(..8).and_then(|digits| i64::from_str_radix(digits, 16).ok());
    Timestamp::from_millis(seconds.unwrap_or_default() * 1000)
}

/// What the id of a thing here is derived from: what it is and the id it had.
pub(super) fn name_of(kind: &str, hex: &str) -> [u8; 10] {
    let hash = Sha256::digest(format!("{kind}:{hex}"));
    let mut name = [0; 10];
    name.copy_from_slice(&hash[..10]);
    name
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HEX: &str = "5fbb2a7d9c3e1a0004d2f1aa";

    #[test]
    fn lines_an_array_and_pretty_documents_are_the_same_records() {
        let lines = "{\"_id\":{\"$oid\":\"5fbb2a7d9c3e1a0004d2f1aa\"}}\n{\"_id\":\"5FBB2A7D9C3E1A0004D2F1AB\"}\n";
        let array = "\u{feff}[\n {\"_id\": {\"$oid\": \"5fbb2a7d9c3e1a0004d2f1aa\"}},\n {\"_id\": \"5fbb2a7d9c3e1a0004d2f1ab\"}\n]";
        for text in [lines, array] {
            let records = records(text.as_bytes()).unwrap();
            let ids: Vec<_> = records.iter().filter_map(Record::id).collect();
            assert_eq!(ids, [HEX, "5fbb2a7d9c3e1a0004d2f1ab"]);
            assert_eq!(records[1].number, 2);
        }
    }

    #[test]
    fn a_file_that_breaks_off_or_holds_something_else_is_an_error() {
        for text in ["{\"_id\":1}\n{\"_id\":", "[{}", "[1]", "\"x\""] {
            assert!(records(text.as_bytes()).is_err(), "{text}");
        }
        assert!(records(b"").unwrap().is_empty());
    }

    #[test]
    fn moments_are_read_in_every_form() {
        let expected = Timestamp::from_millis(1_606_100_429_944);
        for value in [
            json!({"$date": "2020-11-23T03:00:29.944Z"}),
            json!({"$date": {"$numberLong": "1606100429944"}}),
            json!({"$date": 1_606_100_429_944_i64}),
            json!("2020-11-23T03:00:29.944Z"),
        ] {
            assert_eq!(date(&value), Some(expected), "{value}");
        }
        for value in
            [json!(null), json!("soon"), json!(1_606_100_429_944_i64), json!({"$date": []})]
        {
            assert_eq!(date(&value), None, "{value}");
        }
    }

    #[test]
    fn amounts_lose_the_noise_of_doubles() {
        let minor = |value| money(&value, Currency::EUR).map(|money| money.amount_minor);
        for (value, expected) in [
            (json!(30.299_999_999_999_997), 3030),
            (json!({"$numberDouble": "10.5"}), 1050),
            (json!({"$numberInt": "7"}), 700),
            (json!("19.99"), 1999),
            (json!(0.005), 1),
            (json!(-5), -500),
        ] {
            assert_eq!(minor(value.clone()), Some(expected), "{value}");
        }
        for value in [json!("abc"), json!(null), json!(1e300), json!({"$numberDouble": "NaN"})] {
            assert_eq!(minor(value.clone()), None, "{value}");
        }
    }

    #[test]
    fn counts_are_whole_and_at_least_one() {
        assert_eq!(count(&json!({"$numberInt": "3"})), Some(3));
        assert_eq!((count(&json!(2.0)), count(&json!("4"))), (Some(2), Some(4)));
        for value in [json!(0), json!(1.5), json!(-1), json!("x"), json!(null)] {
            assert_eq!(count(&value), None, "{value}");
        }
    }

    #[test]
    fn an_id_says_when_it_was_made() {
        assert_eq!(born(HEX).as_seconds(), 0x5fbb_2a7d);
        assert_eq!(oid(&json!("nonsense")), None);
        assert_ne!(name_of("user", HEX), name_of("order", HEX));
    }
}
