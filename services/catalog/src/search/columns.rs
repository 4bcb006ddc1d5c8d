//! What products are narrowed, counted and sorted by, one flat list for each property: a product's place in all of
//! them is its slot.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use emart_catalog_api::ProductId;

use super::document::Document;

/// Stands for no vendor and no value.
pub(crate) const NONE: u32 = u32::MAX;
/// A product has at most so many options.
pub(crate) const OPTIONS: usize = 3;

/// Texts that products share, as numbers. They are compared without their case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    numbers: HashMap<String, u32>,
    /// As the first product wrote it.
    pub(crate) texts: Vec<Arc<str>>,
}

impl Table {
    fn intern(&mut self, text: &str) -> u32 {
        self.intern_as(fold(text), text)
    }

    fn intern_as(&mut self, key: String, text: &str) -> u32 {
        let next = u32::try_from(self.texts.len()).unwrap_or(NONE);
        let texts = &mut self.texts;
        *self.numbers.entry(key).or_insert_with(|| {
            texts.push(text.into());
            next
        })
    }

    /// The number of a text.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.numbers.get(&fold(text)).copied()
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// All shared texts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// Slugs.
    pub(crate) categories: Table,
    /// What people read, by the slug's number.
    pub(crate) category_names: Vec<Arc<str>>,
    pub(crate) vendors: Table,
    pub(crate) options: Table,
    values: Table,
    /// The option of each value.
    pub(crate) option_of: Vec<u32>,
}

impl Names {
    fn category(&mut self, slug: &str, name: &str) -> u32 {
        let number = self.categories.intern(slug);
        if number as usize == self.category_names.len() {
            self.category_names.push(name.into());
        }
        number
    }

    fn value(&mut self, option: u32, value: &str) -> u32 {
        let number = self.values.intern_as(value_key(option, value), value.trim());
        if number as usize == self.option_of.len() {
            self.option_of.push(option);
        }
        number
    }

    /// The number of an option's value.
    pub(crate) fn find_value(&self, option: u32, value: &str) -> Option<u32> {
        self.values.numbers.get(&value_key(option, value)).copied()
    }

    /// The values of all options as people read them, by number.
    pub(crate) fn values(&self) -> &[Arc<str>] {
        &self.values.texts
    }
}

fn value_key(option: u32, value: &str) -> String {
    format!("{option} {}", fold(value))
}

/// A variant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variant {
    pub(crate) price: i64,
    pub(crate) values: [u32; OPTIONS],
    pub(crate) in_stock: bool,
}

/// Lists of different lengths, one behind the other.
#[derive(Debug)]
pub(crate) struct Ragged<T> {
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Ragged<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), items: Vec::new() }
    }
}

impl<T: Copy> Ragged<T> {
    fn push(&mut self, items: &[T]) {
        self.items.extend_from_slice(items);
        self.ends.push(u32::try_from(self.items.len()).unwrap_or(NONE));
    }

    /// The list of a slot.
    pub(crate) fn get(&self, slot: usize) -> &[T] {
        let from = if slot == 0 { 0 } else { self.ends[slot - 1] as usize };
        &self.items[from..self.ends[slot] as usize]
    }
}

/// What names a product.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) id: ProductId,
    /// For sorting by title.
    pub(crate) title: Box<str>,
    /// Words of the title.
    title_words: u8,
    pub(crate) stamp: u64,
}

/// A product's values for all columns.
#[derive(Debug)]
pub(crate) struct Row {
    key: Arc<Key>,
    vendor: u32,
    categories: Vec<u32>,
    variants: Vec<Variant>,
}

impl Row {
    /// The values of a document, whose texts may be new to `names`.
    pub(crate) fn of(document: &Document<'_>, stamp: u64, names: &mut Names) -> Self {
        let category = |(slug, name): &(&str, &str)| names.category(slug, name);
        let categories = document.categories.iter().map(category).collect();
        let vendor = document.vendor.map_or(NONE, |vendor| names.vendors.intern(vendor));
        let options: Vec<u32> =
            document.options.iter().map(|name| names.options.intern(name)).collect();
        let variants = document.variants.iter().map(|variant| {
            let mut values = [NONE; OPTIONS];
            for ((place, option), value) in values.iter_mut().zip(&options).zip(variant.values) {
                *place = names.value(*option, value);
            }
            Variant { price: variant.price, values, in_stock: variant.in_stock }
        });
        let variants = variants.collect();
        let title_words =
            u8::try_from(document.title.split_whitespace().count()).unwrap_or(u8::MAX);
        let title = document.title.to_lowercase().into();
        let key = Arc::new(Key { id: document.id.clone(), title, title_words, stamp });
        Self { key, vendor, categories, variants }
    }
}

