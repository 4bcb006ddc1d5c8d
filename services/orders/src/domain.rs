//! The rules: what a checkout knows, what makes an order of it, which input will do. Pure.

pub(crate) mod action;
pub(crate) mod days;
pub(crate) mod draft;
pub(crate) mod fulfilment;
pub(crate) mod input;
pub(crate) mod order;
pub(crate) mod progress;
pub(crate) mod refund;
pub(crate) mod saga;
pub(crate) mod search;
pub(crate) mod statistics;
