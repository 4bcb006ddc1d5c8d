//! The SQL of `catalog`, and only here.

pub(crate) mod bulk_keys;
pub(crate) mod categories;
pub(crate) mod changes;
pub(crate) mod collections;
pub(crate) mod handles;
pub(crate) mod images;
pub(crate) mod products;
pub(crate) mod runs;
pub(crate) mod stock;
pub(crate) mod titles;

use emart_store::{Error, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A column of JSON.
fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, Error> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| Error::Decode { column, reason: error.to_string() })
}

/// An id, or anything else that is kept as text.
fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    row: &Row<'_>,
    column: usize,
) -> Result<T, Error> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: T::Err| Error::Decode { column, reason: error.to_string() })
}

fn parsed_opt<T: std::str::FromStr<Err: std::fmt::Display>>(
    row: &Row<'_>,
    column: usize,
) -> Result<Option<T>, Error> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse())
        .transpose()
        .map_err(|error: T::Err| Error::Decode { column, reason: error.to_string() })
}

fn to_json<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Parameters(error.to_string()))
}