/// All columns as of one moment.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) names: Arc<Names>,
    keys: Vec<Option<Arc<Key>>>,
    pub(crate) title_words: Vec<u8>,
    pub(crate) vendor: Vec<u32>,
    pub(crate) price: Vec<i64>,
    pub(crate) in_stock: Vec<bool>,
    pub(crate) categories: Ragged<u32>,
    pub(crate) variants: Ragged<Variant>,
    /// All values of a product's variants, each once.
    pub(crate) values: Ragged<u32>,
    newest: OnceLock<Order>,
    by_title: OnceLock<Order>,
}

/// Slots in an order, and the place of each slot in it.
#[derive(Debug, Default)]
pub(crate) struct Order {
    pub(crate) slots: Vec<u32>,
    pub(crate) places: Vec<u32>,
}

impl Columns {
    /// These columns with some rows changed; `None` empties a slot. `slots` is how many there are then.
    pub(crate) fn with(
        &self,
        names: Arc<Names>,
        mut changed: HashMap<u32, Option<Row>>,
        slots: usize,
    ) -> Self {
        let mut next = Self { names, ..Self::default() };
        for slot in 0..slots {
            match changed.remove(&u32::try_from(slot).unwrap_or(NONE)) {
                Some(Some(row)) => next.push(&row),
                Some(None) => next.push_empty(),
                None if slot < self.keys.len() => next.copy(self, slot),
                None => next.push_empty(),
            }
        }
        next
    }

    /// How many slots there are; some may be empty.
    pub(crate) const fn slots(&self) -> usize {
        self.keys.len()
    }

    /// The product in a slot.
    pub(crate) fn key(&self, slot: u32) -> Option<&Arc<Key>> {
        self.keys.get(slot as usize)?.as_ref()
    }

    /// The slots that are not empty.
    pub(crate) fn all(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.keys).filter_map(|(slot, key): (u32, _)| key.as_ref().map(|_| slot))
    }

    /// The newest products first: ids sort by the time they were made.
    pub(crate) fn newest(&self) -> &Order {
        self.newest.get_or_init(|| self.order(|a, b| b.id.cmp(&a.id)))
    }

    /// By title, products of the same title by id.
    pub(crate) fn by_title(&self) -> &Order {
        self.by_title.get_or_init(|| self.order(|a, b| (&a.title, &a.id).cmp(&(&b.title, &b.id))))
    }

    fn order(&self, compare: impl Fn(&Key, &Key) -> std::cmp::Ordering) -> Order {
        let mut keys: Vec<(&Key, u32)> =
            self.all().filter_map(|slot| Some((&**self.key(slot)?, slot))).collect();
        keys.sort_unstable_by(|(a, _), (b, _)| compare(a, b));
        let slots: Vec<u32> = keys.into_iter().map(|(_, slot)| slot).collect();
        let mut places = vec![NONE; self.keys.len()];
        for (place, slot) in (0..).zip(&slots) {
            places[*slot as usize] = place;
        }
        Order { slots, places }
    }

    fn push(&mut self, row: &Row) {
        self.keys.push(Some(Arc::clone(&row.key)));
        self.title_words.push(row.key.title_words);
        self.vendor.push(row.vendor);
        self.price.push(row.variants.iter().map(|variant| variant.price).min().unwrap_or_default());
        self.in_stock.push(row.variants.iter().any(|variant| variant.in_stock));
        self.categories.push(&row.categories);
        self.variants.push(&row.variants);
        let values = row.variants.iter().flat_map(|variant| variant.values);
        let mut values: Vec<u32> = values.filter(|value| *value != NONE).collect();
        values.sort_unstable();
        values.dedup();
        self.values.push(&values);
    }

    fn push_empty(&mut self) {
        self.keys.push(None);
        self.title_words.push(0);
        self.vendor.push(NONE);
        self.price.push(0);
        self.in_stock.push(false);
        self.categories.push(&[]);
        self.variants.push(&[]);
        self.values.push(&[]);
    }

    fn copy(&mut self, from: &Self, slot: usize) {
        self.keys.push(from.keys[slot].clone());
        self.title_words.push(from.title_words[slot]);
        self.vendor.push(from.vendor[slot]);
        self.price.push(from.price[slot]);
        self.in_stock.push(from.in_stock[slot]);
        self.categories.push(from.categories.get(slot));
        self.variants.push(from.variants.get(slot));
        self.values.push(from.values.get(slot));
    }
}
