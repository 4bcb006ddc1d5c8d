//! One file a page: its template's data and its handlers. Templates bear the same names.

pub(crate) mod account;
pub(crate) mod books;
pub(crate) mod cart;
pub(crate) mod category;
pub(crate) mod checkout;
pub(crate) mod collection;
pub(crate) mod content;
pub(crate) mod error;
pub(crate) mod home;
pub(crate) mod order;
pub(crate) mod pay;
pub(crate) mod product;
pub(crate) mod receipt;
pub(crate) mod search;
pub(crate) mod sign_in;
pub(crate) mod sitemap;
