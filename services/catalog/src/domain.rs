//! The rules of the catalogue: pure functions and types.

pub(crate) mod category;
pub(crate) mod check;
pub(crate) mod collection;
pub(crate) mod edit;
pub(crate) mod handle;
pub(crate) mod patch;
pub(crate) mod product;
pub(crate) mod stock;
pub(crate) mod written;
