//! A circuit breaker, one for each copy of a service: a copy that fails is left alone for a while, then tried with one
//! call. Pure: whoever asks says what time it is.

use std::time::{Duration, Instant};

/// Failures in a row that open it.
const FAILURES: u32 = 5;
/// How long it stays open, at first and at most; doubled each time the probe fails.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// A probe that nobody has told the end of is forgotten after this time: its caller has gone away.
const PROBE: Duration = Duration::from_secs(5);

/// What its states are called where they are counted.
pub(crate) const CLOSED: &str = "closed";
const OPEN: &str = "open";
const HALF_OPEN: &str = "half_open";
pub(crate) const BREAKER_STATES: [&str; 3] = [CLOSED, OPEN, HALF_OPEN];

/// What a breaker lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breaker {
    /// Everything; so many calls have failed in a row.
    Closed { failures: u32 },
    /// Nothing, until then.
    Open { until: Instant, wait: Duration },
    /// One call, under way since then.
    HalfOpen { since: Instant, wait: Duration },
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    /// Whether a call may pass.
    pub(crate) fn is_passable(self, now: Instant) -> bool {
        match self {
            Self::Closed { .. } => true,
            Self::Open { until, .. } => now >= until,
            Self::HalfOpen { since, .. } => now >= since + PROBE,
        }
    }

    /// Whether nothing is wrong.
    pub(crate) const fn is_closed(self) -> bool {
        matches!(self, Self::Closed { .. })
    }

    /// What its state is called.
    pub(crate) const fn state(self) -> &'static str {
        match self {
            Self::Closed { .. } => CLOSED,
            Self::Open { .. } => OPEN,
            Self::HalfOpen { .. } => HALF_OPEN,
        }
    }

    /// A call passes: past an open breaker it is the probe.
    pub(crate) const fn pass(&mut self, now: Instant) {
        if let Self::Open { wait, .. } | Self::HalfOpen { wait, .. } = *self {
            *self = Self::HalfOpen { since: now, wait };
        }
    }

    /// A call was answered.
    pub(crate) const fn succeed(&mut self) {
        *self = Self::Closed { failures: 0 };
    }

    /// A call was not answered; `true` when the breaker has opened by it.
    pub(crate) fn fail(&mut self, now: Instant) -> bool {
        let wait = match *self {
            Self::Closed { failures } if failures + 1 < FAILURES => {
                *self = Self::Closed { failures: failures + 1 };
                return false;
            }
            Self::Closed { .. } => FIRST_WAIT,
            // Calls that were on their way when it opened say nothing new.
            Self::Open { .. } => return false,
            Self::HalfOpen { wait, .. } => (wait * 2).min(LONGEST_WAIT),
        };
        *self = Self::Open { until: now + wait, wait };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        for failure in 1..=FAILURES {
            assert_eq!(breaker.fail(now), failure == FAILURES);
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_an_answer_in_between_does_not_let_them_add_up() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..3 * FAILURES {
            assert!(!breaker.fail(now));
            breaker.succeed();
        }
        assert!(breaker.is_passable(now));
        assert!(!opened(now).is_passable(now));
    }

    #[test]
    fn an_open_one_lets_one_probe_through_which_decides() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = now + FIRST_WAIT;
        assert!(breaker.is_passable(later));
        breaker.pass(later);
        assert!(!breaker.is_passable(later), "one probe");
        assert!(breaker.fail(later));
        assert!(!breaker.is_passable(later + FIRST_WAIT), "the wait has doubled");
        let again = later + FIRST_WAIT * 2;
        breaker.pass(again);
        breaker.succeed();
        assert!(breaker.is_closed());
    }

    #[test]
    fn a_probe_whose_caller_went_away_blocks_nobody_for_long() {
        let now = Instant::now();
        let mut breaker = opened(now);
        breaker.pass(now + FIRST_WAIT);
        assert!(breaker.is_passable(now + FIRST_WAIT + PROBE));
    }

    #[test]
    fn the_wait_has_an_end() {
        let mut now = Instant::now();
        let mut breaker = opened(now);
        for _ in 0..20 {
            now += LONGEST_WAIT;
            assert!(breaker.is_passable(now));
            breaker.pass(now);
            breaker.fail(now);
        }
    }
}
