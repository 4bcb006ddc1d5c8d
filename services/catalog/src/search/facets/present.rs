//! Counts as facets, in the order people look for them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use emart_catalog_api::{Facet, FacetValue};
use emart_types::{Currency, Money};

use super::Counts;
use crate::search::columns::Columns;
use crate::search::query::Filters;

/// Values shown of a facet, and facets shown for options: those of most products.
const MOST_VALUES: usize = 50;
const MOST_OPTIONS: usize = 12;

/// The facets that have anything to choose.
pub(super) fn facets(
    columns: &Columns,
    counts: &Counts,
    filters: &Filters,
    currency: Currency,
) -> Vec<Facet> {
    let names = &columns.names;
    let slugs = &names.categories.texts;
    let labels = &names.category_names;
    let mut facets = vec![
        facet(
            "category",
            "Category",
            counted(&counts.categories, slugs, labels, &filters.categories),
        ),
        facet(
            "vendor",
            "Vendor",
            counted(&counts.vendors, &names.vendors.texts, &names.vendors.texts, &filters.vendors),
        ),
        facet("price", "Price", prices(counts, filters, currency)),
        facet("in_stock", "Availability", in_stock(counts, filters)),
    ];
    facets.extend(options(columns, counts, filters));
    facets.retain(|facet| !facet.values.is_empty());
    facets
}

fn facet(parameter: &str, label: &str, values: Vec<FacetValue>) -> Facet {
    Facet { parameter: parameter.to_owned(), label: label.to_owned(), values }
}

fn counted(
    counts: &[u32],
    values: &[Arc<str>],
    labels: &[Arc<str>],
    chosen: &[String],
) -> Vec<FacetValue> {
    let chosen: Vec<String> = chosen.iter().map(|text| text.trim().to_lowercase()).collect();
    let all = counts.iter().zip(values).zip(labels);
    let mut values: Vec<FacetValue> = all
        .map(|((count, value), label)| (*count, value, label, is_chosen(&chosen, value)))
        .filter(|(count, _, _, selected)| *count > 0 || *selected)
        .map(|(count, value, label, selected)| FacetValue {
            value: value.to_string(),
            label: label.to_string(),
            count,
            selected,
        })
        .collect();
    keep_most(&mut values);
    values
}

fn is_chosen(chosen: &[String], value: &str) -> bool {
    !chosen.is_empty() && chosen.contains(&value.trim().to_lowercase())
}

/// Sorts by how many products are left, and keeps the first; what is chosen stays.
fn keep_most(values: &mut Vec<FacetValue>) {
    values.sort_by(|a, b| {
        (Reverse(a.count), &a.label, &a.value).cmp(&(Reverse(b.count), &b.label, &b.value))
    });
    let mut kept = 0;
    values.retain(|value| {
        kept += 1;
        kept <= MOST_VALUES || value.selected
    });
}

fn prices(counts: &Counts, filters: &Filters, currency: Currency) -> Vec<FacetValue> {
    let bounds = filters.price_min.zip(filters.price_max);
    let is_chosen = |range: &(i64, i64)| filters.prices.contains(range) || bounds == Some(*range);
    let mut ranges = counts.prices.ranges();
    // A range that was proposed for other results stays as long as it is chosen.
    ranges.extend(filters.prices.iter().copied());
    ranges.sort_unstable();
    ranges.dedup();
    let label =
        |(min, max)| format!("{} – {}", Money::new(min, currency), Money::new(max, currency));
    let value = |(range, count): (&(i64, i64), u32)| FacetValue {
        value: format!("{}-{}", range.0, range.1),
        label: label(*range),
        count,
        selected: is_chosen(range),
    };
    let values = ranges.iter().zip(counts.prices.count(&ranges)).map(value);
    values.filter(|value| value.count > 0 || value.selected).collect()
}

fn in_stock(counts: &Counts, filters: &Filters) -> Vec<FacetValue> {
    if counts.in_stock == 0 && !filters.in_stock {
        return Vec::new();
    }
    let (value, label) = ("true".to_owned(), "In stock".to_owned());
    vec![FacetValue { value, label, count: counts.in_stock, selected: filters.in_stock }]
}

