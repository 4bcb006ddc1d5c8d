//! All words of the catalogue: which continue a beginning, share a stem, or are meant by a typo.

use std::sync::Arc;

use super::text;

/// A word that some product has.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) text: Arc<str>,
    stem: Arc<str>,
    /// Which letters it has, to tell quickly that it is another word.
    letters: u32,
    /// How many products have it, about.
    pub(crate) count: u32,
    /// How many of them not only in the description.
    pub(crate) in_head: u32,
}

/// The words in order.
#[derive(Debug, Default)]
pub(crate) struct Words {
    words: Vec<Word>,
    /// Stem and place in `words`, in order.
    stems: Vec<(Arc<str>, u32)>,
}

impl Words {
    /// The words of `counted`: each with how many products have it, and how many not only in the description. A word
    /// may stand there several times. Stems are taken from `before` where it has them.
    pub(crate) fn new(mut counted: Vec<(Box<str>, u32, u32)>, before: &Self) -> Self {
        counted.sort();
        let mut words: Vec<Word> = Vec::with_capacity(counted.len());
        let mut old = before.words.iter().peekable();
        for (word, count, in_head) in counted {
            if let Some(last) = words.last_mut().filter(|last| *last.text == *word) {
                last.count = last.count.saturating_add(count);
                last.in_head = last.in_head.saturating_add(in_head);
                continue;
            }
            while old.next_if(|old| *old.text < *word).is_some() {}
            let (text, stem) = match old.next_if(|old| *old.text == *word) {
                Some(old) => (Arc::clone(&old.text), Arc::clone(&old.stem)),
                None => {
                    let text: Arc<str> = word.into();
                    let stem = text::stem(&text);
                    let stem = if *stem == *text { Arc::clone(&text) } else { stem.into() };
                    (text, stem)
                }
            };
            let letters = letters(&text);
            words.push(Word { text, stem, letters, count, in_head });
        }
        let stem = |(at, word): (usize, &Word)| {
            (Arc::clone(&word.stem), u32::try_from(at).unwrap_or(u32::MAX))
        };
        let mut stems: Vec<_> = words.iter().enumerate().map(stem).collect();
        stems.sort();
        Self { words, stems }
    }

    /// How many products have a word, about.
    pub(crate) fn count(&self, word: &str) -> u32 {
        let at = self.words.binary_search_by(|other| (*other.text).cmp(word));
        at.map_or(0, |at| self.words[at].count)
    }

    /// The words with the same stem, itself included.
    pub(crate) fn of_stem(&self, stem: &str) -> impl Iterator<Item = &Word> {
        let from = self.stems.partition_point(|(other, _)| **other < *stem);
        let same = self.stems[from..].iter().take_while(move |(other, _)| **other == *stem);
        same.map(|(_, at)| &self.words[*at as usize])
    }

    /// The words that begin so.
    pub(crate) fn beginning(&self, prefix: &str) -> &[Word] {
        let from = self.words.partition_point(|word| *word.text < *prefix);
        let length = self.words[from..].partition_point(|word| word.text.starts_with(prefix));
        &self.words[from..from + length]
    }

    /// The words that may have been meant by `typed`, with how many letters differ: only the nearest ones. With
    /// `begun`, also words that go on after it.
    pub(crate) fn meant(&self, typed: &str, begun: bool) -> Vec<(&Word, usize)> {
        let typed_chars: Vec<char> = typed.chars().collect();
        let most = match typed_chars.len() {
            ..4 => return Vec::new(),
            4..8 => 1,
            _ => 2,
        };
        // Another number is another thing.
        if typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return Vec::new();
        }
        let typed_letters = letters(typed);
        let (mut chars, mut rows) = (Vec::new(), Rows::default());
        let mut found: Vec<(&Word, usize)> = Vec::new();
        let mut nearest = most;
        for word in &self.words {
            // A letter that is exchanged for another counts on both sides.
            let missing = (typed_letters & !word.letters).count_ones() as usize;
            let extra = (word.letters & !typed_letters).count_ones() as usize;
            if missing > nearest || (!begun && extra > nearest) {
                continue;
            }
            chars.clear();
            chars.extend(word.text.chars());
            if chars.len() + nearest < typed_chars.len()
                || (!begun && chars.len() > typed_chars.len() + nearest)
            {
                continue;
            }
            let Some(distance) = rows.distance(&typed_chars, &chars, nearest, begun) else {
                continue;
            };
            // The word itself is no correction of it.
            if distance == 0 {
                continue;
            }
            if distance < nearest {
                nearest = distance;
                found.clear();
            }
            found.push((word, distance));
        }
        found
    }
}

fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte & 31))
}

/// Three rows of the table of distances: a letter left out, put in, exchanged, or two swapped each count one.
#[derive(Default)]
struct Rows([Vec<usize>; 3]);

