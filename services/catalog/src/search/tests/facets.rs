//! Filters and counts, against the plainest way to count.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::search::query::Filters;

fn shirts() -> Vec<Item> {
    vec![
        Item::new("Shirt Anna").of("Acme").within(&["clothes", "shirts"]).in_variants(
            "Size Color",
            &[("M Red", 1000, true), ("L Blue", 1200, false), ("S Red", 1000, false)],
        ),
        Item::new("Shirt Bea")
            .of("Acme")
            .within(&["clothes", "shirts"])
            .in_variants("Size Color", &[("M Blue", 2000, true), ("XL Red", 2000, true)]),
        Item::new("Hat")
            .of("Bolt")
            .within(&["clothes"])
            .in_variants("Color", &[("Red", 3000, false)]),
        Item::new("Mug").of("Bolt").within(&["home"]).costing(500),
    ]
}

fn counts(found: &Found, parameter: &str) -> Vec<(String, u32)> {
    let facet = found.facets.iter().find(|facet| facet.parameter == parameter);
    facet.map_or_else(Vec::new, |facet| {
        facet.values.iter().map(|value| (value.value.clone(), value.count)).collect()
    })
}

fn pairs(expected: &[(&str, u32)]) -> Vec<(String, u32)> {
    expected.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
}

#[test]
fn a_product_matches_when_one_variant_has_all_that_is_chosen() {
    let items = shirts();
    let view = view(&items);
    let names = |query: &str| {
        let mut names = titles(&items, &find(&view, query));
        names.sort();
        names
    };
    assert_eq!(names("option.Size=M&option.Color=Red"), ["Shirt Anna"]);
    assert_eq!(names("option.size=m&option.COLOR=blue"), ["Shirt Bea"]);
    assert_eq!(names("option.Size=M&option.Size=XL&option.Color=Red"), ["Shirt Anna", "Shirt Bea"]);
    assert_eq!(names("option.Color=Red&in_stock=true"), ["Shirt Anna", "Shirt Bea"]);
    assert_eq!(names("option.Size=S&in_stock=true"), [""; 0]);
    assert_eq!(names("option.Color=Blue&price_max=1500"), ["Shirt Anna"]);
    assert_eq!(names("price=0-999&price=3000-9999"), ["Hat", "Mug"]);
    assert_eq!(names("category=clothes&vendor=Bolt"), ["Hat"]);
    assert_eq!(names("category=home&category=shirts"), ["Mug", "Shirt Anna", "Shirt Bea"]);
    for nothing in [
        "option.Taste=Sweet",
        "option.Size=XXL",
        "vendor=Nobody",
        "category=none",
        "price_min=99999",
    ] {
        assert!(names(nothing).is_empty(), "{nothing}");
    }
}

#[test]
fn counts_leave_out_their_own_choice() {
    let items = shirts();
    let view = view(&items);
    let found = find(&view, "option.Color=Red");
    assert_eq!(counts(&found, "option.Color"), pairs(&[("Red", 3), ("Blue", 2)]));
    assert_eq!(counts(&found, "option.Size"), pairs(&[("S", 1), ("M", 1), ("XL", 1)]));
    assert_eq!(counts(&found, "vendor"), pairs(&[("Acme", 2), ("Bolt", 1)]));
    assert_eq!(counts(&found, "category"), pairs(&[("clothes", 3), ("shirts", 2)]));
    assert_eq!(counts(&found, "in_stock"), pairs(&[("true", 2)]));
    assert_eq!(found.price_range, Some((1000, 3000)));
    let found = find(&view, "vendor=Bolt&price_max=600&q=mug");
    assert_eq!(counts(&found, "vendor"), pairs(&[("Bolt", 1)]));
    assert_eq!(find(&view, "price_max=600").price_range, Some((500, 3000)));
}

#[test]
fn sizes_stand_in_their_order_and_what_is_chosen_is_said() {
    let items = shirts();
    let view = view(&items);
    let found = find(&view, "option.Size=L");
    let facet = found.facets.iter().find(|facet| facet.parameter == "option.Size").unwrap();
    let sizes: Vec<(&str, bool)> =
        facet.values.iter().map(|value| (value.value.as_str(), value.selected)).collect();
    assert_eq!(sizes, [("S", false), ("M", false), ("L", true), ("XL", false)]);
    let category = found.facets.iter().find(|facet| facet.parameter == "category").unwrap();
    assert_eq!(
        (category.values[0].value.as_str(), category.values[0].label.as_str()),
        ("clothes", "CLOTHES")
    );
}

/// The plainest way: each filter on its own, without columns.
struct Plain<'a> {
    items: &'a [Item],
    filters: &'a Filters,
}

