//! What can be set about delivery.

use std::time::Duration;

/// How hard consumers try before an event is parked, and how long they remember.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Tries before an event is parked.
    pub tries: u32,
    /// The wait after the first try that failed; each further wait is four times as long.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// How long a handled event is remembered, and so recognised should it come again.
    pub memory: Duration,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            tries: 5,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(5 * 60),
            memory: Duration::from_secs(7 * 24 * 60 * 60),
        }
    }
}

impl Delivery {
    /// The wait after this many tries; `None` when that was the last.
    pub(crate) fn wait(&self, tries: u32) -> Option<Duration> {
        let factor = 4u32.saturating_pow(tries.saturating_sub(1));
        (tries < self.tries).then(|| self.first_wait.saturating_mul(factor).min(self.longest_wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_fourfold_up_to_the_longest_and_end_with_the_last_try() {
        let longest_wait = Duration::from_secs(20);
        let delivery = Delivery { longest_wait, ..Delivery::default() };
        let waits: Vec<_> = (1..=5).map(|tries| delivery.wait(tries)).collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(waits, [ms(500), ms(2000), ms(8000), ms(20_000), None]);
        let patient = Delivery { tries: u32::MAX, ..delivery };
        assert_eq!(patient.wait(1000), Some(longest_wait));
    }
}
