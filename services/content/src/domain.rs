//! The rules of `content`. Pure.

pub(crate) mod colour;
pub(crate) mod menus;
pub(crate) mod pages;
pub(crate) mod profile;
