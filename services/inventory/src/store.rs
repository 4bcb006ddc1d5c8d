//! The SQL of `inventory`, and only here.

pub(crate) mod adjustments;
pub(crate) mod incoming;
pub(crate) mod items;
pub(crate) mod lists;
pub(crate) mod movements;
pub(crate) mod reservations;
pub(crate) mod restocks;
pub(crate) mod thresholds;

use emart_store::Error;

/// A column holds something this program never wrote there.
fn damaged(what: &str) -> Error {
    Error::Database(format!("{what} cannot be read"))
}
