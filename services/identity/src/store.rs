//! The SQL, and only here.

pub(crate) mod addresses;
pub(crate) mod housekeeping;
pub(crate) mod links;
pub(crate) mod sessions;
pub(crate) mod setup;
pub(crate) mod throttle;
pub(crate) mod tokens;
pub(crate) mod users;

use emart_store::{Migration, migrations};

pub(crate) const MIGRATIONS: &[Migration] = migrations!["0001_people", "0002_moved_passwords"];