impl Rows {
    /// The distance, unless it is over `most`. With `begun`, to the nearest beginning of `word`.
    fn distance(
        &mut self,
        typed: &[char],
        word: &[char],
        most: usize,
        begun: bool,
    ) -> Option<usize> {
        if typed.len() > word.len() + most {
            return None;
        }
        let far = most + 1;
        let [before, last, row] = &mut self.0;
        for row in [&mut *before, last, row] {
            row.clear();
            row.resize(word.len() + 1, far);
        }
        for (at, distance) in last.iter_mut().enumerate().take(far) {
            *distance = at;
        }
        let mut nearest_before = 0;
        for (i, &a) in typed.iter().enumerate() {
            // Further from the diagonal, the lengths alone differ by more.
            let band = i.saturating_sub(most)..word.len().min(i + far);
            row[band.start] = far;
            if i < most {
                row[0] = i + 1;
            }
            let mut nearest = row[band.start];
            for j in band {
                let b = word[j];
                let mut best = last[j] + usize::from(a != b);
                best = best.min(last[j + 1] + 1).min(row[j] + 1);
                if i > 0 && j > 0 && a == word[j - 1] && typed[i - 1] == b {
                    best = best.min(before[j - 1] + 1);
                }
                row[j + 1] = best.min(far);
                nearest = nearest.min(best);
            }
            // A swap reaches over one row.
            if nearest > most && nearest_before > most {
                return None;
            }
            nearest_before = nearest;
            std::mem::swap(before, last);
            std::mem::swap(last, row);
            row.fill(far);
        }
        let distance = if begun { last.iter().min() } else { last.last() };
        distance.copied().filter(|distance| *distance <= most)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole table, without any shortcut.
    fn plain_distances(typed: &[char], word: &[char]) -> Vec<usize> {
        let mut table = vec![(0..=word.len()).collect::<Vec<_>>()];
        for i in 1..=typed.len() {
            let mut row = vec![i];
            for j in 1..=word.len() {
                let exchanged = table[i - 1][j - 1] + usize::from(typed[i - 1] != word[j - 1]);
                let mut best = exchanged.min(table[i - 1][j] + 1).min(row[j - 1] + 1);
                if i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1] {
                    best = best.min(table[i - 2][j - 2] + 1);
                }
                row.push(best);
            }
            table.push(row);
        }
        table.pop().unwrap()
    }

    proptest! {
        #[test]
        fn distances_are_those_of_the_whole_table(typed in "[abc]{1,9}", word in "[abc]{0,10}", most in 1..=2_usize) {
            let (typed, word): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
            let plain = plain_distances(&typed, &word);
            let near = |distance: &usize| *distance <= most;
            let mut rows = Rows::default();
            rows.distance(&['a', 'b', 'b', 'a'], &['b', 'a'], 2, true);
            prop_assert_eq!(rows.distance(&typed, &word, most, false), plain.last().copied().filter(near));
            prop_assert_eq!(rows.distance(&typed, &word, most, true), plain.iter().min().copied().filter(near));
        }
    }

    fn words(texts: &[&str]) -> Words {
        let counted = texts.iter().map(|text| ((*text).into(), 1, 1)).collect();
        Words::new(counted, &Words::default())
    }

    fn meant(typed: &str, begun: bool, texts: &[&str]) -> Vec<String> {
        words(texts).meant(typed, begun).iter().map(|(word, _)| word.text.to_string()).collect()
    }

    #[test]
    fn one_letter_from_four_on_two_from_eight_on() {
        let all = ["lamp", "lamps", "leather", "comfortable", "mat", "keramik"];
        assert_eq!(meant("lmap", false, &all), ["lamp"]);
        assert_eq!(meant("lam", false, &all), [""; 0]);
        assert_eq!(meant("lethr", false, &all), [""; 0]);
        assert_eq!(meant("leathr", false, &all), ["leather"]);
        assert_eq!(meant("comfrotble", false, &all), ["comfortable"]);
        assert_eq!(meant("ceramik", false, &all), ["keramik"]);
        assert_eq!(meant("xmat", false, &all), ["mat"]);
        assert_eq!(meant("2024", false, &["2025"]), [""; 0]);
    }

    #[test]
    fn a_beginning_may_have_a_typo_too() {
        assert_eq!(meant("cofm", true, &["comfortable", "lamp"]), ["comfortable"]);
        assert_eq!(meant("cofm", false, &["comfortable", "lamp"]), [""; 0]);
    }

    #[test]
    fn words_of_one_stem_and_of_one_beginning_stand_together() {
        let words = words(&["runs", "run", "running", "rug", "zebra", "run"]);
        let stem: Vec<&str> =
            words.of_stem(&text::stem("running")).map(|word| &*word.text).collect();
        assert_eq!(stem, ["run", "running", "runs"]);
        assert_eq!(words.beginning("run").len(), 3);
        assert_eq!(words.beginning("run")[0].count, 2);
        assert!(words.beginning("x").is_empty() && words.beginning("zz").is_empty());
    }
}