fn options(columns: &Columns, counts: &Counts, filters: &Filters) -> Vec<Facet> {
    let names = &columns.names;
    let chosen: HashMap<u32, Vec<String>> = filters
        .options
        .iter()
        .filter_map(|(name, values)| {
            let values = values.iter().map(|value| value.trim().to_lowercase());
            Some((names.options.find(name)?, values.collect()))
        })
        .collect();
    let mut by_option: HashMap<u32, Vec<FacetValue>> = HashMap::new();
    for ((count, value), option) in counts.values.iter().zip(names.values()).zip(&names.option_of) {
        let selected = chosen.get(option).is_some_and(|chosen| is_chosen(chosen, value));
        if *count > 0 || selected {
            let (value, label) = (value.to_string(), value.to_string());
            by_option.entry(*option).or_default().push(FacetValue {
                value,
                label,
                count: *count,
                selected,
            });
        }
    }
    let mut options: Vec<_> = by_option.into_iter().collect();
    // Chosen ones first among those that are kept, then those of most products.
    let most =
        |values: &[FacetValue]| values.iter().map(|value| u64::from(value.count)).sum::<u64>();
    options.sort_by_cached_key(|(option, values)| {
        (!chosen.contains_key(option), Reverse(most(values)), *option)
    });
    options.truncate(MOST_OPTIONS);
    options.sort_by_cached_key(|(option, values)| (Reverse(most(values)), *option));
    let facet = |(option, mut values): (u32, Vec<FacetValue>)| {
        keep_most(&mut values);
        in_natural_order(&mut values);
        let label = &names.options.texts[option as usize];
        facet(&format!("option.{label}"), label, values)
    };
    options.into_iter().map(facet).collect()
}

/// Sizes and numbers are looked for in their own order, if that is what most values are.
fn in_natural_order(values: &mut [FacetValue]) {
    let sizes = values.iter().filter(|value| size(&value.label).is_some()).count();
    if sizes * 2 > values.len() {
        values.sort_by_cached_key(|value| {
            let size = size(&value.label);
            (size.is_none(), size, Reverse(value.count), value.label.clone())
        });
    }
}

/// Where a size stands among sizes: letters first (in hundredths of `M`), then numbers (in thousandths).
fn size(label: &str) -> Option<(u8, u64)> {
    let label = label.trim().to_ascii_lowercase();
    let letters = match label.as_str() {
        "s" | "small" => Some(400),
        "m" | "medium" => Some(500),
        "l" | "large" => Some(600),
        "xl" | "x-large" | "extra large" => Some(700),
        "xs" | "x-small" | "extra small" => Some(300),
        "s/m" => Some(450),
        "m/l" => Some(550),
        "l/xl" => Some(650),
        "xs/s" => Some(350),
        _ => many_x(&label),
    };
    if let Some(letters) = letters {
        return Some((0, letters));
    }
    number(&label).map(|thousandths| (1, thousandths))
}

/// `XXS`, `XXXL`, `3XL`.
fn many_x(label: &str) -> Option<u64> {
    let (rest, sign) = match (label.strip_suffix('s'), label.strip_suffix('l')) {
        (Some(rest), _) => (rest, -100_i64),
        (_, Some(rest)) => (rest, 100),
        _ => return None,
    };
    let count = match rest.strip_suffix('x') {
        Some(number) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
            number.parse().ok()?
        }
        Some(xs) if xs.bytes().all(|b| b == b'x') => i64::try_from(rest.len()).ok()?,
        _ => return None,
    };
    let middle = if sign < 0 { 400 } else { 600 };
    u64::try_from(middle + sign * count.clamp(0, 30)).ok().or(Some(0))
}

/// The number a label begins with, in thousandths: `36`, `36.5`, `7 1/2`, `100 ml`.
fn number(label: &str) -> Option<u64> {
    let digits = label.find(|c: char| !c.is_ascii_digit()).unwrap_or(label.len());
    let whole: u64 = label[..digits].parse().ok().filter(|whole| *whole <= 1_000_000_000)?;
    let rest = &label[digits..];
    let part = match rest.strip_prefix(['.', ',']) {
        Some(part) => {
            let digits = part.bytes().take(3).take_while(u8::is_ascii_digit);
            digits.zip([100, 10, 1]).map(|(digit, worth)| u64::from(digit - b'0') * worth).sum()
        }
        None => match rest.trim_start() {
            "1/4" | "¼" => 250,
            "1/2" | "½" => 500,
            "3/4" | "¾" => 750,
            _ => 0,
        },
    };
    Some(whole * 1000 + part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_come_in_their_natural_order() {
        for sizes in [
            &["XXS", "XS", "XS/S", "S", "M", "M/L", "Large", "XL", "XXL", "3XL", "xxxxl"][..],
            &["7", "7 1/2", "8", "8.5", "10", "100 ml", "250ml"],
        ] {
            let mut values: Vec<FacetValue> = sizes
                .iter()
                .rev()
                .map(|size| FacetValue {
                    value: (*size).to_owned(),
                    label: (*size).to_owned(),
                    count: 1,
                    selected: false,
                })
                .collect();
            in_natural_order(&mut values);
            assert_eq!(values.iter().map(|value| value.label.as_str()).collect::<Vec<_>>(), sizes);
        }
    }
}
