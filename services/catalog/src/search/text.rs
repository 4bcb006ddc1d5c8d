//! Texts as search sees them: plain, in words, in small letters without accents, and words reduced to their stems.

use std::cell::RefCell;
use std::ops::Range;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RawTokenizer, Stemmer, TextAnalyzer,
};

/// Longer words are cut, in documents and in queries alike.
const LONGEST_WORD: usize = 40;
/// `t-shirt` is also `tshirt`; what has more parts is no word.
const MOST_PARTS: usize = 3;

thread_local! {
    static FOLD: RefCell<TextAnalyzer> = RefCell::new(
        TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter).build(),
    );
    static STEM: RefCell<TextAnalyzer> = RefCell::new(
        TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::English)).build(),
    );
}

/// What stands between words.
enum Class {
    Letter,
    /// A sign that is a word by itself: Chinese and Japanese are written without spaces.
    Ideograph,
    /// Belongs to the letter before: an accent of its own, the apostrophe in `men's`.
    Mark,
    Hyphen,
    Gap,
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Letter,
        '\'' | '’' | 'ʼ' | '`' | '´' | '\u{300}'..='\u{36f}' | '\u{ad}' => Class::Mark,
        '-' | '‐' | '\u{2011}' => Class::Hyphen,
        _ if c.is_ascii() => Class::Gap,
        _ if is_ideograph(c) => Class::Ideograph,
        _ if c.is_alphanumeric() => Class::Letter,
        _ => Class::Gap,
    }
}

/// Calls `emit` with each word, folded, and where it stands; words joined by a hyphen also as one. Stops early when
/// `emit` returns false.
pub(crate) fn words(text: &str, mut emit: impl FnMut(&str, Range<usize>) -> bool) {
    let (mut word, mut joined) = (String::new(), String::new());
    let (mut chain_start, mut parts) = (0, 0);
    let mut at = 0;
    while at < text.len() {
        // Most texts are ASCII for the most part.
        let byte = text.as_bytes()[at];
        if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let Some(first) = text[at..].chars().next() else { return };
        match class(first) {
            Class::Ideograph => {
                let end = at + first.len_utf8();
                if !emit(&text[at..end], at..end) {
                    return;
                }
                (at, parts) = (end, 0);
                joined.clear();
                continue;
            }
            Class::Letter => {}
            Class::Mark | Class::Hyphen | Class::Gap => {
                at += first.len_utf8();
                continue;
            }
        }
        let (start, end) = (at, take_word(text, at, &mut word));
        if !emit(&word, start..end) {
            return;
        }
        at = end;
        let goes_on = goes_on(&text[end..]);
        if parts == 0 {
            if !goes_on {
                continue;
            }
            joined.clear();
            chain_start = start;
        }
        joined.push_str(&word);
        parts += 1;
        if !goes_on {
            let fits = parts <= MOST_PARTS && joined.len() <= LONGEST_WORD;
            if fits && !emit(&joined, chain_start..end) {
                return;
            }
            parts = 0;
        }
    }
}

/// Whether a hyphen and another word follow.
fn goes_on(rest: &str) -> bool {
    let mut rest = rest.chars();
    let is_hyphen = rest.next().is_some_and(|c| matches!(class(c), Class::Hyphen));
    is_hyphen && rest.next().is_some_and(|c| matches!(class(c), Class::Letter))
}

/// Reads the word that begins at `from` into `word`, folded; returns its end.
fn take_word(text: &str, from: usize, word: &mut String) -> usize {
    word.clear();
    let rest = &text.as_bytes()[from..];
    let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
    if rest.get(length).is_none_or(|byte| byte.is_ascii() && !matches!(byte, b'\'' | b'`')) {
        word.push_str(&text[from..from + length.min(LONGEST_WORD)]);
        word.make_ascii_lowercase();
        return from + length;
    }
    let (mut end, mut ascii) = (from, true);
    for (at, c) in text[from..].char_indices() {
        match class(c) {
            Class::Letter => {
                ascii &= c.is_ascii();
                word.push(c.to_ascii_lowercase());
                end = from + at + c.len_utf8();
            }
            Class::Mark => {
                if matches!(c, '\u{300}'..='\u{36f}') {
                    end = from + at + c.len_utf8();
                }
            }
            Class::Ideograph | Class::Hyphen | Class::Gap => break,
        }
    }
    if !ascii {
        *word = analyzed(&FOLD, word);
    }
    if word.len() > LONGEST_WORD {
        word.truncate(word.floor_char_boundary(LONGEST_WORD));
    }
    end
}

