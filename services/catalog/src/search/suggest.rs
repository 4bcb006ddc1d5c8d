//! What is proposed while someone types: products, and words that continue what was typed.

use std::collections::HashSet;
use std::io;

use emart_catalog_api::ProductId;

use super::highlight::Marks;
use super::matching;
use super::order::Sorting;
use super::text;
use super::view::View;

const MOST_PRODUCTS: usize = 8;
const MOST_QUERIES: usize = 5;
/// So many continuations are looked at.
const MOST_BEGUN: usize = 24;

/// What is proposed.
#[derive(Debug, Default)]
pub(crate) struct Proposed {
    pub(crate) ids: Vec<ProductId>,
    pub(crate) marks: Marks,
    /// Folded; [`spelled`] writes them as products do.
    pub(crate) queries: Vec<String>,
}

impl View {
    /// What continues a query.
    pub(crate) fn suggest(&self, query: &str) -> io::Result<Proposed> {
        let Some(matches) = matching::matches(self, query)? else { return Ok(Proposed::default()) };
        let (slots, _) =
            Sorting::Relevance.page(&self.columns, &matches.found, None, MOST_PRODUCTS);
        let ids =
            slots.iter().filter_map(|slot| Some(self.columns.key(*slot)?.id.clone())).collect();
        let understood = matches.corrected.as_deref().unwrap_or(query);
        let queries = self.continued(understood, &matches.found)?;
        Ok(Proposed { ids, marks: matches.marks, queries })
    }

    /// The query with its last word completed, in as many ways as most products that were found have it.
    fn continued(&self, query: &str, found: &[(u32, u32)]) -> io::Result<Vec<String>> {
        let folded = text::folded(query);
        let (before, last) =
            folded.rsplit_once(' ').map_or(("", &*folded), |(before, last)| (before, last));
        if last.is_empty() {
            return Ok(Vec::new());
        }
        let begun = self.words.beginning(last).iter().filter(|word| word.in_head > 0);
        let mut begun: Vec<_> = begun.collect();
        begun.sort_by(|a, b| b.in_head.cmp(&a.in_head).then_with(|| a.text.cmp(&b.text)));
        begun.truncate(MOST_BEGUN);
        let is_found: HashSet<u32> = found.iter().map(|(slot, _)| *slot).collect();
        let mut counted = Vec::new();
        for word in begun {
            let mut count = 0_u32;
            for segment in &self.segments {
                for part in matching::HEAD_PARTS {
                    segment.each_slot(part, &word.text, |slot| {
                        count += u32::from(is_found.contains(&slot));
                    })?;
                }
            }
            if count > 0 {
                counted.push((std::cmp::Reverse(count), &word.text));
            }
        }
        counted.sort();
        counted.truncate(MOST_QUERIES);
        let join = |word: &str| {
            if before.is_empty() { word.to_owned() } else { format!("{before} {word}") }
        };
        Ok(counted.into_iter().map(|(_, word)| join(word)).collect())
    }
}

/// A query as titles spell its words: `crème` for `creme`.
pub(crate) fn spelled(query: &str, titles: &[&str]) -> String {
    let spell = |word: &str| {
        let mut spelling = None;
        for title in titles {
            text::words(title, |other, range| {
                if other == word {
                    spelling = Some(title[range].to_lowercase());
                }
                spelling.is_none()
            });
        }
        spelling.unwrap_or_else(|| word.to_owned())
    };
    query.split(' ').map(spell).collect::<Vec<_>>().join(" ")
}
