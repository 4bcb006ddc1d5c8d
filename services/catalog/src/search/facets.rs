//! Narrows what was found, and counts what it could be narrowed to.
//!
//! A filter on price, stock or an option is about variants: a product stays if one variant meets them all. A facet's
//! counts leave out that facet's own filter, so that they say what another choice would give.

mod present;
mod prices;

use emart_catalog_api::Facet;
use emart_types::Currency;

use self::prices::Prices;
use super::columns::{Columns, NONE, Variant};
use super::query::Filters;

/// Bits of what a variant fails.
const PRICE: u32 = 1;
const STOCK: u32 = 2;
const FIRST_OPTION: u32 = 4;

/// What is left, and what it could be narrowed to.
#[derive(Debug)]
pub(crate) struct Narrowed {
    /// Slots and scores.
    pub(crate) found: Vec<(u32, u32)>,
    pub(crate) facets: Vec<Facet>,
    /// Before the price filter.
    pub(crate) price_range: Option<(i64, i64)>,
}

/// Filters, with numbers in place of texts. What no product has is a choice that nothing meets.
struct Choice {
    categories: Option<Vec<u32>>,
    vendors: Option<Vec<u32>>,
    price_min: i64,
    price_max: i64,
    prices: Vec<(i64, i64)>,
    has_price: bool,
    in_stock: bool,
    /// The option and its chosen values.
    options: Vec<(u32, Vec<u32>)>,
}

impl Choice {
    fn of(columns: &Columns, filters: &Filters) -> Self {
        let names = &columns.names;
        let numbers = |texts: &[String], find: &dyn Fn(&str) -> Option<u32>| {
            (!texts.is_empty()).then(|| texts.iter().filter_map(|text| find(text)).collect())
        };
        let option = |(name, values): &(String, Vec<String>)| {
            let option = names.options.find(name).unwrap_or(NONE);
            let values = values.iter().filter_map(|value| names.find_value(option, value));
            (option, values.collect())
        };
        Self {
            categories: numbers(&filters.categories, &|slug| names.categories.find(slug)),
            vendors: numbers(&filters.vendors, &|vendor| names.vendors.find(vendor)),
            price_min: filters.price_min.unwrap_or(i64::MIN),
            price_max: filters.price_max.unwrap_or(i64::MAX),
            prices: filters.prices.clone(),
            has_price: filters.price_min.is_some()
                || filters.price_max.is_some()
                || !filters.prices.is_empty(),
            in_stock: filters.in_stock,
            options: filters.options.iter().map(option).collect(),
        }
    }

    const fn is_about_variants(&self) -> bool {
        self.has_price || self.in_stock || !self.options.is_empty()
    }

    /// What a variant fails, a bit for each filter.
    fn fails(&self, variant: &Variant) -> u32 {
        let mut fails = 0;
        if self.has_price {
            let price = variant.price;
            let is_in_range = self.prices.is_empty()
                || self.prices.iter().any(|(min, max)| (*min..=*max).contains(&price));
            if !is_in_range || price < self.price_min || price > self.price_max {
                fails |= PRICE;
            }
        }
        if self.in_stock && !variant.in_stock {
            fails |= STOCK;
        }
        let mut bit = FIRST_OPTION;
        for (_, chosen) in &self.options {
            if !variant.values.iter().any(|value| chosen.contains(value)) {
                fails |= bit;
            }
            bit <<= 1;
        }
        fails
    }
}

/// What is counted while going over the products once.
struct Counts {
    categories: Vec<u32>,
    vendors: Vec<u32>,
    values: Vec<u32>,
    in_stock: u32,
    prices: Prices,
    /// For each value the product for which it was counted last: a product counts once.
    counted: Vec<u32>,
}

/// Narrows what was found.
pub(crate) fn narrow(
    columns: &Columns,
    found: &[(u32, u32)],
    filters: &Filters,
    currency: Currency,
) -> Narrowed {
    let choice = Choice::of(columns, filters);
    let names = &columns.names;
    let mut counts = Counts {
        categories: vec![0; names.category_names.len()],
        vendors: vec![0; names.vendors.texts.len()],
        values: vec![0; names.option_of.len()],
        in_stock: 0,
        prices: Prices::default(),
        counted: vec![NONE; names.option_of.len()],
    };
    let mut left = Vec::with_capacity(found.len());
    let about_variants = choice.is_about_variants();
    for (slot, score) in found {
        let at = *slot as usize;
        let in_category = choice.categories.as_ref().is_none_or(|chosen| {
            columns.categories.get(at).iter().any(|category| chosen.contains(category))
        });
        let of_vendor =
            choice.vendors.as_ref().is_none_or(|chosen| chosen.contains(&columns.vendor[at]));
        if !in_category && !of_vendor {
            continue;
        }
        let both = in_category && of_vendor;
        let stays = if about_variants {
            counts.variants(columns, *slot, &choice, both)
        } else {
            if both {
                counts.product(columns, *slot);
            }
            true
        };
        if stays {
            counts.categories_and_vendor(columns, at, of_vendor, in_category);
        }
        if stays && both {
            left.push((*slot, *score));
        }
    }
    let price_range = counts.prices.range();
    let facets = present::facets(columns, &counts, filters, currency);
    Narrowed { found: left, facets, price_range }
}

impl Counts {
    /// Counts a product of which every variant will do.
    fn product(&mut self, columns: &Columns, slot: u32) {
        let at = slot as usize;
        for value in columns.values.get(at) {
            self.values[*value as usize] += 1;
        }
        self.in_stock += u32::from(columns.in_stock[at]);
        for variant in columns.variants.get(at) {
            self.prices.push(slot, variant.price);
        }
    }

    /// Counts a product by those of its variants that will do, or would if one filter were not; returns whether any
    /// will do.
    fn variants(&mut self, columns: &Columns, slot: u32, choice: &Choice, counts: bool) -> bool {
        let (mut stays, mut in_stock) = (false, false);
        for variant in columns.variants.get(slot as usize) {
            let fails = choice.fails(variant);
            stays |= fails == 0;
            if !counts {
                continue;
            }
            if fails & !PRICE == 0 {
                self.prices.push(slot, variant.price);
            }
            in_stock |= fails & !STOCK == 0 && variant.in_stock;
            for value in variant.values.iter().filter(|value| **value != NONE) {
                let at = *value as usize;
                if fails & !own_bit(choice, columns.names.option_of[at]) == 0
                    && self.counted[at] != slot
                {
                    self.counted[at] = slot;
                    self.values[at] += 1;
                }
            }
        }
        self.in_stock += u32::from(in_stock);
        stays
    }

    fn categories_and_vendor(
        &mut self,
        columns: &Columns,
        at: usize,
        of_vendor: bool,
        in_category: bool,
    ) {
        if of_vendor {
            for category in columns.categories.get(at) {
                self.categories[*category as usize] += 1;
            }
        }
        let vendor = columns.vendor[at];
        if in_category && vendor != NONE {
            self.vendors[vendor as usize] += 1;
        }
    }
}

/// The bit of the filter on an option; zero when there is none.
fn own_bit(choice: &Choice, option: u32) -> u32 {
    choice
        .options
        .iter()
        .position(|(chosen, _)| *chosen == option)
        .map_or(0, |at| FIRST_OPTION << at)
}
