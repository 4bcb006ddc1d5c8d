//! The SQL of `classic`, and only here.

pub(crate) mod carts;
pub(crate) mod ids;
pub(crate) mod people;
