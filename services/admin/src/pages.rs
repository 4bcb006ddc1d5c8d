//! One file an area, or a folder of them: its addresses, its handlers, its templates' data. Templates bear the same names.

pub(crate) mod collections;
pub(crate) mod confirm;
pub(crate) mod conflict;
pub(crate) mod connections;
pub(crate) mod content;
pub(crate) mod discounts;
pub(crate) mod drafts;
pub(crate) mod emails;
pub(crate) mod error;
pub(crate) mod form;
pub(crate) mod gift_cards;
pub(crate) mod home;
pub(crate) mod inventory;
pub(crate) mod orders;
pub(crate) mod products;
pub(crate) mod shipping;
pub(crate) mod slots;
pub(crate) mod taxes;
