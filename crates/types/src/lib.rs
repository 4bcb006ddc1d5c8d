//! The words every service shares: money, ids, time. Pure: no I/O, no async, no service.

mod clock;
mod id;
mod invalid;
mod money;
mod secret;
pub mod spreadsheet;

pub use clock::{Clock, Timestamp};
#[doc(hidden)]
pub use id::parse as parse_id;
pub use id::{IdError, derived_id_text, new_id_text};
pub use invalid::{FieldError, Invalid};
pub use money::{Currency, CurrencyError, Money, MoneyError, Rate, allocate};
pub use secret::Secret;

#[doc(hidden)]
pub mod __private {
    pub use {serde, utoipa};
}
