//! The SQL of `pricing`, and only here.

pub(crate) mod claims;
pub(crate) mod defaults;
pub(crate) mod promotions;
pub(crate) mod shipping;
pub(crate) mod slots;
pub(crate) mod taxes;
