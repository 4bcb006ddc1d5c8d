//! The cookies the pages read and set. None of them is trusted: each holds a secret that its service checks, or a
//! hint that only the page it is shown on believes.

use http::HeaderMap;
use http::header::{self, HeaderValue};

/// The session, kept by `identity`. The gateway reads it, by the same names: over TLS the prefix keeps neighbouring
/// domains from setting it.
pub(crate) const fn session(secure: bool) -> &'static str {
    if secure { "__Host-emart_session" } else { "emart_session" }
}
/// A guest's cart: `<id>.<token>`.
pub(crate) const CART: &str = "emart_cart";
/// How many pieces the cart holds: for the badge, so that no page has to ask.
pub(crate) const BADGE: &str = "emart_badge";
/// A random id by which a sign-in from a new browser is noticed.
pub(crate) const DEVICE: &str = "emart_device";
/// What was typed at checkout, without card and password, until the order is placed.
pub(crate) const DRAFT: &str = "emart_draft";
/// Tokens of the gift cards that are to pay, with `~` between them.
pub(crate) const GIFT: &str = "emart_gift";
/// A guest's orders: `<id>.<token>`, one cookie for each order's path.
pub(crate) const ORDER: &str = "emart_order";

/// While somebody signs in at a provider: a secret that only this browser has, and where to go on: `<secret>.<path>`.
pub(crate) const JOURNEY: &str = "emart_journey";

/// The cookie's value, as it was sent.
pub(crate) fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// A cookie to be set.
pub(crate) struct Cookie<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
    pub(crate) path: &'a str,
    /// Seconds it is kept; 0 takes it away.
    pub(crate) max_age: u64,
    /// Whether scripts may read it.
    pub(crate) open: bool,
    /// Sent over TLS only.
    pub(crate) secure: bool,
}

impl Cookie<'_> {
    /// Writes it. A value that a cookie cannot hold takes the cookie away rather than break the answer.
    pub(crate) fn set(&self, headers: &mut HeaderMap) {
        let fits = self.value.bytes().all(|b| b.is_ascii_graphic() && !b"\";,\\".contains(&b));
        let (value, max_age) = if fits { (self.value, self.max_age) } else { ("", 0) };
        let hidden = if self.open { "" } else { "; HttpOnly" };
        let secure = if self.secure { "; Secure" } else { "" };
        let (name, path) = (self.name, self.path);
        let line =
            format!("{name}={value}; Path={path}; Max-Age={max_age}; SameSite=Lax{hidden}{secure}");
        if let Ok(line) = HeaderValue::try_from(line) {
            headers.append(header::SET_COOKIE, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; emart_cart=crt_1.x"));
        headers.append(header::COOKIE, HeaderValue::from_static("xemart_badge=9; emart_badge=2"));
        assert_eq!(get(&headers, CART), Some("crt_1.x"));
        assert_eq!(get(&headers, BADGE), Some("2"));
        assert_eq!(get(&headers, session(false)), None);
    }

    #[test]
    fn a_value_that_would_break_the_header_is_not_written() {
        let mut headers = HeaderMap::new();
        let cookie = Cookie {
            name: CART,
            value: "a; Path=/",
            path: "/",
            max_age: 9,
            open: false,
            secure: true,
        };
        cookie.set(&mut headers);
        let line = headers[header::SET_COOKIE].to_str().unwrap();
        assert_eq!(line, "emart_cart=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly; Secure");
    }
}
