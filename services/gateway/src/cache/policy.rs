//! What an answer says about being kept: `Cache-Control` (RFC 9111), `stale-while-revalidate` and `stale-if-error`
//! (RFC 5861), and our own targeted field (RFC 9213), by which a service tells the gateway, and nobody behind it.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};

/// What a service says to the gateway's cache alone. It goes before `Cache-Control` and never leaves the store, so that
/// no cache outside, and no browser, keeps what only the gateway knows to be for everyone.
pub(crate) const TARGETED: &str = "emart-cache-control";

/// Answers that may be kept. Errors are not among them: a service that recovers is seen at once.
const KEPT: [StatusCode; 3] =
    [StatusCode::OK, StatusCode::MOVED_PERMANENTLY, StatusCode::PERMANENT_REDIRECT];
/// What a number too large to be read means (RFC 9111, section 1.2.2).
const LONGEST: u64 = 1 << 31;

/// How long an answer is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Nobody is asked.
    pub(crate) fresh: Duration,
    /// After that: it is given out while a newer one is fetched.
    pub(crate) while_revalidate: Duration,
    /// After `fresh`: it is given out when no newer one can be had.
    pub(crate) if_error: Duration,
}

impl Policy {
    /// Reads it; `None` when the answer must not be kept. `if_error` holds where an answer does not say itself.
    pub(crate) fn of(status: StatusCode, headers: &HeaderMap, if_error: Duration) -> Option<Self> {
        let personal = headers.contains_key(header::SET_COOKIE);
        if personal || !KEPT.contains(&status) || headers.contains_key(header::CONTENT_RANGE) {
            return None;
        }
        let targeted = Directives::read(headers, TARGETED).filter(|said| !said.is_empty());
        let said = match targeted {
            Some(said) => said,
            None => Directives::read(headers, header::CACHE_CONTROL.as_str())?,
        };
        let lasts = said.s_maxage.or(said.max_age);
        if said.no_store || said.private || (lasts.is_none() && !said.public && !said.no_cache) {
            return None;
        }
        if said.no_cache {
            let can_be_renewed = headers.contains_key(header::ETAG);
            return can_be_renewed.then_some(Self::new(0, 0, 0));
        }
        let fresh = lasts.unwrap_or(0);
        // `s-maxage` has the meaning of `proxy-revalidate` in it.
        if said.must_revalidate || said.s_maxage.is_some() {
            return Some(Self::new(fresh, 0, 0));
        }
        let if_error = said.if_error.unwrap_or(if_error.as_secs());
        Some(Self::new(fresh, said.while_revalidate.unwrap_or(0), if_error))
    }

    /// For nothing but this once.
    pub(crate) const NONE: Self = Self::new(0, 0, 0);

    const fn new(fresh: u64, while_revalidate: u64, if_error: u64) -> Self {
        Self {
            fresh: Duration::from_secs(fresh),
            while_revalidate: Duration::from_secs(while_revalidate),
            if_error: Duration::from_secs(if_error),
        }
    }
}

#[derive(Debug, Default, PartialEq)]
struct Directives {
    no_store: bool,
    no_cache: bool,
    private: bool,
    public: bool,
    must_revalidate: bool,
    max_age: Option<u64>,
    s_maxage: Option<u64>,
    while_revalidate: Option<u64>,
    if_error: Option<u64>,
}

impl Directives {
    /// Reads a field; `None` when it is no text.
    fn read(headers: &HeaderMap, name: &str) -> Option<Self> {
        let mut said = Self::default();
        for line in headers.get_all(name) {
            for directive in split(line.to_str().ok()?) {
                let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
                said.note(name.trim(), value.trim());
            }
        }
        Some(said)
    }

    fn note(&mut self, name: &str, value: &str) {
        // Said twice, the first counts; what is no number means "not at all".
        let put = |place: &mut Option<u64>| {
            place.get_or_insert_with(|| seconds(value));
        };
        match name.to_ascii_lowercase().as_str() {
            "no-store" => self.no_store = true,
            "no-cache" => self.no_cache = true,
            "private" => self.private = true,
            "public" => self.public = true,
            "must-revalidate" | "proxy-revalidate" => self.must_revalidate = true,
            "max-age" => put(&mut self.max_age),
            "s-maxage" => put(&mut self.s_maxage),
            "stale-while-revalidate" => put(&mut self.while_revalidate),
            "stale-if-error" => put(&mut self.if_error),
            _ => {}
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn seconds(text: &str) -> u64 {
    let digits = text.trim_matches('"');
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return 0;
    }
    digits.parse::<u64>().unwrap_or(LONGEST).min(LONGEST)
}

/// The parts between commas that are not inside quotes.
fn split(line: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let parts = line.split(move |c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    const DEFAULT: Duration = Duration::from_secs(600);

    fn policy(lines: &[(&'static str, &'static str)]) -> Option<(u64, u64, u64)> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let policy = Policy::of(StatusCode::OK, &headers, DEFAULT)?;
        let [fresh, renewing, error] =
            [policy.fresh, policy.while_revalidate, policy.if_error].map(|time| time.as_secs());
        Some((fresh, renewing, error))
    }

    #[test]
    fn what_is_said_in_cache_control_holds() {
        for (line, kept) in [
            ("max-age=60", Some((60, 0, 600))),
            ("public", Some((0, 0, 600))),
            (
                "public, max-age=1, stale-while-revalidate=5, stale-if-error=86400",
                Some((1, 5, 86400)),
            ),
            ("MAX-AGE=\"60\" , Stale-If-Error=0", Some((60, 0, 0))),
            ("max-age=60, must-revalidate, stale-if-error=9", Some((60, 0, 0))),
            ("max-age=60, s-maxage=5", Some((5, 0, 0))),
            ("max-age=5, max-age=500", Some((5, 0, 600))),
            ("max-age=99999999999999999999", Some((1 << 31, 0, 600))),
            ("max-age=soon", Some((0, 0, 600))),
            ("max-age=-5", Some((0, 0, 600))),
            ("x=\"a, no-store\", max-age=3", Some((3, 0, 600))),
            ("", None),
            ("immutable", None),
            ("max-age=60, no-store", None),
            ("max-age=60, private", None),
            ("max-age=60, private=\"set-cookie, x\"", None),
            ("no-cache, max-age=60", None),
        ] {
            assert_eq!(policy(&[("cache-control", line)]), kept, "{line}");
        }
        assert_eq!(policy(&[]), None);
        let no_cache = [("cache-control", "no-cache"), ("etag", "\"1\"")];
        assert_eq!(policy(&no_cache), Some((0, 0, 0)), "kept to save sending it again");
    }

    #[test]
    fn what_is_said_to_the_gateway_alone_goes_first() {
        let page = ("cache-control", "private, no-cache");
        assert_eq!(policy(&[page, (TARGETED, "max-age=1, stale-if-error=9")]), Some((1, 0, 9)));
        assert_eq!(policy(&[page, (TARGETED, "")]), None);
        assert_eq!(policy(&[("cache-control", "max-age=60"), (TARGETED, "no-store")]), None);
    }

    #[test]
    fn what_sets_a_cookie_is_somebodys_own_whatever_it_says() {
        let lines = [("cache-control", "public, max-age=60"), ("set-cookie", "a=b")];
        assert_eq!(policy(&lines), None);
        assert_eq!(policy(&[(TARGETED, "max-age=60"), ("set-cookie", "a=b")]), None);
    }
}
