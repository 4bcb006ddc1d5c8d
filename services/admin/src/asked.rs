//! What a list was asked for, as its address says, and the addresses that ask for something a little different.

use axum::extract::{FromRequestParts, OriginalUri};
use http::request::Parts;

/// The query of a list's page. Unknown parts of it are kept out of what is read, and cost nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    path: String,
    pairs: Vec<(String, String)>,
}

/// The name of the parameter that says where a page of a list begins.
const CURSOR: &str = "cursor";

impl Asked {
    /// The value of a parameter; empty when it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All values of a parameter that may come more than once.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let of_name = move |(key, value): &'a (String, String)| (key == name).then_some(&**value);
        self.pairs.iter().filter_map(of_name).filter(|value| !value.is_empty())
    }

    /// The value of a parameter, if it says something.
    pub(crate) fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name).to_owned()).filter(|value| !value.is_empty())
    }

    /// Where the page begins; `None` on the first.
    pub(crate) fn cursor(&self) -> Option<String> {
        self.some(CURSOR)
    }

    /// What a service is asked for: some pairs, and those of these parameters that say something.
    pub(crate) fn query(&self, pairs: &[(&str, &str)], names: &[&str]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
        for name in names {
            query.extend_pairs(self.all(name).map(|value| (*name, value)));
        }
        query.finish()
    }

    /// The page's own path.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The whole address, to come back to.
    pub(crate) fn href(&self) -> String {
        self.written(&self.pairs)
    }

    /// The same list from its beginning, with one parameter said differently; empty takes it out.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let others = self.pairs.iter().filter(|(key, _)| key != name && key != CURSOR);
        let mut pairs: Vec<_> = others.cloned().collect();
        pairs.push((name.to_owned(), value.to_owned()));
        self.written(&pairs)
    }

    /// The same list, further on.
    pub(crate) fn page(&self, cursor: &str) -> String {
        let others = self.pairs.iter().filter(|(key, _)| key != CURSOR);
        let mut pairs: Vec<_> = others.cloned().collect();
        pairs.push((CURSOR.to_owned(), cursor.to_owned()));
        self.written(&pairs)
    }

    fn written(&self, pairs: &[(String, String)]) -> String {
        let said = pairs.iter().filter(|(_, value)| !value.is_empty());
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(said).finish();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        let query = uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ok(Self { path: uri.path().to_owned(), pairs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Asked { path: "/admin/orders".to_owned(), pairs }
    }

    #[test]
    fn another_filter_begins_at_the_first_page() {
        let asked = asked("q=ada+l&state=paid&cursor=xyz");
        assert_eq!(asked.with("state", "open"), "/admin/orders?q=ada+l&state=open");
        assert_eq!(asked.with("q", ""), "/admin/orders?state=paid");
        assert_eq!(asked.with("state", ""), "/admin/orders?q=ada+l");
        assert_eq!(asked.page("abc"), "/admin/orders?q=ada+l&state=paid&cursor=abc");
    }
}