/// The words of a text, folded, with a space between.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + text.len() / 8);
    push_folded(text, &mut folded);
    folded
}

/// Appends the words of a text, folded.
pub(crate) fn push_folded(text: &str, to: &mut String) {
    words(text, |word, _| {
        if !to.is_empty() {
            to.push(' ');
        }
        to.push_str(word);
        true
    });
}

/// A number such as a SKU as search compares it: `ab-12 3` is `ab123`.
pub(crate) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        code.extend(c.to_lowercase());
    }
    code
}

/// The stem of a folded word: `running` and `runs` are `run`.
pub(crate) fn stem(word: &str) -> String {
    analyzed(&STEM, word)
}

fn analyzed(analyzer: &'static std::thread::LocalKey<RefCell<TextAnalyzer>>, word: &str) -> String {
    analyzer.with_borrow_mut(|analyzer| {
        let mut stream = analyzer.token_stream(word);
        if stream.advance() { stream.token().text.clone() } else { word.to_owned() }
    })
}

/// The text of sanitised HTML, at most so many bytes of it, each run of white space as one space.
pub(crate) fn plain(html: &str, longest: usize) -> String {
    let mut text = String::with_capacity(html.len().min(longest));
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        if text.len() >= longest {
            break;
        }
        match c {
            '<' => {
                let end = rest.find('>').map_or(rest.len(), |end| end + 1);
                if !is_inline(&rest[1..end]) {
                    push_space(&mut text);
                }
                rest = &rest[end..];
            }
            '&' => {
                let (c, length) = entity(rest);
                push(&mut text, c);
                rest = &rest[length..];
            }
            _ => {
                push(&mut text, c);
                rest = &rest[c.len_utf8()..];
                let run = rest.bytes().position(|byte| !byte.is_ascii_alphanumeric());
                let (run, after) = rest.split_at(run.unwrap_or(rest.len()));
                text.push_str(run);
                rest = after;
            }
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn push(text: &mut String, c: char) {
    if c.is_whitespace() || c.is_control() {
        push_space(text);
    } else {
        text.push(c);
    }
}

fn push_space(text: &mut String) {
    if !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
}

/// Whether a tag stands inside a line: it does not part words.
fn is_inline(tag: &str) -> bool {
    let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next();
    let inline = [
        "a", "abbr", "b", "code", "del", "em", "i", "ins", "mark", "s", "small", "span", "strong",
        "sub", "sup", "u",
    ];
    name.is_some_and(|name| inline.contains(&name))
}

/// The character that the entity at the start of `text` stands for, and its length. The sanitiser writes only a few.
fn entity(text: &str) -> (char, usize) {
    let Some(end) = text.bytes().take(12).position(|b| b == b';') else { return ('&', 1) };
    let name = &text[1..end];
    let c = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => name.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }),
    };
    c.map_or(('&', 1), |c| (c, end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_folded_and_hyphens_part_and_join() {
        for (text, words) in [
            ("Crème Brûlée", "creme brulee"),
            ("Cafe\u{301} au lait", "cafe au lait"),
            ("Men's T-Shirt", "mens t shirt tshirt"),
            ("GRÖSSE Größe Łódź", "grosse grosse lodz"),
            ("a - b -c d-", "a b c d"),
            ("日本の Lamp2", "日 本 の lamp2"),
            ("Чай ΑΒΓ", "чай αβγ"),
            (" \0\u{7f}🎉!? ", ""),
        ] {
            assert_eq!(folded(text), words, "{text}");
        }
    }

    #[test]
    fn html_becomes_plain_text() {
        let html = "<p>A <b>go</b>od&nbsp;cup</p>\n<ul><li>one</li><li>a &lt; b &amp;amp; &#8211; &x</li></ul>";
        assert_eq!(plain(html, 1000), "A good cup one a < b &amp; – &x");
        assert_eq!(plain("<p", 10), "");
        assert_eq!(plain("&;&&#xffffffff;", 100), "&;&&#xffffffff;");
    }

    #[test]
    fn codes_and_stems_are_compared_without_what_varies() {
        assert_eq!(code(" AB-12/3é "), "ab123é");
        assert_eq!(stem("running"), stem("runs"));
    }

    proptest! {
        #[test]
        fn any_text_has_words_where_they_are_said_to_be(text in any::<String>()) {
            words(&text, |word, range| {
                assert!(!word.contains(' ') && !word.is_empty() && !text[range].is_empty());
                true
            });
            plain(&text, 64);
        }
    }
}
