//! A token bucket as one number (GCRA): the moment at which it will be full again. Pure.
//!
//! The `governor` crate does the same with a map that has to be swept, a clock of its own and five more dependencies.

use super::Rate;

const MINUTE_NS: u64 = 60_000_000_000;

/// How it stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Whether the request may go on.
    pub(crate) allowed: bool,
    /// Requests that could follow at once.
    pub(crate) left: u64,
    /// Until the bucket is full again, in nanoseconds.
    pub(crate) full_in_ns: u64,
    /// Until one more request may follow, in nanoseconds.
    pub(crate) wait_ns: u64,
}

/// Takes one from a bucket that will be full at `full_at`; returns when it will be full now.
pub(crate) fn take(rate: Rate, full_at: u64, now: u64) -> (u64, Standing) {
    let interval = (MINUTE_NS / u64::from(rate.per_minute.max(1))).max(1);
    let depth = interval.saturating_mul(rate.burst.max(1).into());
    let before = full_at.max(now);
    let after = before.saturating_add(interval);
    let allowed = after - now <= depth;
    let full_at = if allowed { after } else { before };
    let missing = full_at - now;
    let left = depth.saturating_sub(missing) / interval;
    let wait_ns = if left > 0 { 0 } else { (missing + interval).saturating_sub(depth) };
    (full_at, Standing { allowed, left, full_in_ns: missing, wait_ns })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate { per_minute: 60, burst: 3 };
    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_is_let_through_and_then_one_each_second() {
        let mut full_at = 0;
        let mut go = |now: u64| {
            let (next, standing) = take(RATE, full_at, now);
            full_at = next;
            (standing.allowed, standing.left, standing.wait_ns)
        };
        let now = 100 * SECOND;
        assert_eq!(go(now), (true, 2, 0));
        assert_eq!(go(now), (true, 1, 0));
        assert_eq!(go(now), (true, 0, SECOND));
        assert_eq!(go(now), (false, 0, SECOND));
        assert_eq!(go(now + SECOND / 2), (false, 0, SECOND / 2));
        assert_eq!(go(now + SECOND), (true, 0, SECOND));
        assert_eq!(go(now + 10 * SECOND), (true, 2, 0));
    }

    proptest! {
        #[test]
        fn in_any_time_no_more_pass_than_the_burst_and_what_came_since(
            per_minute in 1_u32..6000, burst in 1_u32..100, steps in prop::collection::vec(0_u64..2 * SECOND, 1..300),
        ) {
            let rate = Rate { per_minute, burst };
            let (mut now, mut full_at, mut passed) = (1_u64, 0, 0_u64);
            for step in &steps {
                now += step;
                let (next, standing) = take(rate, full_at, now);
                full_at = next;
                passed += u64::from(standing.allowed);
                if !standing.allowed {
                    prop_assert!(take(rate, full_at, now + standing.wait_ns).1.allowed);
                }
            }
            let refilled = now * u64::from(per_minute) / MINUTE_NS + 1;
            prop_assert!(passed <= u64::from(burst) + refilled, "{passed}");
        }
    }
}
