//! Where a text matches: texts in pieces, those that match marked. Plain text, no HTML.

use std::collections::HashSet;
use std::ops::Range;

use emart_catalog_api::Highlight;

use super::text;

/// A snippet has about so many bytes, and begins so many before the first match.
const SNIPPET: usize = 160;
const LEAD: usize = 40;
/// So much of a description is looked through.
const LONGEST: usize = 16 * 1024;

/// The words that are marked in texts.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    words: HashSet<String>,
    /// Words that go on after it are marked too.
    begun: String,
    /// With which letters any of them begins, to pass over most words quickly.
    first: u32,
}

impl Marks {
    /// These words, folded, and those that begin as `begun`.
    pub(crate) fn new(words: HashSet<String>, begun: String) -> Self {
        let first = words.iter().chain([&begun]).fold(0, |first, word| first | bit(word));
        Self { words, begun, first }
    }

    fn has(&self, word: &str) -> bool {
        let begun = || !self.begun.is_empty() && word.starts_with(&self.begun);
        self.first & bit(word) != 0 && (begun() || self.words.contains(word))
    }
}

fn bit(word: &str) -> u32 {
    word.bytes().next().map_or(0, |byte| 1 << (byte & 31))
}

/// A whole text with its matches marked.
pub(crate) fn marked(text: &str, marks: &Marks) -> Vec<Highlight> {
    pieces(text, 0..text.len(), &hits(text, marks, usize::MAX))
}

/// A piece of an HTML text around its first match; empty when nothing matches.
pub(crate) fn snippet(html: &str, marks: &Marks) -> Vec<Highlight> {
    let text = text::plain(html, LONGEST);
    let hits = hits(&text, marks, SNIPPET);
    let Some(first) = hits.first() else { return Vec::new() };
    let from = match first.start.checked_sub(LEAD) {
        None | Some(0) => 0,
        Some(from) => {
            let from = text.ceil_char_boundary(from);
            text[from..first.start].find(' ').map_or(first.start, |space| from + space + 1)
        }
    };
    let to = if text.len() - from <= SNIPPET {
        text.len()
    } else {
        let to = text.floor_char_boundary(from + SNIPPET);
        let to = text[from..to].rfind(' ').map_or(to, |space| from + space);
        to.max(first.end)
    };
    let mut pieces = pieces(&text, from..to, &hits);
    if from > 0 {
        prepend(&mut pieces, "… ");
    }
    if to < text.len() {
        push(&mut pieces, " …", false);
    }
    pieces
}

/// Where marked words stand; none that begins more than `reach` behind the first.
fn hits(text: &str, marks: &Marks, reach: usize) -> Vec<Range<usize>> {
    let mut hits: Vec<Range<usize>> = Vec::new();
    text::words(text, |word, range| {
        if hits.first().is_some_and(|first| range.start - first.start.min(range.start) > reach) {
            return false;
        }
        if marks.has(word) {
            // Of `t-shirt` both the parts and the whole may match: the whole is marked once.
            while hits.last().is_some_and(|last| last.start >= range.start) {
                hits.pop();
            }
            hits.push(range);
        }
        true
    });
    hits
}

fn pieces(text: &str, within: Range<usize>, hits: &[Range<usize>]) -> Vec<Highlight> {
    let mut pieces = Vec::with_capacity(hits.len() * 2 + 1);
    let mut at = within.start;
    for hit in hits {
        if hit.start < at || hit.end > within.end {
            continue;
        }
        push(&mut pieces, &text[at..hit.start], false);
        push(&mut pieces, &text[hit.clone()], true);
        at = hit.end;
    }
    push(&mut pieces, &text[at..within.end], false);
    pieces
}

fn push(pieces: &mut Vec<Highlight>, text: &str, hit: bool) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.hit == hit => last.text.push_str(text),
        _ => pieces.push(Highlight { text: text.to_owned(), hit }),
    }
}

fn prepend(pieces: &mut Vec<Highlight>, text: &str) {
    match pieces.first_mut() {
        Some(first) if !first.hit => first.text.insert_str(0, text),
        _ => pieces.insert(0, Highlight { text: text.to_owned(), hit: false }),
    }
}
