//! The words of a query.

use crate::search::text;

/// More words are left out.
const MOST_WORDS: usize = 12;

/// Left out of queries that have other words.
const SMALL_WORDS: [&str; 24] = [
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "i", "in", "is", "it", "my", "of",
    "on", "or", "that", "the", "this", "to", "under", "with", "your",
];

/// A word of the query.
pub(super) struct Asked {
    pub(super) word: String,
    /// The part between spaces it stands in, as a code: `ab-12` for both `ab` and `12`.
    pub(super) code: String,
    pub(super) is_last: bool,
}

/// Takes a query apart.
pub(super) fn asked(query: &str) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for part in query.split_whitespace() {
        let code = text::code(part);
        text::words(part, |word, range| {
            // Of `t-shirt`, not also `tshirt`: that is its code.
            let is_joined = part[range].contains(['-', '‐', '\u{2011}']);
            if !is_joined && !asked.iter().any(|other| other.word == word) {
                asked.push(Asked { word: word.to_owned(), code: code.clone(), is_last: false });
            }
            asked.len() < MOST_WORDS
        });
    }
    if let Some(last) = asked.last_mut() {
        last.is_last = true;
    }
    let is_small = |asked: &Asked| SMALL_WORDS.contains(&asked.word.as_str()) && !asked.is_last;
    if asked.iter().any(|asked| !is_small(asked)) {
        asked.retain(|asked| !is_small(asked));
    }
    asked
}
