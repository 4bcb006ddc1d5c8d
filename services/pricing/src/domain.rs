//! The rules: what a cart costs, what promotions take off it, which days deliver, which countries there are.

pub(crate) mod calendar;
pub(crate) mod countries;
pub(crate) mod promotions;
pub(crate) mod quote;
pub(crate) mod shipping;
