//! Buckets in a fixed amount of memory: a hash table of sets of four. Where a set is full, the bucket that will be full
//! soonest makes room: it has the least to remember.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};

use super::Rate;
use super::bucket::{Standing, take};

const SETS: usize = 4096;
const WAYS: usize = 4;

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    full_at: u64,
}

/// The buckets.
#[derive(Debug)]
pub(crate) struct Table {
    /// Nobody outside knows it, so nobody can choose whose bucket they share.
    hasher: RandomState,
    sets: Box<[Mutex<[Slot; WAYS]>]>,
}

impl Table {
    pub(crate) fn new() -> Self {
        let sets = (0..SETS).map(|_| Mutex::new([Slot::default(); WAYS])).collect();
        Self { hasher: RandomState::new(), sets }
    }

    /// Takes one from somebody's bucket.
    pub(crate) fn take(&self, rate: Rate, who: &impl Hash, now: u64) -> Standing {
        let key = self.hasher.hash_one(who);
        let set = usize::try_from(key % SETS as u64).unwrap_or(0);
        let mut slots = self.sets[set].lock().unwrap_or_else(PoisonError::into_inner);
        let at = slots.iter().position(|slot| slot.key == key);
        let Some(slot) = (match at {
            Some(at) => slots.get_mut(at),
            None => slots.iter_mut().min_by_key(|slot| slot.full_at),
        }) else {
            return take(rate, 0, now).1;
        };
        if slot.key != key {
            *slot = Slot { key, full_at: 0 };
        }
        let (full_at, standing) = take(rate, slot.full_at, now);
        slot.full_at = full_at;
        standing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_presses_hardest_is_remembered_longest() {
        let table = Table::new();
        let rate = Rate { per_minute: 60, burst: 100 };
        for _ in 0..100 {
            assert!(table.take(rate, &"greedy", 1).allowed);
        }
        for other in 0..200_000_u32 {
            table.take(rate, &other, 1);
        }
        assert!(!table.take(rate, &"greedy", 1).allowed);
    }
}
