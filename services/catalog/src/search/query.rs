//! What a search asks for, read from a URL's query: any `option.<name>` may stand in it.

use emart_catalog_api::Sort;
use emart_http::{Cursor, PageQuery};

use super::order::{Place, Sorting};
use crate::error::Error;

/// The longest text that is searched for, in characters.
pub(crate) const LONGEST_TEXT: usize = 200;
/// No product has more than three options; more that are asked for are a mistake.
const MOST_OPTIONS: usize = 10;
/// Choices of one filter.
const MOST_CHOICES: usize = 100;

/// A search.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) text: String,
    pub(crate) filters: Filters,
    pub(crate) sort: Sort,
    pub(crate) limit: usize,
    pub(crate) after: Option<Place>,
}

/// What results are narrowed to. Of one filter any choice will do; all filters hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filters {
    /// Slugs; products in it and below.
    pub(crate) categories: Vec<String>,
    pub(crate) vendors: Vec<String>,
    /// In minor units, both ends included.
    pub(crate) price_min: Option<i64>,
    pub(crate) price_max: Option<i64>,
    /// The values of the facet `price`.
    pub(crate) prices: Vec<(i64, i64)>,
    /// Names and the values to choose from.
    pub(crate) options: Vec<(String, Vec<String>)>,
    pub(crate) in_stock: bool,
}

impl Query {
    /// Reads the names and values of a URL's query. Names that mean nothing here are passed over.
    pub(crate) fn read(pairs: Vec<(String, String)>) -> Result<Self, Error> {
        let mut query = Self::default();
        let mut page = PageQuery::default();
        for (name, value) in pairs {
            match name.as_str() {
                "q" => query.text = text(value)?,
                "sort" => query.sort = sort(&value)?,
                "limit" => page.limit = Some(number(&name, &value)?),
                "cursor" => page.cursor = Some(value),
                _ => query.filters.read(&name, value)?,
            }
        }
        query.limit = page.limit()?;
        query.after = page
            .cursor
            .as_deref()
            .filter(|cursor| !cursor.is_empty())
            .map(Cursor::decode)
            .transpose()?;
        let sorting = Sorting::of(query.sort, !query.text.trim().is_empty());
        if query.after.as_ref().is_some_and(|place| !sorting.fits(place)) {
            return Err(Error::bad_query("cursor: belongs to another order"));
        }
        Ok(query)
    }
}

impl Filters {
    fn read(&mut self, name: &str, value: String) -> Result<(), Error> {
        match name {
            "category" => choose(&mut self.categories, name, value)?,
            "vendor" => choose(&mut self.vendors, name, value)?,
            "price_min" => self.price_min = amount(name, &value)?,
            "price_max" => self.price_max = amount(name, &value)?,
            "price" => self.prices.extend(range(name, &value)?),
            "in_stock" => {
                self.in_stock = match value.as_str() {
                    "true" => true,
                    "false" | "" => false,
                    _ => return Err(bad(name, "must be true or false")),
                }
            }
            _ => {
                if let Some(option) = name.strip_prefix("option.") {
                    self.choose_option(option, value)?;
                }
            }
        }
        if self.prices.len() > MOST_CHOICES {
            return Err(bad(name, "too many choices"));
        }
        Ok(())
    }

    fn choose_option(&mut self, option: &str, value: String) -> Result<(), Error> {
        let known =
            self.options.iter_mut().find(|(name, _)| name.to_lowercase() == option.to_lowercase());
        if let Some((_, values)) = known {
            return choose(values, option, value);
        }
        if self.options.len() == MOST_OPTIONS {
            return Err(Error::bad_query("option: at most ten"));
        }
        let mut values = Vec::new();
        choose(&mut values, option, value)?;
        if !values.is_empty() {
            self.options.push((option.to_owned(), values));
        }
        Ok(())
    }
}

/// Adds a choice. An empty one is what a form sends for "any".
fn choose(choices: &mut Vec<String>, name: &str, value: String) -> Result<(), Error> {
    if value.is_empty() || choices.contains(&value) {
        return Ok(());
    }
    if choices.len() == MOST_CHOICES {
        return Err(bad(name, "too many choices"));
    }
    choices.push(value);
    Ok(())
}

/// Reads the text that is searched for.
pub(crate) fn text(value: String) -> Result<String, Error> {
    if value.chars().count() > LONGEST_TEXT {
        return Err(bad("q", "at most 200 characters"));
    }
    Ok(value)
}

fn sort(value: &str) -> Result<Sort, Error> {
    Ok(match value {
        "relevance" | "" => Sort::Relevance,
        "newest" => Sort::Newest,
        "price_asc" => Sort::PriceAsc,
        "price_desc" => Sort::PriceDesc,
        "title" => Sort::Title,
        _ => return Err(bad("sort", "must be relevance, newest, price_asc, price_desc or title")),
    })
}

fn number(name: &str, value: &str) -> Result<u32, Error> {
    value.parse().map_err(|_| bad(name, "must be a number"))
}

fn amount(name: &str, value: &str) -> Result<Option<i64>, Error> {
    if value.is_empty() {
        return Ok(None);
    }
    let amount = value.parse().ok().filter(|amount| *amount >= 0);
    amount.map(Some).ok_or_else(|| bad(name, "must be a number of minor units"))
}

fn range(name: &str, value: &str) -> Result<Option<(i64, i64)>, Error> {
    if value.is_empty() {
        return Ok(None);
    }
    let bad = || bad(name, "must be two numbers of minor units: 1000-1999");
    let (from, to) = value.split_once('-').ok_or_else(bad)?;
    match (amount(name, from)?, amount(name, to)?) {
        (Some(from), Some(to)) => Ok(Some((from, to))),
        _ => Err(bad()),
    }
}

fn bad(name: &str, detail: &str) -> Error {
    let name: String = name.chars().take(64).collect();
    Error::bad_query(&format!("{name}: {detail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Query, Error> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Query::read(pairs.iter().map(owned).collect())
    }

    #[test]
    fn filters_are_read_and_repeated_ones_are_choices() {
        let query = read(&[
            ("q", "red lamp"),
            ("vendor", "A"),
            ("vendor", "B"),
            ("vendor", "A"),
            ("option.Size", "M"),
            ("option.size", "L"),
            ("option.Color", ""),
            ("price", "1000-1999"),
            ("price_min", ""),
            ("in_stock", "true"),
            ("sort", "price_desc"),
            ("utm_source", "x"),
        ])
        .unwrap();
        assert_eq!(query.filters.vendors, ["A", "B"]);
        assert_eq!(
            query.filters.options,
            [("Size".to_owned(), vec!["M".to_owned(), "L".to_owned()])]
        );
        assert_eq!(query.filters.prices, [(1000, 1999)]);
        assert_eq!((query.limit, query.filters.in_stock), (20, true));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let long = "x".repeat(201);
        for (name, value) in [
            ("q", long.as_str()),
            ("limit", "0"),
            ("limit", "101"),
            ("limit", "x"),
            ("sort", "up"),
            ("price_min", "-1"),
            ("price_max", "1e9"),
            ("price", "5"),
            ("price", "-5"),
            ("in_stock", "yes"),
            ("cursor", "@@"),
        ] {
            assert!(read(&[(name, value)]).is_err(), "{name}={value}");
        }
        let place = Cursor::encode(&Place::PriceAsc(1, emart_catalog_api::ProductId::new()));
        assert!(read(&[("cursor", &place), ("sort", "price_desc")]).is_err());
        assert!(read(&[("cursor", &place), ("sort", "price_asc")]).is_ok());
    }
}
