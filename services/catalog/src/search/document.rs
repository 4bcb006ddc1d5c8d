//! A product as search takes it in, borrowed from the read model.

use std::hash::{DefaultHasher, Hash, Hasher};

use emart_catalog_api::ProductId;

use super::text;
use crate::model::{Entry, Snapshot};

/// Counts up when texts are taken apart in another way: an index that was written before is then written anew.
const VERSION: u32 = 1;
/// So much of a description is searched.
const LONGEST_BODY: usize = 16 * 1024;

/// A product that shoppers may see.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) id: &'a ProductId,
    pub(crate) title: &'a str,
    pub(crate) vendor: Option<&'a str>,
    pub(crate) product_type: Option<&'a str>,
    pub(crate) tags: &'a [String],
    /// Slug and name of each category it is in, and of those above.
    pub(crate) categories: Vec<(&'a str, &'a str)>,
    pub(crate) description_html: &'a str,
    /// SKUs and barcodes.
    pub(crate) codes: Vec<&'a str>,
    /// Names of the options.
    pub(crate) options: Vec<&'a str>,
    pub(crate) variants: Vec<Variant<'a>>,
}

/// A variant of it.
#[derive(Debug)]
pub(crate) struct Variant<'a> {
    /// One for each option.
    pub(crate) values: &'a [String],
    /// In minor units.
    pub(crate) price: i64,
    pub(crate) in_stock: bool,
}

/// The texts of a document, folded, by how much a match in them says.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) title: String,
    /// Vendor, type, tags, categories, option values.
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) codes: Vec<String>,
}

impl<'a> Document<'a> {
    /// The document of an active product.
    pub(crate) fn of(entry: &'a Entry, snapshot: &'a Snapshot) -> Option<Self> {
        if !entry.is_active() {
            return None;
        }
        let product = entry.fixed();
        let mut categories: Vec<(&str, &str)> = entry
            .category_ids()
            .iter()
            .flat_map(|id| snapshot.tree.upwards(id))
            .map(|category| (category.slug.as_str(), category.name.as_str()))
            .collect();
        categories.sort_unstable();
        categories.dedup();
        let codes = product.variants.iter().flat_map(|v| [&v.sku, &v.barcode]);
        let variant = |(place, variant): (usize, &'a emart_catalog_api::Variant)| Variant {
            values: &variant.option_values,
            price: variant.price.amount_minor,
            in_stock: entry.variant_in_stock(place),
        };
        Some(Self {
            id: &product.id,
            title: &product.title,
            vendor: product.vendor.as_deref(),
            product_type: product.product_type.as_deref(),
            tags: &product.tags,
            categories,
            description_html: &product.description_html,
            codes: codes.filter_map(|code| code.as_deref()).collect(),
            options: product.options.iter().map(|option| option.name.as_str()).collect(),
            variants: product.variants.iter().enumerate().map(variant).collect(),
        })
    }

    /// Tells whether the texts are the same as those in the index.
    pub(crate) fn stamp(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (VERSION, self.title, self.vendor, self.product_type, self.tags).hash(&mut hasher);
        (&self.categories, self.description_html, &self.codes).hash(&mut hasher);
        for variant in &self.variants {
            variant.values.hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The texts as they are searched.
    pub(crate) fn texts(&self) -> Texts {
        let mut head = String::new();
        let names = self.categories.iter().map(|(_, name)| *name);
        let texts = self.vendor.into_iter().chain(self.product_type).chain(names);
        for text in texts.chain(self.tags.iter().map(String::as_str)) {
            text::push_folded(text, &mut head);
        }
        let mut values: Vec<&String> = self.variants.iter().flat_map(|v| v.values).collect();
        values.sort_unstable();
        values.dedup();
        for value in values {
            text::push_folded(value, &mut head);
        }
        Texts {
            title: text::folded(self.title),
            head,
            body: text::folded(&text::plain(self.description_html, LONGEST_BODY)),
            codes: self
                .codes
                .iter()
                .map(|code| text::code(code))
                .filter(|c| !c.is_empty())
                .collect(),
        }
    }
}
