//! The SQL of `inventory`, and only here.

pub(crate) mod adjustments;
pub(crate) mod items;
pub(crate) mod movements;
pub(crate) mod reservations;
pub(crate) mod restocks;

use emart_store::Error;

/// A column holds something this program never wrote there.
fn damaged(what: &str) -> Error {
    Error::Database(format!("{what} cannot be read"))
}
