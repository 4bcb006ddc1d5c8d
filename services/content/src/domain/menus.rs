//! What a menu must be like, and where its entries lead.

use emart_content_api::{LinkKind, MenuItem, MenuLink, PutMenu};
use emart_types::Invalid;
use url::Url;

use super::pages::is_handle;
use super::profile::is_line;

const MOST: usize = 20;

/// Puts a menu in order.
pub(crate) fn checked(mut put: PutMenu) -> Result<PutMenu, Invalid> {
    let mut invalid = Invalid::new();
    invalid.require(put.items.len() <= MOST, "/items", "must be at most 20");
    for (at, item) in put.items.iter_mut().enumerate() {
        item.label = item.label.trim().to_owned();
        item.link.value = item.link.value.trim().to_owned();
        let label = !item.label.is_empty() && is_line(&item.label, 60);
        let pointer = format!("/items/{at}/label");
        invalid.require(label, &pointer, "must be 1 to 60 characters on one line");
        if let Err(why) = check(&item.link) {
            invalid.push(format!("/items/{at}/link/value"), why);
        }
    }
    invalid.finish()?;
    Ok(put)
}

fn check(link: &MenuLink) -> Result<(), &'static str> {
    match link.kind {
        LinkKind::Category | LinkKind::Collection | LinkKind::Page => {
            is_handle(&link.value).then_some(()).ok_or("must be a to z, 0 to 9 and -")
        }
        LinkKind::Url => is_address(&link.value).then_some(()).ok_or(
            "must be a path such as /books, or an address that begins with https://, http://, mailto: or tel:",
        ),
    }
}

fn is_address(text: &str) -> bool {
    let plain = text.len() <= 2000 && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    if text.starts_with('/') {
        // Browsers read both as the beginning of an address elsewhere.
        return plain && !text.starts_with("//") && !text.contains('\\');
    }
    let url = Url::parse(text).ok();
    plain
        && url.is_some_and(|url| match url.scheme() {
            "http" | "https" => url.has_host() && url.username().is_empty(),
            "mailto" | "tel" => true,
            _ => false,
        })
}

/// Where an entry leads.
pub(crate) fn href(item: &MenuItem) -> String {
    let value = &item.link.value;
    match item.link.kind {
        LinkKind::Category => format!("/c/{value}"),
        LinkKind::Collection => format!("/collections/{value}"),
        LinkKind::Page => format!("/pages/{value}"),
        LinkKind::Url => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn menu(kind: LinkKind, value: &str) -> PutMenu {
        let link = MenuLink { kind, value: value.to_owned() };
        PutMenu { items: vec![MenuItem { label: "Here".to_owned(), link }] }
    }

    #[test]
    fn links_lead_to_the_shop_or_the_web_and_never_into_a_script() {
        for value in
            ["/books", "/search?q=tea", "https://example.com/x", "mailto:a@b.de", "tel:+491"]
        {
            assert!(checked(menu(LinkKind::Url, value)).is_ok(), "{value}");
        }
        for value in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "//evil.example/",
            "/\\evil.example/",
            "https://user:pw@example.com/",
            "books",
            "",
        ] {
            assert!(checked(menu(LinkKind::Url, value)).is_err(), "{value}");
        }
        assert!(checked(menu(LinkKind::Page, "about\"onclick=x")).is_err());
        assert!(checked(menu(LinkKind::Category, "tea-and-pots")).is_ok());
    }
}
