//! The shop as its staff have described it: name, colours, sign and menus, from `content`; without it, what the settings
//! say.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_content_api::{Profile, Site, SiteItem};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::view::{Link, MenuEntry, Shop, Sign};
use crate::{Config, Storefront};

/// What the pages show of the shop.
pub(crate) fn shop(config: &Config, menu: Vec<MenuEntry>, site: Option<&Site>) -> Shop {
    let mut shop = Shop {
        name: config.shop_name.clone(),
        headline: config.headline.clone(),
        tagline: config.tagline.clone(),
        contact: config.contact.clone(),
        phone: String::new(),
        books: config.books,
        language: config.language.clone(),
        origin: config.origin().to_owned(),
        menu,
        header: Vec::new(),
        footer: Vec::new(),
        sign: None,
        theme: String::new(),
        theme_href: None,
    };
    let Some(Site { profile, header, footer }) = site else { return shop };
    shop.name.clone_from(&profile.name);
    shop.headline.clone_from(&profile.headline);
    shop.tagline.clone_from(&profile.tagline);
    shop.contact.clone_from(&profile.contact_email);
    shop.phone.clone_from(&profile.contact_phone);
    shop.language.clone_from(&profile.language);
    (shop.header, shop.footer) = (links(header), links(footer));
    shop.sign = profile.logo.as_ref().map(|logo| Sign {
        src: logo.src.clone(),
        width: logo.width,
        height: logo.height,
    });
    shop.theme = theme(profile);
    shop.theme_href =
        (!shop.theme.is_empty()).then(|| format!("/theme.css?v={}", hash(&shop.theme)));
    shop
}

/// `content` lets nothing else in; a page of ours would not show it either.
fn links(items: &[SiteItem]) -> Vec<Link> {
    let leads = |item: &&SiteItem| {
        let schemes = ["https://", "http://", "mailto:", "tel:"];
        item.href.starts_with('/') || schemes.iter().any(|scheme| item.href.starts_with(scheme))
    };
    let link = |item: &SiteItem| Link { label: item.label.clone(), href: item.href.clone() };
    items.iter().filter(leads).map(link).collect()
}

/// The shop's colours as a stylesheet that goes after the usual one.
fn theme(profile: &Profile) -> String {
    let mut css = String::new();
    if let Some(accent) = colour(profile.accent.as_deref()) {
        let on = if is_pale(accent) { "#000000" } else { "#ffffff" };
        let _ = write!(
            css,
            ":root{{--brand:{accent};--brand-hover:color-mix(in srgb,{accent} 85%,#000);--on-brand:{on};\
             --brand-soft:color-mix(in srgb,{accent} 10%,#fff);--brand-soft-ink:#1b211d;\
             --panel:color-mix(in srgb,{accent} 75%,#000);--panel-2:color-mix(in srgb,{accent} 88%,#000)}}"
        );
    }
    if let Some(accent) = colour(profile.accent_dark.as_deref()) {
        let on = if is_pale(accent) { "#000000" } else { "#ffffff" };
        let _ = write!(
            css,
            "@media (prefers-color-scheme:dark){{:root{{--brand:{accent};\
             --brand-hover:color-mix(in srgb,{accent} 85%,#fff);--on-brand:{on};\
             --brand-soft:color-mix(in srgb,{accent} 18%,#111412);--brand-soft-ink:#eff2ec;\
             --panel:color-mix(in srgb,{accent} 25%,#111412);--panel-2:color-mix(in srgb,{accent} 32%,#111412)}}}}"
        );
    } else if !css.is_empty() {
        // The colour of light pages cannot be read on dark ones: those keep the usual.
        css.push_str(DARK);
    }
    css
}

/// What the usual stylesheet says of dark pages.
const DARK: &str = "@media (prefers-color-scheme:dark){:root{--brand:#86d8ae;--brand-hover:#a2e6c2;\
    --on-brand:#062617;--brand-soft:#1c3529;--brand-soft-ink:#b4ebcd;--panel:#173a2b;--panel-2:#1f4c39}}";

/// Nothing but a colour goes into a stylesheet.
fn colour(text: Option<&str>) -> Option<&str> {
    text.filter(|text| {
        let digits = text.strip_prefix('#').unwrap_or_default();
        digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Whether black is easier to read on it than white.
fn is_pale(colour: &str) -> bool {
    let channel = |at: usize| u32::from_str_radix(&colour[at..at + 2], 16).unwrap_or_default();
    channel(1) * 299 + channel(3) * 587 + channel(5) * 114 > 140_000
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(6).fold(String::new(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}

/// `GET /theme.css`
pub(crate) async fn stylesheet(State(storefront): State<Storefront>) -> Result<Response, Error> {
    let known = storefront.known().await;
    let css = known.shop.theme.clone();
    if css.is_empty() {
        return Err(Error::NotFound);
    }
    let headers =
        [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=300")];
    Ok((headers, css).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_colours_and_links_gets_through() {
        for text in ["#14573", "red", "#14573c;}x{", "#14573g", ""] {
            assert_eq!(colour(Some(text)), None, "{text}");
        }
        assert_eq!(colour(Some("#14573c")), Some("#14573c"));
        let item = |href: &str| SiteItem { label: "x".to_owned(), href: href.to_owned() };
        let items = [item("javascript:alert(1)"), item("/books"), item("data:text/html,x")];
        assert_eq!(links(&items).len(), 1);
        assert!(is_pale("#ffee00") && !is_pale("#14573c"));
    }
}
