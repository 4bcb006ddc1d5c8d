//! ISBNs as spreadsheets leave them: without the zeros they began with (`439023483`), or as `9.78043902348E+12`, which
//! has lost the last digits for good.

use emart_books_api::Isbn;

/// The ISBN of two columns, either of which may be spoilt, and whether it had to be repaired. `None`: both are empty.
pub(super) fn read(isbn: &str, isbn_13: &str) -> Option<Result<(Isbn, bool), String>> {
    let (isbn, isbn_13) = (isbn.trim(), isbn_13.trim());
    if isbn.is_empty() && isbn_13.is_empty() {
        return None;
    }
    let whole = [isbn_13, isbn].into_iter().find_map(|text| text.parse().ok());
    if let Some(whole) = whole {
        return Some(Ok((whole, false)));
    }
    // Ten digits check themselves; what is left of the thirteen must agree with them.
    let padded = padded(isbn);
    Some(match padded.filter(|isbn| agrees(isbn, isbn_13)).or_else(|| whole_number(isbn_13)) {
        Some(repaired) => Ok((repaired, true)),
        None if padded.is_some() => Err(format!("{isbn} and {isbn_13} are of different books")),
        None => {
            let spoilt = [isbn, isbn_13].into_iter().filter(|text| !text.is_empty());
            Err(format!("{} cannot be repaired", spoilt.collect::<Vec<_>>().join(" and ")))
        }
    })
}

/// Without the zeros it began with; also as `439023483.0`.
fn padded(text: &str) -> Option<Isbn> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let is_number = !text.is_empty() && text.len() < 10;
    let isbn = format!("{text:0>10}").parse().ok();
    isbn.filter(|_| is_number && text.len() >= 5)
}

/// All thirteen digits, as `9780439023481.0`.
fn whole_number(text: &str) -> Option<Isbn> {
    text.strip_suffix(".0")?.parse().ok()
}

/// Whether the digits that scientific notation has kept are the number's own, but for the last, which is rounded.
fn agrees(isbn: &Isbn, kept: &str) -> bool {
    let Some((mantissa, exponent)) = kept.split_once(['e', 'E']) else { return kept.is_empty() };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let sure = digits.split_at_checked(digits.len().saturating_sub(1)).map(|(sure, _)| sure);
    let is_large = exponent.trim_start_matches('+') == "12";
    is_large && sure.is_some_and(|sure| isbn.as_str().starts_with(sure))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(isbn: &str, isbn_13: &str) -> Option<(String, bool)> {
        let (isbn, repaired) = read(isbn, isbn_13)?.ok()?;
        Some((isbn.to_string(), repaired))
    }

    #[test]
    fn lost_zeros_come_back_where_the_check_digit_says_so() {
        let hunger_games = Some(("9780439023481".to_owned(), true));
        assert_eq!(repaired("439023483", "9.78043902348e+12"), hunger_games);
        assert_eq!(repaired("439023483", ""), hunger_games);
        assert_eq!(repaired("439023483.0", ""), hunger_games);
        assert_eq!(repaired("", "9780439023481.0"), hunger_games);
        assert_eq!(repaired("0439023483", "9.78E+12"), Some(("9780439023481".to_owned(), false)));
        assert_eq!(repaired("80442957X", ""), Some(("9780804429573".to_owned(), true)));
    }

    #[test]
    fn what_cannot_be_known_is_not_guessed() {
        for (isbn, isbn_13) in [
            ("", "9.78043902348e+12"),
            ("439023484", ""),
            ("439023483", "9.78143902348e+12"),
            ("x", "y"),
            ("1", ""),
        ] {
            assert_eq!(repaired(isbn, isbn_13), None, "{isbn} {isbn_13}");
        }
        assert!(read(" ", "").is_none());
        let reason = read("439023483", "9.78143902348e+12").unwrap().unwrap_err();
        assert_eq!(reason, "439023483 and 9.78143902348e+12 are of different books");
        let reason = read("812971060", "9.78081297106e+12").unwrap().unwrap_err();
        assert_eq!(reason, "812971060 and 9.78081297106e+12 cannot be repaired");
    }
}
