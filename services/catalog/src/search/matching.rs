//! Which products a query means, and how well each fits.
//!
//! Each word of the query stands for words of the catalogue: itself, those of its stem, for the last one those that it
//! begins, and where nothing has it those that a typo made it of. A product's score adds up, over the query's words,
//! the best place in which it has one of them.

mod asked;
mod choices;

use std::cell::RefCell;
use std::io;

use self::asked::{Asked, asked};
use self::choices::{Choice, Looks};
use super::highlight::Marks;
use super::index::{PARTS, Segment};
use super::text;
use super::view::View;

/// More bytes of a query are left out: so long is what can be asked over HTTP, whatever it is written in.
const LONGEST_QUERY: usize = 800;

/// What a match in the title, the head, the body, the code counts.
const WEIGHTS: [u32; PARTS] = [64, 24, 4, 16];
const TITLE: usize = 0;
/// The parts whose words are proposed.
pub(crate) const HEAD_PARTS: [usize; 2] = [0, 1];
const BODY: usize = 2;
const CODE: usize = PARTS - 1;

/// A match of the whole query with a SKU or barcode is before everything else.
const WHOLE_CODE: u32 = 1 << 30;
/// When no product has all words, more words are before a better place.
const PER_WORD: u32 = 1 << 24;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// Slots and scores, in no order, each slot once.
    pub(crate) found: Vec<(u32, u32)>,
    /// For each slot whether the description has a word of the query; empty when none has.
    pub(crate) in_body: Vec<bool>,
    /// What the query's words were taken for.
    pub(crate) marks: Marks,
    /// The query with its typos corrected, when there were any.
    pub(crate) corrected: Option<String>,
}

/// What is known of a product so far.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    score: u32,
    /// For the word that is being looked for: the best, and which choice it was.
    best: u32,
    choice: u16,
    is_in_title: bool,
    /// Whether any word is in the description.
    is_in_body: bool,
    /// Of those looked for before: how many it has, and how many in its title.
    words: u8,
    title_words: u8,
}

thread_local! {
    static TALLIES: RefCell<Vec<Tally>> = const { RefCell::new(Vec::new()) };
}

/// The products that a query means; `None` when it asks for nothing.
pub(crate) fn matches(view: &View, query: &str) -> io::Result<Option<Matches>> {
    let query = &query[..query.floor_char_boundary(LONGEST_QUERY)];
    if query.trim().is_empty() {
        return Ok(None);
    }
    let asked = asked(query);
    TALLIES.with_borrow_mut(|tallies| {
        tallies.clear();
        tallies.resize(view.columns.slots(), Tally::default());
        let meant = vec![None; asked.len()];
        Hunt { view, asked: &asked, meant, tallies }.run(&text::code(query)).map(Some)
    })
}

struct Hunt<'a> {
    view: &'a View,
    asked: &'a [Asked],
    /// For each word what a typo may have made it of, once that was looked up.
    meant: Vec<Option<Vec<Choice>>>,
    tallies: &'a mut [Tally],
}