impl Plain<'_> {
    /// The items left when one filter, by its parameter, is not looked at, with the variants that would do.
    fn left(&self, without: &str) -> Vec<(&Item, Vec<usize>)> {
        let filters = self.filters;
        let stays = |item: &Item| {
            let category = filters.categories.is_empty()
                || without == "category"
                || item.categories.iter().any(|(slug, _)| filters.categories.contains(slug));
            let vendor = filters.vendors.is_empty()
                || without == "vendor"
                || item.vendor.as_ref().is_some_and(|vendor| filters.vendors.contains(vendor));
            category && vendor
        };
        let left = self.items.iter().filter(|item| stays(item)).map(|item| {
            let fit = (0..item.variants.len())
                .filter(|at| self.fits(item, *at, without))
                .collect::<Vec<_>>();
            (item, fit)
        });
        left.filter(|(_, fit)| !fit.is_empty()).collect()
    }

    fn fits(&self, item: &Item, at: usize, without: &str) -> bool {
        let (values, price, in_stock) = &item.variants[at];
        let filters = self.filters;
        let price_fits = without == "price"
            || (filters.price_min.is_none_or(|min| *price >= min)
                && filters.price_max.is_none_or(|max| *price <= max));
        let stock_fits = without == "in_stock" || !filters.in_stock || *in_stock;
        let options_fit = filters.options.iter().all(|(name, chosen)| {
            let at = item.options.iter().position(|option| option == name);
            without == format!("option.{name}") || at.is_some_and(|at| chosen.contains(&values[at]))
        });
        price_fits && stock_fits && options_fit
    }

    fn counts(&self, parameter: &str) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for (item, fit) in self.left(parameter) {
            let mut values = BTreeSet::new();
            match parameter {
                "category" => values.extend(item.categories.iter().map(|(slug, _)| slug.clone())),
                "vendor" => values.extend(item.vendor.clone()),
                "in_stock" => values
                    .extend(fit.iter().any(|at| item.variants[*at].2).then(|| "true".to_owned())),
                option => {
                    let name = option.strip_prefix("option.").unwrap();
                    let at = item.options.iter().position(|option| option == name);
                    values.extend(
                        at.iter().flat_map(|at| {
                            fit.iter().map(|fit| item.variants[*fit].0[*at].clone())
                        }),
                    );
                }
            }
            for value in values {
                *counts.entry(value).or_default() += 1;
            }
        }
        counts
    }
}

fn any_item() -> impl Strategy<Value = Item> {
    let variant = (0..3_usize, 0..3_usize, 0..6_i64, any::<bool>());
    let variants = prop::collection::vec(variant, 1..5);
    (
        prop::option::of(0..3_usize),
        prop::collection::btree_set(0..4_usize, 0..3),
        0..3_usize,
        variants,
    )
        .prop_map(|(vendor, categories, options, variants)| {
            let mut item = Item::new("Lamp");
            item.vendor = vendor.map(|at| format!("Vendor {at}"));
            item.categories =
                categories.iter().map(|at| (format!("cat-{at}"), format!("Cat {at}"))).collect();
            item.options =
                ["Size", "Color"][..options].iter().map(|name| (*name).to_owned()).collect();
            item.variants = variants
                .into_iter()
                .map(|(size, color, price, in_stock)| {
                    let values = [format!("S{size}"), format!("C{color}")];
                    (values[..options].to_vec(), price * 100, in_stock)
                })
                .collect();
            item
        })
}

fn any_filters() -> impl Strategy<Value = Filters> {
    let choice = |texts: &'static [&'static str]| {
        let some = prop::sample::subsequence(texts, 0..3);
        some.prop_map(|texts| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    };
    let sizes = choice(&["S0", "S1", "S2", "S9"]);
    let colors = choice(&["C0", "C1", "C2"]);
    let price = prop::option::of(0..6_i64);
    (
        choice(&["cat-0", "cat-1", "cat-9"]),
        choice(&["Vendor 0", "Vendor 1"]),
        (price.clone(), price),
        any::<bool>(),
        (sizes, colors),
    )
        .prop_map(|(categories, vendors, (min, max), in_stock, (sizes, colors))| {
            let options = [("Size", sizes), ("Color", colors)]
                .into_iter()
                .filter(|(_, values)| !values.is_empty());
            Filters {
                categories,
                vendors,
                price_min: min.map(|price| price * 100),
                price_max: max.map(|price| price * 100),
                options: options.map(|(name, values)| (name.to_owned(), values)).collect(),
                in_stock,
                ..Filters::default()
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn what_is_left_and_counted_is_what_the_plainest_way_says(
        items in prop::collection::vec(any_item(), 0..25),
        filters in any_filters(),
        with_text in any::<bool>(),
    ) {
        let view = view(&items);
        let q = if with_text { "lamp" } else { "" };
        let query = Query { filters: filters.clone(), ..text(q) };
        let found = view.search(&query, Currency::EUR).unwrap();
        let plain = Plain { items: &items, filters: &filters };
        let expected: BTreeSet<_> = plain.left("").into_iter().map(|(item, _)| item.id.clone().unwrap()).collect();
        prop_assert_eq!(found.total, expected.len());
        prop_assert_eq!(found.hits.iter().map(|(id, _)| id.clone()).collect::<BTreeSet<_>>(), expected);
        for parameter in ["category", "vendor", "in_stock", "option.Size", "option.Color"] {
            let mut counted: BTreeMap<String, u32> = counts(&found, parameter).into_iter().collect();
            counted.retain(|_, count| *count > 0);
            prop_assert_eq!(counted, plain.counts(parameter), "{}", parameter);
        }
        let prices: BTreeSet<i64> = plain.left("price").into_iter()
            .flat_map(|(item, fit)| fit.into_iter().map(|at| item.variants[at].1)).collect();
        prop_assert_eq!(found.price_range, prices.first().copied().zip(prices.last().copied()));
        for facet in found.facets.iter().filter(|facet| facet.parameter == "price") {
            for value in &facet.values {
                let (min, max) = value.value.split_once('-').unwrap();
                let (min, max): (i64, i64) = (min.parse().unwrap(), max.parse().unwrap());
                let within = plain.left("price").into_iter()
                    .filter(|(item, fit)| fit.iter().any(|at| (min..=max).contains(&item.variants[*at].1))).count();
                prop_assert_eq!(value.count as usize, within);
            }
        }
    }
}
