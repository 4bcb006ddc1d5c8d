//! Collections in memory: which products are in one, by rule or by hand.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use emart_catalog_api::{
    CategoryId, Collection, CollectionId, Condition, Match, Relation, RuleField, Rules, Sort,
};
use emart_types::{Currency, Money};

use super::entry::Entry;
use super::lists::{List, in_order};
use super::{Snapshot, Tree};
use crate::domain::collection::CollectionRecord;
use crate::domain::written;

/// The lists made so far, with the number of the stock's changes they were made at.
#[derive(Debug, Default)]
pub(super) struct CollectionLists(RwLock<HashMap<Key, (u64, List)>>);

/// Of which collection, and in which order.
type Key = (CollectionId, Option<Sort>);

impl Snapshot {
    /// A collection by its id or its handle.
    pub(crate) fn collection(&self, id_or_handle: &str) -> Option<&CollectionRecord> {
        let is_it = |record: &&CollectionRecord| {
            record.handle == id_or_handle || record.id.as_str() == id_or_handle
        };
        self.collections.iter().find(is_it)
    }

    /// All collections, in the order they were made.
    pub(crate) fn collections(&self) -> &[CollectionRecord] {
        &self.collections
    }

    /// The active products of a collection; without an order, in its own. `changes` numbers the changes of stock.
    pub(crate) fn collected(
        &self,
        record: &CollectionRecord,
        sort: Option<Sort>,
        (currency, changes): (Currency, u64),
    ) -> List {
        let key = (record.id.clone(), sort);
        let changes = if follows_stock(record) { changes } else { 0 };
        let lists = self.collected.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, list)) = lists.get(&key).filter(|(made_at, _)| *made_at == changes) {
            return Arc::clone(list);
        }
        drop(lists);
        let mut entries: Vec<_> = match &record.rules {
            None => {
                let chosen = record.product_ids.iter();
                chosen.filter_map(|id| self.product(id.as_str())).map(Arc::clone).collect()
            }
            Some(rules) => {
                let judge = Judge::new(rules, currency, &self.tree);
                self.products().filter(|entry| judge.takes(self, entry)).map(Arc::clone).collect()
            }
        };
        entries.retain(|entry| entry.is_active());
        let own = if record.rules.is_some() { Some(Sort::Newest) } else { None };
        if let Some(sort) = sort.or(own) {
            in_order(&mut entries, sort);
        }
        let list: List = entries.into();
        let mut lists = self.collected.0.write().unwrap_or_else(PoisonError::into_inner);
        lists.insert(key, (changes, Arc::clone(&list)));
        list
    }

    /// A test whether products, in any status, are in a collection.
    pub(crate) fn is_collected(
        &self,
        record: &CollectionRecord,
        currency: Currency,
    ) -> impl Fn(&Entry) -> bool {
        let judge = record.rules.as_ref().map(|rules| Judge::new(rules, currency, &self.tree));
        let chosen: std::collections::HashSet<_> = record.product_ids.iter().cloned().collect();
        move |entry| match &judge {
            Some(judge) => judge.takes(self, entry),
            None => chosen.contains(&entry.fixed().id),
        }
    }

    /// A collection as it is shown; shoppers are not told how it comes about.
    pub(crate) fn shown(
        &self,
        record: &CollectionRecord,
        is_whole: bool,
        stock: (Currency, u64),
    ) -> Collection {
        let put = written::put_collection(record);
        let count = self.collected(record, None, stock).len();
        Collection {
            id: record.id.clone(),
            handle: record.handle.clone(),
            title: put.title,
            description_html: put.description_html,
            published: put.published,
            rules: put.rules.filter(|_| is_whole),
            product_ids: if is_whole { put.product_ids } else { Vec::new() },
            image: record.image_id.as_ref().and_then(|id| self.image(id)),
            seo: put.seo,
            product_count: u32::try_from(count).unwrap_or(u32::MAX),
            version: record.version,
            updated_at: record.updated_at,
        }
    }
}

fn follows_stock(record: &CollectionRecord) -> bool {
    let conditions = record.rules.iter().flat_map(|rules| &rules.conditions);
    conditions.into_iter().any(|condition| condition.field == RuleField::Stock)
}

/// Rules, made ready to be asked of many products.
struct Judge {
    matching: Match,
    conditions: Vec<Asked>,
}

enum Asked {
    /// Which text, how, and the value in lower case.
    Text(RuleField, Relation, String),
    Category(Relation, Option<CategoryId>),
    AtLeast(i64),
    AtMost(i64),
    InStock(bool),
}

impl Judge {
    fn new(rules: &Rules, currency: Currency, tree: &Tree) -> Self {
        let asked = |condition: &Condition| {
            let Condition { field, relation, value } = condition;
            match field {
                RuleField::Category => {
                    Asked::Category(*relation, tree.by_slug(value).map(|found| found.id.clone()))
                }
                RuleField::Price => {
                    // It was checked when it was written.
                    let amount =
                        Money::parse(value, currency).map_or(0, |money| money.amount_minor);
                    match relation {
                        Relation::AtMost => Asked::AtMost(amount),
                        _ => Asked::AtLeast(amount),
                    }
                }
                RuleField::Stock => Asked::InStock(value == "in_stock"),
                field => Asked::Text(*field, *relation, value.to_lowercase()),
            }
        };
        Self { matching: rules.matching, conditions: rules.conditions.iter().map(asked).collect() }
    }

    fn takes(&self, snapshot: &Snapshot, entry: &Entry) -> bool {
        let mut holds = self.conditions.iter().map(|asked| asked.holds(snapshot, entry));
        match self.matching {
            Match::All => holds.all(|holds| holds),
            Match::Any => holds.any(|holds| holds),
        }
    }
}

impl Asked {
    fn holds(&self, snapshot: &Snapshot, entry: &Entry) -> bool {
        let product = entry.fixed();
        match self {
            Self::Text(RuleField::Tag, relation, value) => {
                let has = product.tags.iter().any(|tag| tag.to_lowercase() == *value);
                has != (*relation == Relation::IsNot)
            }
            Self::Text(field, relation, value) => {
                let text = match field {
                    RuleField::Vendor => product.vendor.as_deref().map(str::to_lowercase),
                    RuleField::ProductType => {
                        product.product_type.as_deref().map(str::to_lowercase)
                    }
                    _ => Some(entry.title_key.clone()),
                };
                let text = text.unwrap_or_default();
                match relation {
                    Relation::Contains => text.contains(value.as_str()),
                    Relation::IsNot => text != *value,
                    _ => text == *value,
                }
            }
            Self::Category(relation, category) => {
                let is_in = category.as_ref().is_some_and(|id| snapshot.is_in(entry, id));
                is_in != (*relation == Relation::IsNot)
            }
            Self::AtLeast(amount) => entry.price_from() >= *amount,
            Self::AtMost(amount) => entry.price_from() <= *amount,
            Self::InStock(wanted) => entry.in_stock() == *wanted,
        }
    }
}
