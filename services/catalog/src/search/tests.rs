//! Search as a whole, over products made for it.

mod facets;
mod following;
mod hostile;
mod keeping;
mod paging;
mod relevance;

use std::sync::Arc;

use emart_catalog_api::{ProductId, Sort};
use emart_types::Currency;

use super::document::{Document, Variant};
use super::keeper::Keeper;
use super::query::Query;
use super::view::{Found, View};

/// A product that owns its texts.
#[derive(Debug, Clone, Default)]
struct Item {
    id: Option<ProductId>,
    title: String,
    vendor: Option<String>,
    product_type: Option<String>,
    tags: Vec<String>,
    categories: Vec<(String, String)>,
    html: String,
    codes: Vec<String>,
    options: Vec<String>,
    variants: Vec<(Vec<String>, i64, bool)>,
}

impl Item {
    fn new(title: &str) -> Self {
        Self {
            id: Some(ProductId::new()),
            title: title.to_owned(),
            variants: vec![(Vec::new(), 1000, true)],
            ..Self::default()
        }
    }

    fn of(mut self, vendor: &str) -> Self {
        self.vendor = Some(vendor.to_owned());
        self
    }

    fn tagged(mut self, tag: &str) -> Self {
        self.tags.push(tag.to_owned());
        self
    }

    fn described(mut self, html: &str) -> Self {
        html.clone_into(&mut self.html);
        self
    }

    fn coded(mut self, code: &str) -> Self {
        self.codes.push(code.to_owned());
        self
    }

    fn costing(mut self, price: i64) -> Self {
        self.variants[0].1 = price;
        self
    }

    fn within(mut self, slugs: &[&str]) -> Self {
        self.categories =
            slugs.iter().map(|slug| ((*slug).to_owned(), slug.to_uppercase())).collect();
        self
    }

    /// `("M Red", 1000, true)`: one value for each option.
    fn in_variants(mut self, options: &str, variants: &[(&str, i64, bool)]) -> Self {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect();
        self.options = words(options);
        self.variants =
            variants.iter().map(|(values, price, stock)| (words(values), *price, *stock)).collect();
        self
    }

    fn document(&self) -> Document<'_> {
        Document {
            id: self.id.as_ref().unwrap(),
            title: &self.title,
            vendor: self.vendor.as_deref(),
            product_type: self.product_type.as_deref(),
            tags: &self.tags,
            categories: self
                .categories
                .iter()
                .map(|(slug, name)| (slug.as_str(), name.as_str()))
                .collect(),
            description_html: &self.html,
            codes: self.codes.iter().map(String::as_str).collect(),
            options: self.options.iter().map(String::as_str).collect(),
            variants: self
                .variants
                .iter()
                .map(|(values, price, in_stock)| Variant {
                    values,
                    price: *price,
                    in_stock: *in_stock,
                })
                .collect(),
        }
    }
}

fn view(items: &[Item]) -> Arc<View> {
    let mut keeper = Keeper::open(None).unwrap();
    keeper.replace(items.iter().map(Item::document)).unwrap();
    Arc::clone(keeper.view())
}

/// A search from a URL's query, as `vendor=A&q=red lamp`.
fn find(view: &View, query: &str) -> Found {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query =
        Query::read(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    view.search(&query.unwrap(), Currency::EUR).unwrap()
}

fn text(text: &str) -> Query {
    Query { text: text.to_owned(), limit: 100, sort: Sort::Relevance, ..Query::default() }
}

/// Titles of what was found, best first.
fn titles(items: &[Item], found: &Found) -> Vec<String> {
    let title = |id: &ProductId| {
        items.iter().find(|item| item.id.as_ref() == Some(id)).unwrap().title.clone()
    };
    found.hits.iter().map(|(id, _)| title(id)).collect()
}
