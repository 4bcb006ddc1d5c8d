//! A map that is cheap to copy and cheap to change: parts shared between copies, of which a change copies one.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// How many parts. A change copies one of them: forty of ten thousand products.
const PARTS: usize = 256;

/// A map from texts.
#[derive(Debug)]
pub(crate) struct Shards<V> {
    parts: Vec<Arc<HashMap<Arc<str>, V>>>,
}

impl<V> Clone for Shards<V> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone() }
    }
}

impl<V> Default for Shards<V> {
    fn default() -> Self {
        Self { parts: vec![Arc::default(); PARTS] }
    }
}

impl<V: Clone> Shards<V> {
    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.parts[part(key)].get(key)
    }

    pub(crate) fn insert(&mut self, key: &str, value: V) {
        Arc::make_mut(&mut self.parts[part(key)]).insert(key.into(), value);
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let part = &mut self.parts[part(key)];
        if part.contains_key(key) { Arc::make_mut(part).remove(key) } else { None }
    }

    /// All values, in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.parts.iter().flat_map(|part| part.values())
    }
}

fn part(key: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    usize::try_from(hasher.finish() % PARTS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_does_not_see_later_changes() {
        let mut map = Shards::default();
        for n in 0..1000 {
            map.insert(&n.to_string(), n);
        }
        let before = map.clone();
        map.insert("7", 70);
        map.remove("8");
        assert_eq!((before.get("7"), before.get("8")), (Some(&7), Some(&8)));
        assert_eq!((map.get("7"), map.get("8")), (Some(&70), None));
        assert_eq!(map.values().count(), 999);
    }
}
