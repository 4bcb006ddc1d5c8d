//! The static files: built into the binary, named by the hash of their content, so that browsers keep them for ever.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::view::Names;

pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

pub(crate) struct Assets {
    pub(crate) names: Names,
    /// The value of the `Speculation-Rules` header.
    pub(crate) speculation: String,
    files: HashMap<String, Asset>,
}

#[derive(Clone)]
pub(crate) struct Asset {
    pub(crate) body: Bytes,
    pub(crate) content_type: &'static str,
}

const STYLE: &str = concat!(
    include_str!("../static/1-base.css"),
    include_str!("../static/2-frame.css"),
    include_str!("../static/3-parts.css"),
    include_str!("../static/4-pages.css"),
    include_str!("../static/5-buying.css"),
);

impl Assets {
    /// The file behind `/static/{name}`.
    pub(crate) fn file(&self, name: &str) -> Option<&Asset> {
        self.files.get(name)
    }

    fn load() -> Self {
        let mut files = HashMap::new();
        let mut put = |stem: &str, ending: &str, content_type, text: &str| {
            let name = format!("{stem}.{}.{ending}", hash(text));
            let body = Bytes::from(text.to_owned());
            files.insert(name.clone(), Asset { body, content_type });
            format!("/static/{name}")
        };
        let css = put("shop", "css", "text/css; charset=utf-8", STYLE);
        let icon = put("icon", "svg", "image/svg+xml", include_str!("../static/icon.svg"));
        let rules = include_str!("../static/speculation.json");
        let rules = put("speculation", "json", "application/speculationrules+json", rules);
        let mut script =
            |stem: &str, text: &str| put(stem, "js", "text/javascript; charset=utf-8", text);
        let shop = script("shop", include_str!("../static/shop.js"));
        // The modules import `./shop.js`: by the same hashed name, or the browser would run it twice.
        let shared = shop.replace("/static/", "./");
        let mut module = |stem: &str, text: &str| script(stem, &text.replace("./shop.js", &shared));
        let names = Names {
            listing: module("listing", include_str!("../static/listing.js")),
            product: module("product", include_str!("../static/product.js")),
            cart: module("cart", include_str!("../static/cart.js")),
            checkout: module("checkout", include_str!("../static/checkout.js")),
            passkey: module("passkey", include_str!("../static/passkey.js")),
            css,
            icon,
            shop,
        };
        Self { names, speculation: format!("\"{rules}\""), files }
    }
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
    fn the_modules_import_the_shared_one_by_its_hashed_name() {
        let name = ASSETS.names.product.trim_start_matches("/static/");
        let module = ASSETS.file(name).unwrap();
        let text = std::str::from_utf8(&module.body).unwrap();
        let shared = ASSETS.names.shop.replace("/static/", "./");
        assert!(text.contains(&shared));
        assert!(!text.contains("./shop.js"));
    }

    #[test]
    fn all_static_files_together_are_small() {
        let total: usize = ASSETS.files.values().map(|asset| asset.body.len()).sum();
        assert!(total < 90_000, "{total}");
    }
}
