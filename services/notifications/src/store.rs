//! The SQL of `notifications`, and only here.

pub(crate) mod deliveries;
pub(crate) mod emails;
pub(crate) mod mail_server;
pub(crate) mod shop;
pub(crate) mod templates;
pub(crate) mod webhooks;
