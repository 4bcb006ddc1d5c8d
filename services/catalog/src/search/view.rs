//! What is searched: the index, the columns and the words as of one moment.

use std::io;
use std::sync::Arc;

use emart_catalog_api::{Facet, ProductId};
use emart_types::Currency;

use super::columns::Columns;
use super::highlight::Marks;
use super::index::Segment;
use super::query::Query;
use super::words::Words;
use super::{facets, matching, order};

/// All that a search needs; it does not change.
pub(crate) struct View {
    pub(crate) segments: Vec<Segment>,
    pub(crate) columns: Columns,
    pub(crate) words: Arc<Words>,
}

/// A page of what was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The products of this page, and whether their descriptions have a word of the query.
    pub(crate) hits: Vec<(ProductId, bool)>,
    pub(crate) next: Option<order::Place>,
    pub(crate) total: usize,
    pub(crate) facets: Vec<Facet>,
    /// The lowest and highest price before the price filter, in minor units.
    pub(crate) price_range: Option<(i64, i64)>,
    pub(crate) marks: Marks,
    pub(crate) corrected: Option<String>,
}

impl View {
    /// The products that a query asks for.
    pub(crate) fn search(&self, query: &Query, currency: Currency) -> io::Result<Found> {
        let matches = matching::matches(self, &query.text)?;
        let is_text = matches.is_some();
        let matches = matches.unwrap_or_else(|| matching::Matches {
            found: self.columns.all().map(|slot| (slot, 0)).collect(),
            ..Default::default()
        });
        let narrowed = facets::narrow(&self.columns, &matches.found, &query.filters, currency);
        let sort = order::Sorting::of(query.sort, is_text);
        let (slots, next) =
            sort.page(&self.columns, &narrowed.found, query.after.as_ref(), query.limit);
        let hit = |slot: &u32| {
            let in_body = matches.in_body.get(*slot as usize).is_some_and(|in_body| *in_body);
            Some((self.columns.key(*slot)?.id.clone(), in_body))
        };
        let hits = slots.iter().filter_map(hit).collect();
        Ok(Found {
            hits,
            next,
            total: narrowed.found.len(),
            facets: narrowed.facets,
            price_range: narrowed.price_range,
            marks: matches.marks,
            corrected: matches.corrected,
        })
    }
}