impl Hunt<'_> {
    fn run(mut self, code: &str) -> io::Result<Matches> {
        let coded = self.coded(code)?;
        let mut matches = self.all_words(false)?;
        if matches.found.is_empty() && coded.is_empty() && self.asked.len() > 1 {
            // Each word is somewhere, but no product has all: one may be a typo that happens to be a word.
            let with_typos = self.all_words(true)?;
            matches = if with_typos.found.is_empty() { self.any_word()? } else { with_typos };
        }
        let coded_too: Vec<_> = coded.iter().map(|slot| (*slot, WHOLE_CODE)).collect();
        matches.found.retain(|(slot, _)| !coded.contains(slot));
        matches.found.extend(coded_too);
        Ok(matches)
    }

    /// The products that have the whole query as a SKU or barcode.
    fn coded(&self, code: &str) -> io::Result<Vec<u32>> {
        let mut slots = Vec::new();
        if !code.is_empty() {
            for segment in &self.view.segments {
                segment.each_slot(CODE, code, |slot| slots.push(slot))?;
            }
        }
        slots.sort_unstable();
        slots.dedup();
        Ok(slots)
    }

    fn all_words(&mut self, typos: bool) -> io::Result<Matches> {
        let mut round = self.look(typos)?;
        let words = u8::try_from(self.asked.len()).unwrap_or(u8::MAX);
        round.seen.retain(|slot| self.tallies[*slot as usize].words == words);
        if words == 0 {
            round.seen.clear();
        }
        Ok(self.finish(round, |tally| tally.score))
    }

    fn any_word(&mut self) -> io::Result<Matches> {
        let round = self.look(true)?;
        Ok(self.finish(round, |tally| u32::from(tally.words) * PER_WORD + tally.score))
    }

    /// Looks for every word; what was looked for before is forgotten.
    fn look(&mut self, typos: bool) -> io::Result<Round> {
        let mut round = Round::default();
        self.tallies.fill(Tally::default());
        for (at, asked) in self.asked.iter().enumerate() {
            let mut choices = choices::plain(&self.view.words, asked);
            let mut hits = self.look_for(&choices)?;
            if typos || hits.is_empty() {
                let words = &self.view.words;
                let meant = self.meant[at].get_or_insert_with(|| choices::meant(words, asked));
                if !meant.is_empty() {
                    choices.extend_from_slice(meant);
                    self.drop_best(&hits);
                    hits = self.look_for(&choices)?;
                }
            }
            self.add_up(&mut hits, &mut round);
            round.words.push((choices, hits));
        }
        Ok(round)
    }

    /// Notes the best of the choices for each product that has any; returns those products.
    fn look_for(&mut self, choices: &[Choice]) -> io::Result<Vec<(u32, u16)>> {
        let mut hits = Vec::new();
        for (at, choice) in (0..).zip(choices) {
            let parts = match choice.looks {
                Looks::Code => CODE..PARTS,
                Looks::Head => TITLE..BODY,
                Looks::Words => TITLE..CODE,
            };
            let rare = self.rarity(&choice.word);
            for part in parts {
                let value = WEIGHTS[part] * choice.quality * rare;
                for segment in &self.view.segments {
                    self.note(segment, part, (&choice.word, at, value), &mut hits)?;
                }
            }
        }
        Ok(hits)
    }

    fn note(
        &mut self,
        segment: &Segment,
        part: usize,
        (word, choice, value): (&str, u16, u32),
        hits: &mut Vec<(u32, u16)>,
    ) -> io::Result<()> {
        let title_words = &self.view.columns.title_words;
        segment.each_slot(part, word, |slot| {
            // A word says more of a short title.
            let value = if part == TITLE {
                let words = u32::from(title_words[slot as usize]);
                value * (words + 7) / (words + 3)
            } else {
                value
            };
            let tally = &mut self.tallies[slot as usize];
            if tally.best == 0 {
                hits.push((slot, 0));
            }
            tally.is_in_title |= part == TITLE;
            tally.is_in_body |= part == BODY;
            if value > tally.best {
                (tally.best, tally.choice) = (value, choice);
            }
        })
    }

    /// How rare a word is, 1 to 16.
    fn rarity(&self, word: &str) -> u32 {
        let all = u32::try_from(self.view.columns.slots()).unwrap_or(u32::MAX).max(1);
        let count = self.view.words.count(word).max(1);
        (all / count).checked_ilog2().unwrap_or(0).min(15) + 1
    }

    fn drop_best(&mut self, hits: &[(u32, u16)]) {
        for (slot, _) in hits {
            let tally = &mut self.tallies[*slot as usize];
            (tally.best, tally.is_in_title) = (0, false);
        }
    }

    /// Adds the best of a word to each product's score.
    fn add_up(&mut self, hits: &mut [(u32, u16)], round: &mut Round) {
        for (slot, choice) in hits {
            let tally = &mut self.tallies[*slot as usize];
            *choice = tally.choice;
            if tally.words == 0 {
                round.seen.push(*slot);
            }
            tally.score += tally.best;
            tally.words += 1;
            tally.title_words += u8::from(tally.is_in_title);
            (tally.best, tally.is_in_title) = (0, false);
        }
    }

    fn finish(&self, round: Round, score: impl Fn(&Tally) -> u32) -> Matches {
        let title_words = &self.view.columns.title_words;
        let scored = |slot: &u32| {
            let tally = &self.tallies[*slot as usize];
            let words = usize::from(tally.title_words);
            // The whole title was asked for.
            let whole =
                words == self.asked.len() && words >= usize::from(title_words[*slot as usize]);
            (*slot, score(tally) + if whole { tally.score } else { 0 })
        };
        let found: Vec<(u32, u32)> = round.seen.iter().map(scored).collect();
        let in_body = self.tallies.iter().map(|tally| tally.is_in_body).collect();
        let best = found.iter().max_by_key(|(slot, score)| (*score, std::cmp::Reverse(*slot)));
        let corrected = best.and_then(|(slot, _)| self.corrected(&round, *slot));
        let choices = round.words.into_iter().flat_map(|(choices, _)| choices);
        let words = choices.filter(|choice| choice.looks != Looks::Code).map(|choice| choice.word);
        let begun = self.asked.last().map(|asked| asked.word.clone()).unwrap_or_default();
        Matches { found, in_body, marks: Marks::new(words.collect(), begun), corrected }
    }

    /// The query as the best product has its words, when that took a typo.
    fn corrected(&self, round: &Round, best: u32) -> Option<String> {
        let mut has_typo = false;
        let words = self.asked.iter().zip(&round.words).map(|(asked, (choices, hits))| {
            let choice = hits
                .iter()
                .find(|(slot, _)| *slot == best)
                .map(|(_, at)| &choices[usize::from(*at)]);
            let typo = choice.filter(|choice| choice.is_typo());
            has_typo |= typo.is_some();
            typo.map_or(asked.word.as_str(), |choice| choice.word.as_str())
        });
        let words: Vec<&str> = words.collect();
        has_typo.then(|| words.join(" "))
    }
}

/// A word's choices, and which of them each product has.
type WordRound = (Vec<Choice>, Vec<(u32, u16)>);

/// What looking for every word once found.
#[derive(Default)]
struct Round {
    /// Products that have any word.
    seen: Vec<u32>,
    /// For each word of the query its choices, and which of them each product has.
    words: Vec<WordRound>,
}
