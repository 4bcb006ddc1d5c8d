//! Lists, a page at a time: keyset cursors, never offsets, and a hard cap.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Problem;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; `null` on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from up to `limit + 1` rows: the one too many says that there is more. `key` makes the cursor
    /// from the last row kept.
    pub fn from_rows<K: Serialize>(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor =
            if more { rows.last().map(|row| Cursor::encode(&key(row))) } else { None };
        Self { items: rows, next_cursor }
    }

    /// The same page with each entry turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor }
    }
}

/// `limit` and `cursor` of a list's query.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many entries a page holds: 1 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The limit, 20 if not said, never over 100.
    pub fn limit(&self) -> Result<usize, Problem> {
        match self.limit.unwrap_or(20) {
            limit @ 1..=100 => Ok(limit as usize),
            _ => Err(Problem::new(StatusCode::BAD_REQUEST, "bad-query", "The query is not valid")
                .detail("limit: must be from 1 to 100")),
        }
    }

    /// The key of the row after which the page begins.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        self.cursor.as_deref().filter(|c| !c.is_empty()).map(Cursor::decode).transpose()
    }
}

/// A place in a list, opaque to callers.
#[derive(Debug)]
pub struct Cursor;

impl Cursor {
    /// Writes a key as a cursor.
    #[must_use]
    pub fn encode<K: Serialize>(key: &K) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }

    /// Reads a cursor; one that this API did not make gets a 400.
    pub fn decode<K: DeserializeOwned>(cursor: &str) -> Result<K, Problem> {
        URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .filter(|json| !json.windows(6).any(|w| w == b"\\u0000"))
            .and_then(|json| serde_json::from_slice(&json).ok())
            .ok_or_else(|| {
                Problem::new(StatusCode::BAD_REQUEST, "bad-cursor", "The cursor is not valid")
                    .detail("use `next_cursor` of the page before, unchanged")
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_too_many_makes_a_cursor_that_reads_back() {
        let page = Page::from_rows(vec![1, 2, 3], 2, |n| (*n, "x"));
        assert_eq!(page.items, [1, 2]);
        let key: (i32, String) = Cursor::decode(&page.next_cursor.unwrap()).unwrap();
        assert_eq!(key, (2, "x".to_owned()));
        assert_eq!(Page::from_rows(vec![1], 2, |n| *n).next_cursor, None);
    }

    #[test]
    fn foreign_cursors_and_limits_are_refused() {
        assert!(Cursor::decode::<i64>("@@").unwrap_err().is("bad-cursor"));
        assert!(Cursor::decode::<i64>("ImEi").unwrap_err().is("bad-cursor"));
        let query = PageQuery { limit: Some(101), cursor: None };
        assert!(query.limit().unwrap_err().is("bad-query"));
    }
}
