//! Shoppers that are made up: what they do at a store's door, for measurements (`cargo xtask bench`) and for anyone who
//! wants to see how much a store bears (`emart load`). Knows the store by its public API only.

mod client;
mod goods;
mod guest;
mod mix;

pub use client::{Client, Refused};
pub use goods::Goods;
pub use guest::{Cart, NewCart, Placed};
pub use mix::{Mix, Shopper};
