//! How texts are compared when books are looked for: without case, without accents, nothing in them special.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text as it is compared.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Lower case first: what it makes may have marks of its own (İ).
    text.chars().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c)).collect()
}

/// A pattern for `LIKE … ESCAPE '!'` that finds a text anywhere in a folded one.
pub(crate) fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in folded(part).chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_count() {
        for text in ["Éclair à la Crème", "E\u{301}CLAIR A\u{300} LA CRE\u{300}ME"] {
            assert_eq!(folded(text), "eclair a la creme");
        }
        assert_eq!(folded("İstanbul"), "istanbul");
        assert_eq!(folded("Война и мир"), folded("ВОЙНА И МИР"));
    }

    #[test]
    fn nothing_is_a_wildcard() {
        assert_eq!(pattern("100%_!"), "%100!%!_!!%");
        assert_eq!(pattern(""), "%%");
    }
}
