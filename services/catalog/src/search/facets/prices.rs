//! The price facet: at most five ranges with round ends, each with about as many products.

/// Ranges that are proposed.
const RANGES: usize = 5;
/// Of more prices, so many say well enough where the ranges end.
const SAMPLE: usize = 1000;

/// Prices of what was found, with the slot of the product; those of one product stand together.
#[derive(Debug, Default)]
pub(super) struct Prices {
    prices: Vec<(u32, i64)>,
    range: Option<(i64, i64)>,
}

impl Prices {
    /// Adds a variant's price.
    pub(super) fn push(&mut self, slot: u32, price: i64) {
        if self.prices.last() == Some(&(slot, price)) {
            return;
        }
        self.prices.push((slot, price));
        let (min, max) = self.range.unwrap_or((price, price));
        self.range = Some((min.min(price), max.max(price)));
    }

    /// The lowest and the highest.
    pub(super) const fn range(&self) -> Option<(i64, i64)> {
        self.range
    }

    /// Ranges, both ends included, that cover all prices without overlapping; none when there is nothing to choose.
    pub(super) fn ranges(&self) -> Vec<(i64, i64)> {
        let Some((lowest, highest)) = self.range else { return Vec::new() };
        if lowest == highest {
            return Vec::new();
        }
        let every = self.prices.len() / SAMPLE + 1;
        let mut prices: Vec<i64> =
            self.prices.iter().step_by(every).map(|(_, price)| *price).collect();
        let mut cuts: Vec<i64> = (1..RANGES)
            .map(|part| {
                let at = prices.len() * part / RANGES;
                round(*prices.select_nth_unstable(at).1)
            })
            .filter(|cut| (lowest + 1..=highest).contains(cut))
            .collect();
        cuts.dedup();
        if cuts.is_empty() {
            return Vec::new();
        }
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        let ends = cuts.iter().map(|cut| cut - 1).chain([round_up(highest)]);
        starts.zip(ends).collect()
    }

    /// How many products have a price in each of the ranges.
    pub(super) fn count(&self, ranges: &[(i64, i64)]) -> Vec<u32> {
        let mut counts = vec![0; ranges.len()];
        let mut counted = vec![u32::MAX; ranges.len()];
        for (slot, price) in &self.prices {
            for (((min, max), count), counted) in ranges.iter().zip(&mut counts).zip(&mut counted) {
                let is_new = price >= min && price <= max && counted != slot;
                *count += u32::from(is_new);
                *counted = if is_new { *slot } else { *counted };
            }
        }
        counts
    }
}

/// The nearest round number: 10, 15, 20 … 95, 100, 150.
fn round(price: i64) -> i64 {
    let step = step(price);
    (price + step / 2) / step * step
}

/// The next round number, unless it is one.
fn round_up(price: i64) -> i64 {
    let step = step(price);
    (price + step - 1) / step * step
}

fn step(price: i64) -> i64 {
    let mut unit = 1;
    while unit <= price / 100 {
        unit *= 10;
    }
    unit * 5
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prices(all: &[i64]) -> Prices {
        let mut prices = Prices::default();
        for (slot, price) in (0..).zip(all) {
            prices.push(slot, *price);
        }
        prices
    }

    #[test]
    fn ranges_are_round() {
        let all: Vec<i64> = (1..=100).map(|n| n * 97).collect();
        let ranges = [(0, 1999), (2000, 3999), (4000, 5999), (6000, 7999), (8000, 10_000)];
        assert_eq!(prices(&all).ranges(), ranges);
        assert!(prices(&[500, 500]).ranges().is_empty());
        assert!(prices(&[]).ranges().is_empty());
    }

    proptest! {
        #[test]
        fn every_price_is_in_exactly_one_range(all in prop::collection::vec(0_i64..10_000_000_000, 1..60)) {
            let prices = prices(&all);
            let ranges = prices.ranges();
            prop_assert!(ranges.len() <= RANGES);
            if !ranges.is_empty() {
                prop_assert_eq!(prices.count(&ranges).iter().sum::<u32>() as usize, all.len());
                prop_assert!(ranges.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0));
            }
        }
    }
}
