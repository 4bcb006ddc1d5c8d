//! The rules: what a checkout knows, what makes an order of it, which input will do. Pure.

pub(crate) mod input;
pub(crate) mod order;
pub(crate) mod progress;
