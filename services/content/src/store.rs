//! The SQL of `content`, and only here.

pub(crate) mod menus;
pub(crate) mod pages;
pub(crate) mod profile;
