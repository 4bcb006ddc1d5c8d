//! What the shop notes about customers, and the words by which they are found.

use emart_types::Invalid;

use super::text;

/// No more words of a search count.
const MOST_WORDS: usize = 4;

/// The words by which somebody is found, each once.
pub(crate) fn words(email: &str, name: Option<&str>) -> Vec<String> {
    let mut words = vec![email.to_lowercase()];
    words.extend(split(name.unwrap_or_default()));
    words.sort();
    words.dedup();
    words
}

/// What somebody looks for, as beginnings of words.
pub(crate) fn looked_for(q: &str) -> Vec<String> {
    split(q).take(MOST_WORDS).collect()
}

fn split(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(|word| word.chars().take(254).collect::<String>().to_lowercase())
}

/// The groups somebody is in: named once each, in the order of their names.
pub(crate) fn tags(invalid: &mut Invalid, tags: &[String]) -> Vec<String> {
    invalid.require(tags.len() <= 20, "/tags", "at most 20");
    let mut kept: Vec<String> = Vec::new();
    for (place, tag) in tags.iter().take(20).enumerate() {
        kept.push(text(invalid, &format!("/tags/{place}"), tag, (1, 40)));
    }
    kept.sort();
    kept.dedup();
    kept
}

/// A note: `None` when it is empty. It may have lines.
pub(crate) fn note(invalid: &mut Invalid, note: &str) -> Option<String> {
    let note = note.trim().replace("\r\n", "\n");
    invalid.require(note.chars().count() <= 5000, "/note", "at most 5000 characters");
    let plain = !note.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    invalid.require(plain, "/note", "must not contain control characters");
    (!note.is_empty()).then_some(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_found_by_their_address_and_each_word_of_their_name() {
        let words = words("ada@example.com", Some("Ada  LOVELACE Ada"));
        assert_eq!(words, ["ada", "ada@example.com", "lovelace"]);
        assert_eq!(looked_for("  Ada LOVE "), ["ada", "love"]);
    }

    #[test]
    fn groups_are_named_once_and_are_not_empty() {
        let mut invalid = Invalid::new();
        let list = ["VIP".to_owned(), " Trade ".to_owned(), "VIP".to_owned()];
        assert_eq!(tags(&mut invalid, &list), ["Trade", "VIP"]);
        assert!(invalid.finish().is_ok());
        let mut invalid = Invalid::new();
        tags(&mut invalid, &[" ".to_owned()]);
        assert!(invalid.finish().is_err());
    }
}
