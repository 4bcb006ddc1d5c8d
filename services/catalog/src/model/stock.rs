//! Stock in memory: one cell for each item, shared by every snapshot, so that a change costs a lookup and a store.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::store::stock::LevelRow;

/// What there is of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Not counted, or sold on back-order.
    Unlimited,
    /// Pieces that can be bought; below zero when claims exceed what was found.
    Pieces(i64),
}

impl Level {
    pub(crate) const fn of(row: &LevelRow) -> Self {
        if row.tracked && !row.sell_when_out {
            Self::Pieces(row.available)
        } else {
            Self::Unlimited
        }
    }

    pub(crate) const fn in_stock(self) -> bool {
        match self {
            Self::Unlimited => true,
            Self::Pieces(pieces) => pieces > 0,
        }
    }

    /// What shoppers are told.
    pub(crate) fn available(self) -> Option<i64> {
        match self {
            Self::Unlimited => None,
            Self::Pieces(pieces) => Some(pieces.max(0)),
        }
    }
}

/// Stands for [`Level::Unlimited`] in a cell.
const UNLIMITED: i64 = i64::MAX;

/// An item's level. What was rendered with an older `changes` is out of date.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    level: AtomicI64,
    changes: AtomicU64,
}

impl Cell {
    pub(crate) fn level(&self) -> Level {
        match self.level.load(Ordering::Acquire) {
            UNLIMITED => Level::Unlimited,
            pieces => Level::Pieces(pieces),
        }
    }

    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Sets the level; returns whether it came into stock or went out of it.
    fn set(&self, level: Level) -> bool {
        let new = match level {
            Level::Unlimited => UNLIMITED,
            Level::Pieces(pieces) => pieces.min(UNLIMITED - 1),
        };
        if self.changes() > 0 && self.level.load(Ordering::Acquire) == new {
            return false;
        }
        let old = self.level.swap(new, Ordering::AcqRel);
        // After the level: who sees the new count sees the new level too.
        self.changes.fetch_add(1, Ordering::AcqRel);
        (old > 0) != (new > 0)
    }
}

/// All cells.
#[derive(Debug, Default)]
pub(crate) struct Stock {
    cells: RwLock<HashMap<String, Arc<Cell>>>,
    turns: AtomicU64,
}

impl Stock {
    /// An item's cell; one that is unheard of has none to sell.
    pub(crate) fn cell(&self, item: &str) -> Arc<Cell> {
        if let Some(cell) = self.find(item) {
            return cell;
        }
        let mut cells = self.cells.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(item.to_owned()).or_default())
    }

    fn find(&self, item: &str) -> Option<Arc<Cell>> {
        self.cells.read().unwrap_or_else(PoisonError::into_inner).get(item).cloned()
    }

    /// Sets a level; returns whether the item came into stock or went out of it.
    pub(crate) fn set(&self, item: &str, level: Level) -> bool {
        let turned = self.cell(item).set(level);
        if turned {
            // After the level: who reads the new number sees the new level too.
            self.turns.fetch_add(1, Ordering::AcqRel);
        }
        turned
    }

    /// How often an item came into stock or went out of it.
    pub(crate) fn turns(&self) -> u64 {
        self.turns.load(Ordering::Acquire)
    }

    /// Sets a level unless the item is known already.
    pub(crate) fn begin(&self, item: &str, level: Level) {
        if self.find(item).is_none_or(|cell| cell.changes() == 0) {
            self.set(item, level);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flip_is_noticed_and_other_changes_are_not() {
        let stock = Stock::default();
        assert!(!stock.cell("a").level().in_stock());
        assert!(stock.set("a", Level::Pieces(3)));
        assert!(!stock.set("a", Level::Unlimited));
        assert!(stock.set("a", Level::Pieces(0)));
        assert!(!stock.set("a", Level::Pieces(-2)));
        assert_eq!(stock.cell("a").level().available(), Some(0));
        stock.begin("a", Level::Pieces(9));
        assert_eq!(stock.cell("a").level(), Level::Pieces(-2));
    }
}
