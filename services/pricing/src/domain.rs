//! The rules: what a cart costs, which days deliver, which countries there are.

pub(crate) mod calendar;
pub(crate) mod countries;
pub(crate) mod quote;
pub(crate) mod shipping;
