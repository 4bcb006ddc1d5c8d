//! The retry budget: however many calls fail, those made again are at most a fifth of those made (as in Finagle's
//! `RetryBudget`: every call pays a fifth of a retry in, every retry takes one out).

use std::sync::atomic::{AtomicU32, Ordering};

/// What a call pays in, in hundredths of a retry.
const DEPOSIT: u32 = 20;
const RETRY: u32 = 100;
/// A quiet service may still retry so many calls; a busy one saves up no more than that.
const RESERVE: u32 = 10 * RETRY;

/// A budget, shared by all calls to one service.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(RESERVE))
    }
}

impl Budget {
    /// A call is made for the first time.
    pub(crate) fn deposit(&self) {
        let add = |balance: u32| (balance < RESERVE).then(|| (balance + DEPOSIT).min(RESERVE));
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Whether a call may be made again.
    pub(crate) fn withdraw(&self) -> bool {
        let take = |balance: u32| balance.checked_sub(RETRY);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_everything_fails_a_fifth_is_added_at_most() {
        let budget = Budget::default();
        let retries = (0..10_000)
            .filter(|_| {
                budget.deposit();
                budget.withdraw()
            })
            .count();
        let reserve = usize::try_from(RESERVE / RETRY).unwrap();
        assert!(retries <= 10_000 / 5 + reserve, "{retries}");
        assert!(retries >= 10_000 / 5, "{retries}");
    }
}
