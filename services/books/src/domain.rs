//! The rules of books. Pure.

pub(crate) mod classic;
pub(crate) mod rules;
pub(crate) mod search;
