//! Handles and slugs: a product's or category's name in URLs.

/// The longest handle.
pub(crate) const LONGEST: usize = 255;

/// Whether a text is lower-case letters, digits and single dashes.
pub(crate) fn is_handle(text: &str, longest: usize) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=longest).contains(&text.len())
        && text.chars().all(letter)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Makes a handle of a title: `Crème brûlée, 2 pcs.` becomes `creme-brulee-2-pcs`. A title without a letter or digit
/// that could be written so becomes `fallback`.
pub(crate) fn slug(title: &str, fallback: &str, longest: usize) -> String {
    let mut slug = String::with_capacity(title.len());
    for c in title.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if matches!(c, '\'' | '’' | '´' | '`' | '\u{300}'..='\u{36f}') {
            // `Men's` is `mens`; combining marks belong to the letter before.
        } else if let Some(latin) = latin(c) {
            slug.push_str(latin);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(longest);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { fallback.to_owned() } else { slug.to_owned() }
}

/// The slug with a number, kept within the length: `mug-2`.
pub(crate) fn numbered(slug: &str, number: usize, longest: usize) -> String {
    let number = number.to_string();
    let kept = slug.len().min(longest.saturating_sub(number.len() + 1));
    format!("{}-{number}", slug[..kept].trim_end_matches('-'))
}

/// How a letter is written in Latin letters without marks: the European alphabets, Greek and Cyrillic.
fn latin(c: char) -> Option<&'static str> {
    let lower = c.to_lowercase().next().unwrap_or(c);
    let at = LATIN.binary_search_by_key(&lower, |(letter, _)| *letter).ok()?;
    Some(LATIN[at].1)
}

/// Sorted by letter.
const LATIN: [(char, &str); 165] = [
    ('ß', "ss"),
    ('à', "a"),
    ('á', "a"),
    ('â', "a"),
    ('ã', "a"),
    ('ä', "ae"),
    ('å', "a"),
    ('æ', "ae"),
    ('ç', "c"),
    ('è', "e"),
    ('é', "e"),
    ('ê', "e"),
    ('ë', "e"),
    ('ì', "i"),
    ('í', "i"),
    ('î', "i"),
    ('ï', "i"),
    ('ð', "d"),
    ('ñ', "n"),
    ('ò', "o"),
    ('ó', "o"),
    ('ô', "o"),
    ('õ', "o"),
    ('ö', "oe"),
    ('ø', "o"),
    ('ù', "u"),
    ('ú', "u"),
    ('û', "u"),
    ('ü', "ue"),
    ('ý', "y"),
    ('þ', "th"),
    ('ÿ', "y"),
    ('ā', "a"),
    ('ă', "a"),
    ('ą', "a"),
    ('ć', "c"),
    ('ĉ', "c"),
    ('ċ', "c"),
    ('č', "c"),
    ('ď', "d"),
    ('đ', "d"),
    ('ē', "e"),
    ('ĕ', "e"),
    ('ė', "e"),
    ('ę', "e"),
    ('ě', "e"),
    ('ĝ', "g"),
    ('ğ', "g"),
    ('ġ', "g"),
    ('ģ', "g"),
    ('ĥ', "h"),
    ('ħ', "h"),
    ('ĩ', "i"),
    ('ī', "i"),
    ('ĭ', "i"),
    ('į', "i"),
    ('ı', "i"),
    ('ĳ', "ij"),
    ('ĵ', "j"),
    ('ķ', "k"),
    ('ĺ', "l"),
    ('ļ', "l"),
    ('ľ', "l"),
    ('ŀ', "l"),
    ('ł', "l"),
    ('ń', "n"),
    ('ņ', "n"),
    ('ň', "n"),
    ('ŋ', "ng"),
    ('ō', "o"),
    ('ŏ', "o"),
    ('ő', "o"),
    ('œ', "oe"),
    ('ŕ', "r"),
    ('ŗ', "r"),
    ('ř', "r"),
    ('ś', "s"),
    ('ŝ', "s"),
    ('ş', "s"),
    ('š', "s"),
    ('ţ', "t"),
    ('ť', "t"),
    ('ŧ', "t"),
    ('ũ', "u"),
    ('ū', "u"),
    ('ŭ', "u"),
    ('ů', "u"),
    ('ű', "u"),
    ('ų', "u"),
    ('ŵ', "w"),
    ('ŷ', "y"),
    ('ź', "z"),
    ('ż', "z"),
    ('ž', "z"),
    ('ș', "s"),
    ('ț', "t"),
    ('ΐ', "i"),
    ('ά', "a"),
    ('έ', "e"),
    ('ή', "i"),
    ('ί', "i"),
    ('α', "a"),
    ('β', "v"),
    ('γ', "g"),
    ('δ', "d"),
    ('ε', "e"),
    ('ζ', "z"),
    ('η', "i"),
    ('θ', "th"),
    ('ι', "i"),
    ('κ', "k"),
    ('λ', "l"),
    ('μ', "m"),
    ('ν', "n"),
    ('ξ', "x"),
    ('ο', "o"),
    ('π', "p"),
    ('ρ', "r"),
    ('ς', "s"),
    ('σ', "s"),
    ('τ', "t"),
    ('υ', "y"),
    ('φ', "f"),
    ('χ', "ch"),
    ('ψ', "ps"),
    ('ω', "o"),
    ('ό', "o"),
    ('ύ', "y"),
    ('ώ', "o"),
    ('а', "a"),
    ('б', "b"),
    ('в', "v"),
    ('г', "g"),
    ('д', "d"),
    ('е', "e"),
    ('ж', "zh"),
    ('з', "z"),
    ('и', "i"),
    ('й', "i"),
    ('к', "k"),
    ('л', "l"),
    ('м', "m"),
    ('н', "n"),
    ('о', "o"),
    ('п', "p"),
    ('р', "r"),
    ('с', "s"),
    ('т', "t"),
    ('у', "u"),
    ('ф', "f"),
    ('х', "kh"),
    ('ц', "ts"),
    ('ч', "ch"),
    ('ш', "sh"),
    ('щ', "shch"),
    ('ы', "y"),
    ('э', "e"),
    ('ю', "yu"),
    ('я', "ya"),
    ('ё', "e"),
    ('є', "e"),
    ('і', "i"),
    ('ї', "i"),
    ('ў', "u"),
    ('ґ', "g"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_title_becomes_a_handle_people_can_read() {
        for (title, handle) in [
            ("Crème brûlée, 2 pcs.", "creme-brulee-2-pcs"),
            ("Men's Jacket — Größe XL", "mens-jacket-groesse-xl"),
            ("  Ærø & Łódź  ", "aero-lodz"),
            ("Чай", "chai"),
            ("Cafe\u{301}", "cafe"),
            ("日本", "product"),
            ("", "product"),
        ] {
            assert_eq!(slug(title, "product", LONGEST), handle);
        }
    }

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(LATIN.is_sorted_by_key(|(letter, _)| *letter));
    }

    #[test]
    fn a_number_fits_into_the_longest_handle() {
        assert_eq!(numbered("mug", 2, 255), "mug-2");
        assert_eq!(numbered("abcdef", 12, 6), "abc-12");
    }

    proptest! {
        #[test]
        fn whatever_the_title_its_slug_is_a_handle(title in any::<String>()) {
            prop_assert!(is_handle(&slug(&title, "product", LONGEST), LONGEST));
        }
    }
}
