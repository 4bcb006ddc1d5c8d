//! Listeners as clients meet them: polite ones of each kind, slow ones, and such as lie.

mod client;
mod fronts;
mod greetings;
mod slow;
mod streams;
