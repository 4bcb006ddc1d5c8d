//! Numbers that look like chance and are the same each time.

use sha2::{Digest, Sha256};

/// A row of such numbers, of something's own.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// Those of the `n`-th thing of a kind in a variation.
    pub(super) fn of(kind: u64, variation: u32, n: u32) -> Self {
        Self((kind << 56) ^ (u64::from(variation) << 32) ^ u64::from(n))
    }

    /// The next one (`SplitMix64`).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One below `most`; 0 when there is none.
    pub(super) fn below(&mut self, most: u32) -> u32 {
        u32::try_from(self.next() % u64::from(most.max(1))).unwrap_or_default()
    }

    /// One below `most`, the low ones more often than the high: few things sell well, few people buy often.
    pub(super) fn low(&mut self, most: u32) -> u32 {
        let (one, other) = (self.below(most), self.below(most));
        let product = u64::from(one) * u64::from(other) / u64::from(most.max(1));
        u32::try_from(product).unwrap_or_default()
    }

    /// One of several.
    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(u32::try_from(of.len()).unwrap_or(1)) as usize]
    }

    /// Whether something happens that does in so many of a hundred cases.
    pub(super) fn happens(&mut self, of_a_hundred: u32) -> bool {
        self.below(100) < of_a_hundred
    }
}

/// What the id of a thing is derived from.
pub(super) fn name_of(kind: &str, variation: u32, n: u32) -> [u8; 10] {
    let hash = Sha256::digest(format!("seed:{kind}:{variation}:{n}"));
    let mut name = [0; 10];
    name.copy_from_slice(&hash[..10]);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_the_same_each_time_and_spread() {
        let row = |n| {
            let mut chance = Chance::of(1, 1, n);
            (0..5).map(|_| chance.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(row(7), row(7));
        assert_ne!(row(7), row(8));
        let mut chance = Chance::of(1, 1, 1);
        let halves = (0..1000).filter(|_| chance.happens(50)).count();
        assert!((400..600).contains(&halves), "{halves}");
        let low = (0..1000).filter(|_| chance.low(100) < 25).count();
        assert!(low > 400, "{low}");
    }
}
