//! The SQL, and only here.

pub(crate) mod addresses;
pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod customers;
pub(crate) mod housekeeping;
pub(crate) mod invitations;
pub(crate) mod links;
pub(crate) mod passkeys;
pub(crate) mod providers;
pub(crate) mod roles;
pub(crate) mod sessions;
pub(crate) mod setup;
pub(crate) mod sign_ins;
pub(crate) mod staff;
pub(crate) mod throttle;
pub(crate) mod tokens;
pub(crate) mod two_factor;
pub(crate) mod users;

use emart_store::{Migration, migrations};

pub(crate) const MIGRATIONS: &[Migration] = migrations![
    "0001_people",
    "0002_access",
    "0003_audit",
    "0004_accounts",
    "0005_customers",
    "0006_moved_passwords",
    "0007_providers",
    "0008_passkeys"
];
