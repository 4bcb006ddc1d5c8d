//! One file an area, or a folder of them: its addresses, its handlers, its templates' data. Templates bear the same names.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod collections;
pub(crate) mod confirm;
pub(crate) mod conflict;
pub(crate) mod connections;
pub(crate) mod content;
pub(crate) mod customers;
pub(crate) mod discounts;
pub(crate) mod drafts;
pub(crate) mod emails;
pub(crate) mod error;
pub(crate) mod form;
pub(crate) mod gift_cards;
pub(crate) mod home;
pub(crate) mod inventory;
pub(crate) mod live;
pub(crate) mod orders;
pub(crate) mod people;
pub(crate) mod products;
pub(crate) mod search;
pub(crate) mod shipping;
pub(crate) mod slots;
pub(crate) mod system;
pub(crate) mod taxes;
