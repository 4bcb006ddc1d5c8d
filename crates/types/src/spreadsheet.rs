//! Cells of files that people open in a spreadsheet.
//!
//! One that the spreadsheet would take for a formula gets an apostrophe in front on the way out and loses it on the way
//! in. A cell that looks like one that was given it gets another, so that every text comes back as it was.

use std::borrow::Cow;

/// What formulas begin with, in any language's spreadsheet, and what is skipped before one.
const TRIGGERS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The cell as it goes into a file.
#[must_use]
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_formula(cell.trim_start_matches('\'')) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell as it was before [`guarded`].
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

/// A signed number is one, and no formula.
fn is_formula(cell: &str) -> bool {
    cell.starts_with(TRIGGERS) && !is_number(cell)
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_goes_out_as_a_formula_and_every_cell_comes_back() {
        let begins =
            ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", "''", "a", ""];
        let rests = ["1+1", "HYPERLINK(\"x\")", "5", "-3", "'=1", "", "cmd|' /C calc'!A0"];
        for begin in begins {
            for rest in rests {
                let cell = format!("{begin}{rest}");
                let out = guarded(&cell);
                assert!(!is_formula(&out), "{cell:?} goes out as {out:?}");
                assert_eq!(unguarded(&out), cell);
            }
        }
    }

    #[test]
    fn numbers_stay_numbers_and_plain_text_stays_plain() {
        for cell in ["-3", "+4.50", "Mug", "'tis", "", "O'Neil"] {
            assert_eq!((guarded(cell).as_ref(), unguarded(cell)), (cell, cell));
        }
    }

    #[test]
    fn the_apostrophe_of_other_shops_exports_goes_away() {
        assert_eq!(unguarded("'=HYPERLINK(1)"), "=HYPERLINK(1)");
        assert_eq!(unguarded("=HYPERLINK(1)"), "=HYPERLINK(1)");
    }
}
