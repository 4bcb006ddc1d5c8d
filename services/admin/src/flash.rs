//! What the next page says first: a short message that a form leaves behind when it sends the browser on.

use axum::response::{IntoResponse, Redirect, Response};
use http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};

use crate::Admin;

const COOKIE_NAME: &str = "emart_flash";
/// Seconds after which it is old news.
const FRESH: u32 = 60;
/// A cookie holds 4 KB.
const LONGEST: usize = 400;

/// A message on top of a page.
pub(crate) struct Flash {
    pub(crate) text: String,
    /// Something did not work.
    pub(crate) bad: bool,
}

impl Admin {
    /// Sends the browser on to a page, which says that it is done.
    pub(crate) fn done(&self, to: &str, text: &str) -> Response {
        self.leave(to, 'g', text)
    }

    /// Sends the browser on to a page, which says that it did not work.
    pub(crate) fn failed(&self, to: &str, text: &str) -> Response {
        self.leave(to, 'b', text)
    }

    fn leave(&self, to: &str, tone: char, text: &str) -> Response {
        let text: String = text.chars().take(LONGEST).collect();
        let value: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let mut response = Redirect::to(to).into_response();
        self.set(response.headers_mut(), &format!("{tone}{value}"), FRESH);
        response
    }

    /// Takes the message away once it has been shown.
    pub(crate) fn forget_flash(&self, headers: &mut HeaderMap) {
        self.set(headers, "", 0);
    }

    fn set(&self, headers: &mut HeaderMap, value: &str, age: u32) {
        let secure = if self.config.secure() { "; Secure" } else { "" };
        let line = format!(
            "{COOKIE_NAME}={value}; Path=/admin; Max-Age={age}; SameSite=Lax; HttpOnly{secure}"
        );
        if let Ok(line) = HeaderValue::try_from(line) {
            headers.append(SET_COOKIE, line);
        }
    }
}

/// The message a browser brings.
pub(crate) fn brought(headers: &HeaderMap) -> Option<Flash> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == COOKIE_NAME)?;
    let bad = match value.chars().next()? {
        'g' => false,
        'b' => true,
        _ => return None,
    };
    let pair = url::form_urlencoded::parse(&value.as_bytes()[1..]).next()?;
    Some(Flash { text: pair.0.into_owned(), bad })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_from_its_cookie_and_nonsense_is_none() {
        let of = |line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_static(line));
            brought(&headers).map(|flash| (flash.text, flash.bad))
        };
        assert_eq!(
            of("a=1; emart_flash=gSaved+%3D+good."),
            Some(("Saved = good.".to_owned(), false))
        );
        assert_eq!(of("emart_flash=bNo"), Some(("No".to_owned(), true)));
        assert_eq!(of("emart_flash=xNo"), None);
        assert_eq!(of("emart_flash="), None);
        assert_eq!(of("other=1"), None);
    }
}
