//! The original's wire: ids, forms and their texts, shapes. Pure. The rules of the shop are other services'.

pub(crate) mod cart;
pub(crate) mod category;
pub(crate) mod fields;
pub(crate) mod hex;
pub(crate) mod money;
pub(crate) mod multipart;
pub(crate) mod order;
pub(crate) mod person;
pub(crate) mod product;
pub(crate) mod shapes;
