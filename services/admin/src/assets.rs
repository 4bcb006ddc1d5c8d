//! The static files: built into the binary, named by the hash of their content, so that browsers keep them for ever.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use emart_http::Problem;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use sha2::{Digest, Sha256};

pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

const STYLE: &str = concat!(
    include_str!("../static/1-base.css"),
    include_str!("../static/2-frame.css"),
    include_str!("../static/3-parts.css"),
    include_str!("../static/4-forms.css"),
    include_str!("../static/5-pages.css"),
);

/// The modules: the first is on every page, the others are for pages that name them.
const MODULES: [(&str, &str); 8] = [
    ("admin", include_str!("../static/admin.js")),
    ("contrast", include_str!("../static/contrast.js")),
    ("editor", include_str!("../static/editor.js")),
    ("grid", include_str!("../static/grid.js")),
    ("live", include_str!("../static/live.js")),
    ("palette", include_str!("../static/palette.js")),
    ("products", include_str!("../static/products.js")),
    ("progress", include_str!("../static/progress.js")),
];

pub(crate) struct Assets {
    pub(crate) css: String,
    pub(crate) icon: String,
    scripts: HashMap<&'static str, String>,
    files: HashMap<String, (&'static str, Bytes)>,
}

impl Assets {
    /// The address of a module.
    pub(crate) fn script(&self, stem: &str) -> &str {
        self.scripts.get(stem).map_or("", String::as_str)
    }

    fn load() -> Self {
        let mut assets = Self {
            css: String::new(),
            icon: String::new(),
            scripts: HashMap::new(),
            files: HashMap::new(),
        };
        assets.css = assets.put("admin", "css", "text/css; charset=utf-8", STYLE);
        let icon = include_str!("../static/icon.svg");
        assets.icon = assets.put("icon", "svg", "image/svg+xml", icon);
        for (stem, text) in MODULES {
            // A module may import those before it, by `./name.js`: the browser has to know them by one name each.
            let text = assets.scripts.iter().fold(text.to_owned(), |text, (stem, address)| {
                text.replace(&format!("./{stem}.js"), &address.replace("/admin/static/", "./"))
            });
            let address = assets.put(stem, "js", "text/javascript; charset=utf-8", &text);
            assets.scripts.insert(stem, address);
        }
        assets
    }

    fn put(&mut self, stem: &str, ending: &str, kind: &'static str, text: &str) -> String {
        let name = format!("{stem}.{}.{ending}", hash(text));
        self.files.insert(name.clone(), (kind, Bytes::from(text.to_owned())));
        format!("/admin/static/{name}")
    }
}

/// `GET /admin/static/{name}`
pub(crate) async fn file(Path(name): Path<String>) -> Response {
    let Some((kind, body)) = ASSETS.files.get(&name) else {
        return Problem::not_found().into_response();
    };
    let head = [(CONTENT_TYPE, *kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (head, body.clone()).into_response()
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(String::new(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_static_files_together_are_small() {
        let total: usize = ASSETS.files.values().map(|(_, body)| body.len()).sum();
        assert!(total < 90_000, "{total}");
    }
}
