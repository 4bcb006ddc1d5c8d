//! What a delivery that somebody expects must be like.

use emart_inventory_api::NewIncoming;
use emart_types::{Invalid, Timestamp};

use super::MOST_PIECES;

const LONGEST_REFERENCE: usize = 100;

/// Checks a delivery; its texts come back trimmed.
pub(crate) fn checked(new: NewIncoming) -> Result<NewIncoming, Invalid> {
    let mut invalid = Invalid::new();
    let fits = (1..=MOST_PIECES).contains(&new.quantity);
    invalid.require(fits, "/quantity", "must be from 1 to 1000000000");
    let expected_on = new.expected_on.trim().to_owned();
    invalid.require(is_day(&expected_on), "/expected_on", "must be a day such as 2026-12-24");
    let reference = reference(&mut invalid, &new.reference);
    invalid.finish()?;
    Ok(NewIncoming { expected_on, reference, ..new })
}

/// What people call a delivery or a stock-take, trimmed.
pub(crate) fn reference(invalid: &mut Invalid, text: &str) -> String {
    let text = text.trim();
    let fits = text.chars().count() <= LONGEST_REFERENCE && !text.chars().any(char::is_control);
    invalid.require(fits, "/reference", "at most 100 characters, on one line");
    text.to_owned()
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && format!("{text}T00:00:00Z").parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for (text, is) in
            [("2026-12-24", true), ("2026-02-30", false), ("24.12.2026", false), ("", false)]
        {
            assert_eq!(is_day(text), is, "{text}");
        }
    }
}
