//! The SQL of `payments`, and only here.

pub(crate) mod card_tokens;
pub(crate) mod entries;
pub(crate) mod gift_cards;
pub(crate) mod imports;
pub(crate) mod payments;
pub(crate) mod refunds;
pub(crate) mod test_provider;

use emart_store::{Error, Row};
use emart_types::Money;

/// A column holds something this program never wrote there.
fn damaged(what: &str) -> Error {
    Error::Database(format!("{what} cannot be read"))
}

/// An amount and, in the next column, its currency.
fn money(row: &Row<'_>, column: usize) -> Result<Money, Error> {
    let currency: String = row.get(column + 1)?;
    let currency = currency.parse().map_err(|_| damaged("a currency"))?;
    Ok(Money::new(row.get(column)?, currency))
}
