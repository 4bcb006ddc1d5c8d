//! The words of the catalogue that a word of a query stands for.

use super::asked::Asked;
use crate::search::text;
use crate::search::words::{Word, Words};

/// So many words that begin as the last one are looked for, those of most products.
const MOST_BEGUN: usize = 48;
/// And so many of those that a typo may have made it of.
const MOST_MEANT: usize = 8;

const EXACT: u32 = 16;
const SAME_STEM: u32 = 13;
const BEGUN: u32 = 10;
const ONE_TYPO: u32 = 5;
const TWO_TYPOS: u32 = 3;

/// So many letters have to be typed before descriptions are looked through for what they begin.
const ENOUGH_BEGUN: usize = 3;

/// Where to look for a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// In titles, heads and descriptions.
    Words,
    /// Not in descriptions.
    Head,
    /// Among SKUs and barcodes.
    Code,
}

/// A word to look for, and what finding it counts.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) word: String,
    pub(super) quality: u32,
    pub(super) looks: Looks,
}

impl Choice {
    /// Whether it takes a typo to mean this word.
    pub(super) const fn is_typo(&self) -> bool {
        self.quality <= ONE_TYPO
    }
}

/// The words that a word of the query stands for without a typo.
pub(super) fn plain(words: &Words, asked: &Asked) -> Vec<Choice> {
    let choice =
        |word: &str, quality| Choice { word: word.to_owned(), quality, looks: Looks::Words };
    let mut choices = vec![choice(&asked.word, EXACT)];
    for word in words.of_stem(&text::stem(&asked.word)) {
        if *word.text != asked.word {
            choices.push(choice(&word.text, SAME_STEM));
        }
    }
    if asked.code != asked.word && !asked.code.is_empty() {
        choices.push(choice(&asked.code, SAME_STEM));
    }
    if asked.is_last {
        let few = asked.word.chars().count() < ENOUGH_BEGUN;
        let looks = if few { Looks::Head } else { Looks::Words };
        let begun = words.beginning(&asked.word).iter().filter(|word| !few || word.in_head > 0);
        for word in most_used(begun.collect(), MOST_BEGUN) {
            if !choices.iter().any(|choice| choice.word == *word.text) {
                choices.push(Choice { looks, ..choice(&word.text, BEGUN) });
            }
        }
    }
    choices.push(Choice { word: asked.code.clone(), quality: EXACT, looks: Looks::Code });
    choices
}

/// The words that a typo may have made it of.
pub(super) fn meant(words: &Words, asked: &Asked) -> Vec<Choice> {
    let mut meant = words.meant(&asked.word, false);
    if meant.is_empty() && asked.is_last {
        meant = words.meant(&asked.word, true);
    }
    meant.sort_by_key(|(word, _)| std::cmp::Reverse(word.count));
    meant.truncate(MOST_MEANT);
    let quality = |typos| if typos == 1 { ONE_TYPO } else { TWO_TYPOS };
    let choice = |(word, typos): (&Word, usize)| Choice {
        word: word.text.to_string(),
        quality: quality(typos),
        looks: Looks::Words,
    };
    meant.into_iter().map(choice).collect()
}

fn most_used(mut words: Vec<&Word>, most: usize) -> Vec<&Word> {
    if words.len() > most {
        words.select_nth_unstable_by_key(most, |word| std::cmp::Reverse(word.count));
        words.truncate(most);
    }
    words
}
