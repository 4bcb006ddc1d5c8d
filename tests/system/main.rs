//! The whole store, from outside: killed, raced, searched for secrets.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod acme;
mod audit;
mod backup;
mod classic;
mod cli;
mod client_dir;
mod copies;
mod crash;
mod degrade;
mod doctor;
mod faults;
mod idempotency;
mod moving;
mod providers;
mod races;
mod refunds;
mod relocate;
mod replace;
mod replies;
mod secrets;
mod seed;
mod selling;
mod shoppers;
mod steps;
mod top;
mod traces;
mod watch;

use emart_tests::Settings;

/// What a dead process had under way is taken up soon after, on PostgreSQL too.
const SHORT_LEASES: Settings<'static> =
    &[("EMART_ORDERS__LEASE_SECONDS", "2"), ("EMART_NOTIFICATIONS__LEASE_SECONDS", "2")];
/// The test provider's card that pays.
const GOOD_CARD: &str = "4242424242424242";
/// The test provider's card that does not.
const DECLINED_CARD: &str = "4000000000000002";
/// The test provider promises the money, and its answer is lost.
const LOST_ANSWER_CARD: &str = "4000000000004087";
/// The test provider never hears of it.
const LOST_QUESTION_CARD: &str = "4000000000005043";
/// The test provider fails to take the money at first.
const FAILED_CAPTURE_CARD: &str = "4000000000005035";
