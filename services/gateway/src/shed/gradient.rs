//! How many requests a service bears at once, found out from how long its answers take. Pure: windows in, a limit out.
//!
//! After Netflix' `concurrency-limits` (Gradient2): when answers take longer than they do without a queue, there is a
//! queue, and the limit goes down in proportion; while they do not, and the limit is in use, it goes up by its root.

/// Answers may take this many times as long as without a queue …
const TOLERANCE: u64 = 2;
/// … or so much longer, if that is more: shorter queues bother nobody.
const SLACK_US: u64 = 100_000;
/// The limit goes down to no less than half in one window.
const STEEPEST_PERMILLE: u64 = 500;
/// One in so many requests may come to nothing before that counts as too many at once.
const TOLERATED_FAILURES: u64 = 10;

/// What happened in a short time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Window {
    /// Answers.
    pub(crate) answers: u64,
    /// Microseconds they took together.
    pub(crate) total_us: u64,
    /// Requests that ended for want of time or room.
    pub(crate) failures: u64,
    /// The most requests under way at once.
    pub(crate) peak: u32,
}

/// A limit that follows its service.
#[derive(Debug)]
pub(crate) struct Gradient {
    least: u32,
    most: u32,
    limit: u32,
    /// What an answer takes when nothing waits; 0 while that is not known.
    unhurried_us: u64,
}

impl Gradient {
    /// Begins with the most: until something is known, nobody is refused.
    pub(crate) const fn new(least: u32, most: u32) -> Self {
        Self { least, most, limit: most, unhurried_us: 0 }
    }

    /// Requests that may be under way at once.
    pub(crate) const fn limit(&self) -> u32 {
        self.limit
    }

    /// Takes other bounds.
    pub(crate) fn bound(&mut self, least: u32, most: u32) {
        (self.least, self.most) = (least.min(most), most);
        self.limit = self.limit.clamp(self.least, self.most);
    }

    /// Learns from a window.
    pub(crate) fn observe(&mut self, window: &Window) {
        let Window { answers, total_us, failures, peak } = *window;
        if answers + failures == 0 {
            return;
        }
        let took = total_us.checked_div(answers).map(|took| took.max(1));
        if let Some(took) = took {
            self.learn(took, peak <= self.least);
        }
        let allowed = self
            .unhurried_us
            .saturating_mul(TOLERANCE)
            .max(self.unhurried_us.saturating_add(SLACK_US));
        let steepness = match took {
            _ if failures * TOLERATED_FAILURES > answers + failures => STEEPEST_PERMILLE,
            Some(took) => (allowed.saturating_mul(1000) / took).clamp(STEEPEST_PERMILLE, 1000),
            None => STEEPEST_PERMILLE,
        };
        let limit = if peak <= self.least {
            // So few wait for nobody: whatever made it slow, it was not their number.
            self.limit.saturating_add(self.limit / 4 + 1)
        } else if steepness < 1000 {
            let from = self.limit.min(peak);
            let fewer = u64::from(from) * steepness / 1000;
            u32::try_from(fewer).unwrap_or(u32::MAX) + from.isqrt() / 2
        } else if peak >= self.limit / 2 {
            self.limit.saturating_add(self.limit.isqrt().max(4))
        } else {
            self.limit
        };
        self.limit = limit.clamp(self.least, self.most);
    }

    /// Follows downwards at once. Upwards as far as a handful of requests shows it; under load only very slowly, for what
    /// is seen then has the queue in it.
    fn learn(&mut self, took: u64, calm: bool) {
        let known = self.unhurried_us;
        self.unhurried_us = match known {
            0 => took,
            _ if took < known => known - (known - took) / 2,
            _ if calm => known + (took - known) / 8,
            _ => known + (took - known).min(known / 1000 + 1),
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A service of so many workers, each of which takes so long: who finds none free waits.
    struct Simulated {
        workers: u64,
        takes_us: u64,
    }

    impl Simulated {
        /// A quarter of a second in which so many are always under way.
        fn window(&self, under_way: u32) -> Window {
            let under_way = u64::from(under_way);
            let took = self.takes_us * under_way.max(self.workers) / self.workers;
            let answers = (250_000 * under_way / took).max(1);
            let peak = u32::try_from(under_way).unwrap();
            Window { answers, total_us: answers * took, failures: 0, peak }
        }

        /// What it bears before a queue is noticed.
        fn bears(&self) -> u64 {
            let allowed = (self.takes_us * TOLERANCE).max(self.takes_us + SLACK_US);
            self.workers * allowed / self.takes_us
        }
    }

    fn after(gradient: &mut Gradient, service: &Simulated, wanted: u32, windows: u32) {
        for _ in 0..windows {
            gradient.observe(&service.window(wanted.min(gradient.limit())));
        }
    }

    proptest! {
        #[test]
        fn under_too_much_load_it_settles_near_what_the_service_bears(
            workers in 1_u64..64, takes_ms in 1_u64..500, wanted in 2000_u32..4000,
        ) {
            let service = Simulated { workers, takes_us: takes_ms * 1000 };
            let mut gradient = Gradient::new(16, 4096);
            after(&mut gradient, &service, 8, 20);
            prop_assert_eq!(gradient.limit(), 4096, "nobody is refused without need");
            after(&mut gradient, &service, wanted, 80);
            let bears = service.bears();
            let limit = u64::from(gradient.limit());
            prop_assert!(limit <= (bears + bears / 2 + 32).max(16), "{} for {}", limit, bears);
            prop_assert!(limit >= (bears / 2).clamp(16, 1000), "{} for {}", limit, bears);
        }

        #[test]
        fn when_the_load_is_gone_everyone_is_let_in_again(workers in 1_u64..64, takes_ms in 1_u64..500) {
            let service = Simulated { workers, takes_us: takes_ms * 1000 };
            let mut gradient = Gradient::new(16, 4096);
            after(&mut gradient, &service, 8, 20);
            after(&mut gradient, &service, 4000, 80);
            after(&mut gradient, &service, 8, 40);
            prop_assert_eq!(gradient.limit(), 4096);
        }

        #[test]
        fn whatever_it_sees_it_stays_within_its_bounds(
            windows in prop::collection::vec((0_u64..1 << 40, 0_u64..1 << 50, 0_u64..1 << 40, 0_u32..=u32::MAX), 0..200),
            least in 1_u32..100, more in 0_u32..10_000,
        ) {
            let mut gradient = Gradient::new(least, least + more);
            for (answers, total_us, failures, peak) in windows {
                gradient.observe(&Window { answers, total_us, failures, peak });
                prop_assert!((least..=least + more).contains(&gradient.limit()));
            }
        }
    }

    #[test]
    fn a_service_that_only_fails_gets_the_least() {
        let mut gradient = Gradient::new(16, 4096);
        for _ in 0..20 {
            let peak = gradient.limit();
            gradient.observe(&Window { answers: 0, total_us: 0, failures: 50, peak });
        }
        assert!(gradient.limit() < 24, "{}", gradient.limit());
    }

    #[test]
    fn a_few_slow_requests_are_no_queue() {
        let mut gradient = Gradient::new(16, 4096);
        gradient.observe(&Window { answers: 100, total_us: 100_000, failures: 0, peak: 4 });
        for _ in 0..20 {
            gradient.observe(&Window { answers: 2, total_us: 40_000_000, failures: 0, peak: 4 });
        }
        assert_eq!(gradient.limit(), 4096);
    }
}
