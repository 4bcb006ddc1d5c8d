//! The rules of `notifications`. Pure.

pub(crate) mod mail_server;
pub(crate) mod signature;
pub(crate) mod webhook;
