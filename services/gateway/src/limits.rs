//! How often somebody may ask: by address before anything else is done, and by account once it is known who it is.

mod bucket;
mod table;

use std::net::IpAddr;

use emart_http::{Caller, Problem};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::pages::Refusal;
use bucket::Standing;
use table::Table;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const SECOND_NS: u64 = 1_000_000_000;

/// A rate. Those who stay below `per_minute` never notice it; `burst` may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Requests a minute in the long run; 0: no limit.
    pub per_minute: u32,
    /// Requests at once, after a rest.
    pub burst: u32,
}

/// Settings of the rate limits. Each holds for an address (of IPv6, for its /64), and again for an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Whether there are any.
    pub on: bool,
    /// Signing in, registering, forgotten passwords.
    pub sign_in: Rate,
    /// Checkouts, card tokens, and wherever codes could be guessed: coupons and quotes.
    pub checkouts: Rate,
    /// Everything else that changes something.
    pub writes: Rate,
    /// Everything else.
    pub reads: Rate,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let none = Rate { per_minute: 0, burst: 0 };
        Self {
            on: true,
            sign_in: Rate { per_minute: 300, burst: 600 },
            checkouts: Rate { per_minute: 300, burst: 1000 },
            writes: none,
            reads: none,
        }
    }
}

impl LimitsConfig {
    pub(crate) fn check(&self, wrong: &mut Vec<String>) {
        for (name, rate) in [
            ("sign_in", self.sign_in),
            ("checkouts", self.checkouts),
            ("writes", self.writes),
            ("reads", self.reads),
        ] {
            if rate.per_minute > 0 && rate.burst == 0 {
                wrong.push(format!("limits.{name}.burst: must be 1 or more"));
            }
        }
    }
}

/// What kind of request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    SignIn,
    Checkout,
    Write,
    Read,
}

impl Class {
    /// Of a request that goes to a service.
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        const SIGN_IN: [&str; 14] = [
            "/sign-in",
            "/register",
            "/confirm",
            "/forgot",
            "/reset",
            "/setup",
            "/api/v1/identity/registrations",
            "/api/v1/identity/sessions",
            "/api/v1/identity/passkey-sign-ins",
            "/api/v1/identity/provider-sign-ins",
            "/api/v1/identity/tokens",
            "/api/v1/identity/password-resets",
            "/api/v1/identity/setup",
            "/api/user",
        ];
        const CHECKOUT: [&str; 6] = [
            "/checkout",
            "/cart/coupon",
            "/api/v1/checkouts",
            "/api/v1/payments",
            "/api/v1/pricing/quotes",
            "/api/shop/orders",
        ];
        let under = |prefix: &&str| {
            path.strip_prefix(*prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if method.is_safe() {
            Self::Read
        } else if SIGN_IN.iter().any(under) {
            Self::SignIn
        } else if CHECKOUT.iter().any(under) {
            Self::Checkout
        } else {
            Self::Write
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Checkout => "checkouts",
            Self::Write => "writes",
            Self::Read => "reads",
        }
    }

    const fn rate(self, config: &LimitsConfig) -> Rate {
        match self {
            Self::SignIn => config.sign_in,
            Self::Checkout => config.checkouts,
            Self::Write => config.writes,
            Self::Read => config.reads,
        }
    }
}

/// Whose bucket it is.
#[derive(Debug, Hash)]
enum Who<'a> {
    V4(u32),
    /// A household or a server has a /64: as many addresses as it likes.
    V6(u64),
    Account(&'a str),
}

/// How somebody stands, for the answer's head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    class: Class,
    rate: Rate,
    standing: Standing,
}

/// Everyone's buckets.
#[derive(Debug)]
pub(crate) struct Limits {
    table: Table,
    began: Instant,
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self { table: Table::new(), began: Instant::now() }
    }

    /// Counts a request by where it comes from. `None`: such requests have no limit.
    pub(crate) fn by_address(
        &self,
        config: &LimitsConfig,
        class: Class,
        client: Option<IpAddr>,
    ) -> Result<Option<Counted>, Refusal> {
        let who = match client.map(|client| client.to_canonical()) {
            None => return Ok(None),
            Some(IpAddr::V4(address)) => Who::V4(address.to_bits()),
            Some(IpAddr::V6(address)) => {
                Who::V6(u64::try_from(address.to_bits() >> 64).unwrap_or(u64::MAX))
            }
        };
        self.count(config, class, &who)
    }

    /// Counts a request by who sends it.
    pub(crate) fn by_account(
        &self,
        config: &LimitsConfig,
        class: Class,
        caller: &Caller,
    ) -> Result<Option<Counted>, Refusal> {
        match caller.user_id() {
            Some(id) => self.count(config, class, &Who::Account(id)),
            None => Ok(None),
        }
    }

    fn count(
        &self,
        config: &LimitsConfig,
        class: Class,
        who: &Who<'_>,
    ) -> Result<Option<Counted>, Refusal> {
        let rate = class.rate(config);
        if !config.on || rate.per_minute == 0 {
            return Ok(None);
        }
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let standing = self.table.take(rate, &(class, who), now);
        let limited = Counted { class, rate, standing };
        if standing.allowed { Ok(Some(limited)) } else { Err(limited.refusal()) }
    }
}

impl Counted {
    /// Of two, the one that leaves less.
    pub(crate) fn tighter(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        [one, other].into_iter().flatten().min_by_key(|limited| limited.standing.left)
    }

    /// Tells the client (draft-ietf-httpapi-ratelimit-headers-10).
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let (name, standing) = (self.class.name(), self.standing);
        let window = u64::from(self.rate.burst) * 60 / u64::from(self.rate.per_minute.max(1));
        let policy = format!("\"{name}\";q={};w={}", self.rate.burst, window.max(1));
        let reset = standing.full_in_ns.div_ceil(SECOND_NS);
        let state = format!("\"{name}\";r={};t={reset}", standing.left);
        for (name, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
    }

    fn refusal(&self) -> Refusal {
        let title = "Too many requests";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", title)
            .detail("these came faster than one visitor needs; wait a little")
            .retry_after(self.standing.wait_ns.div_ceil(SECOND_NS).max(1));
        let mut headers = HeaderMap::new();
        self.tell(&mut headers);
        Refusal::with(problem, headers)
    }
}
