//! From the address of a category or search page to what the catalogue is asked, and from its answer to the list
//! with its filters.

use emart_catalog_api::{Facet, SearchResult};
use url::form_urlencoded::{Serializer, parse};

use crate::cards;
use crate::view::{Chip, Choice, FacetGroup, FacetValue, Listing};

/// Products a page shows.
const PAGE: &str = "24";
/// What an address may narrow by besides `option.<name>`; anything else in it (campaign marks) is left alone.
const FILTERS: [&str; 6] = ["category", "vendor", "in_stock", "price", "price_min", "price_max"];

/// What the visitor asks for.
pub(crate) struct Asked {
    /// `/search` or `/c/{slug}`.
    path: String,
    /// The category of the page itself, which is no filter that could be taken away.
    fixed: Option<String>,
    pub(crate) query: String,
    sort: String,
    cursor: String,
    filters: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn read(path: &str, fixed: Option<&str>, raw: &str) -> Self {
        let mut asked = Self {
            path: path.to_owned(),
            fixed: fixed.map(ToOwned::to_owned),
            query: String::new(),
            sort: String::new(),
            cursor: String::new(),
            filters: Vec::new(),
        };
        for (key, value) in parse(raw.as_bytes()) {
            let value = value.trim();
            if value.is_empty() || value.contains('\0') || value.len() > 500 {
                continue;
            }
            match &*key {
                "q" => asked.query = value.chars().take(200).collect(),
                "sort" => asked.sort = value.to_owned(),
                "cursor" => asked.cursor = value.to_owned(),
                "category" if asked.fixed.is_some() => {}
                key if FILTERS.contains(&key) || key.starts_with("option.") => {
                    let filter = (key.to_owned(), value.to_owned());
                    if asked.filters.len() < 50 && !asked.filters.contains(&filter) {
                        asked.filters.push(filter);
                    }
                }
                _ => {}
            }
        }
        asked
    }

    /// The query the catalogue gets.
    pub(crate) fn for_catalog(&self) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("limit", PAGE);
        if let Some(category) = &self.fixed {
            query.append_pair("category", category);
        }
        for (key, value) in [("q", &self.query), ("sort", &self.sort), ("cursor", &self.cursor)] {
            if !value.is_empty() {
                query.append_pair(key, value);
            }
        }
        query.extend_pairs(&self.filters);
        query.finish()
    }

    /// Whether the list is narrowed or continued, so that it is not what a search engine should keep.
    pub(crate) fn is_narrowed(&self) -> bool {
        !(self.filters.is_empty() && self.cursor.is_empty() && self.sort.is_empty())
    }

    fn address(&self, filters: &[(String, String)], cursor: Option<&str>) -> String {
        let mut query = Serializer::new(String::new());
        for (key, value) in [("q", &self.query), ("sort", &self.sort)] {
            if !value.is_empty() {
                query.append_pair(key, value);
            }
        }
        query.extend_pairs(filters);
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        let query = query.finish();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }

    fn without(&self, key: &str, value: &str) -> String {
        let mut left = self.filters.clone();
        left.retain(|(k, v)| !(k == key && v == value));
        self.address(&left, None)
    }

    /// The list as the templates print it.
    pub(crate) fn listing(&self, result: &SearchResult) -> Listing {
        Listing {
            action: self.path.clone(),
            query: self.query.clone(),
            total: u64::from(result.total),
            cards: result.items.iter().map(cards::hit).collect(),
            facets: result.facets.iter().filter_map(|facet| self.group(facet)).collect(),
            chips: self.chips(&result.facets),
            clear: self.address(&[], None),
            sorts: self.sorts(),
            earlier: (!self.cursor.is_empty()).then(|| self.address(&self.filters, None)),
            next: result.next_cursor.as_deref().map(|c| self.address(&self.filters, Some(c))),
        }
    }

    fn group(&self, facet: &Facet) -> Option<FacetGroup> {
        // One value narrows nothing, and the page's own category is not up for choice.
        let useless = facet.values.len() < 2 && facet.values.iter().all(|value| !value.selected);
        let own = facet.parameter == "category" && self.fixed.is_some();
        if own || (useless && facet.parameter != "in_stock") || facet.values.is_empty() {
            return None;
        }
        let values = facet.values.iter().map(|value| FacetValue {
            value: value.value.clone(),
            label: value.label.clone(),
            count: value.count,
            on: value.selected,
        });
        Some(FacetGroup {
            name: facet.parameter.clone(),
            label: facet.label.clone(),
            values: values.collect(),
        })
    }

    fn chips(&self, facets: &[Facet]) -> Vec<Chip> {
        let chip = |(key, value): &(String, String)| {
            let facet = facets.iter().find(|facet| facet.parameter == *key);
            let known = facet.and_then(|facet| facet.values.iter().find(|v| v.value == *value));
            let label = known.map_or(value, |known| &known.label).clone();
            Chip { label, href: self.without(key, value) }
        };
        self.filters.iter().map(chip).collect()
    }

    fn sorts(&self) -> Vec<Choice> {
        let first =
            if self.query.is_empty() { ("newest", "Newest") } else { ("relevance", "Best match") };
        let mut sorts = vec![first];
        if !self.query.is_empty() {
            sorts.push(("newest", "Newest"));
        }
        sorts.extend([
            ("price_asc", "Price, low to high"),
            ("price_desc", "Price, high to low"),
            ("title", "Name, A to Z"),
        ]);
        let on = |value: &str| self.sort == value || (self.sort.is_empty() && value == first.0);
        let choice = |(value, label): (&str, &str)| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            on: on(value),
        };
        sorts.into_iter().map(choice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_and_written_back() {
        let raw = "q=mug&vendor=A&vendor=B&option.Size=L&utm_source=x&price_min=&sort=price_asc";
        let asked = Asked::read("/search", None, raw);
        assert_eq!(
            asked.for_catalog(),
            "limit=24&q=mug&sort=price_asc&vendor=A&vendor=B&option.Size=L"
        );
        assert_eq!(
            asked.without("vendor", "A"),
            "/search?q=mug&sort=price_asc&vendor=B&option.Size=L"
        );
        assert!(asked.is_narrowed());
    }

    #[test]
    fn a_category_page_stays_in_its_category() {
        let asked = Asked::read("/c/kitchen", Some("kitchen"), "category=home&cursor=abc");
        assert_eq!(asked.for_catalog(), "limit=24&category=kitchen&cursor=abc");
        assert_eq!(asked.address(&asked.filters, None), "/c/kitchen");
    }
}
