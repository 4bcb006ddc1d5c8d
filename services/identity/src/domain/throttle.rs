//! How fast something may be tried again: the first tries are free, then each waits twice as long as the one before.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a kind of attempt costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Attempts before the first wait.
    pub free: u32,
    /// The first wait, in seconds; it doubles with each further attempt.
    pub first_wait_seconds: u32,
    /// The longest wait, in seconds.
    pub longest_wait_seconds: u32,
}

impl Policy {
    /// The wait after this many attempts.
    pub(crate) fn wait_after(self, attempts: u32) -> Duration {
        let Some(doublings) = attempts.checked_sub(self.free) else { return Duration::ZERO };
        let factor = 1_u64.checked_shl(doublings.min(63)).unwrap_or(u64::MAX);
        let seconds = u64::from(self.first_wait_seconds).saturating_mul(factor);
        Duration::from_secs(seconds.min(u64::from(self.longest_wait_seconds)))
    }

    /// What is wrong with it.
    pub(crate) fn check(self, name: &str) -> Option<String> {
        let sound = self.free > 0 && self.first_wait_seconds <= self.longest_wait_seconds;
        (!sound)
            .then(|| format!("{name}: free must be 1 or more, and no wait longer than the longest"))
    }
}

/// Who a client is, for counting: its IPv4 address, or its IPv6 network, since a household has a whole /64.
pub(crate) fn client(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        address @ IpAddr::V4(_) => address.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { free: 3, first_wait_seconds: 1, longest_wait_seconds: 60 };

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<u64> = (1..=10).map(|n| POLICY.wait_after(n).as_secs()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(POLICY.wait_after(u32::MAX).as_secs(), 60);
    }

    #[test]
    fn an_ipv6_household_is_one_client() {
        let client = |text: &str| client(text.parse().unwrap());
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:1"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_eq!(client("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
