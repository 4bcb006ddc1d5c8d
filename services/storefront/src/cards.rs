//! From the catalogue's pictures and products to what the templates print.

use std::fmt::Write as _;

use emart_catalog_api::{Image, ProductCard, SearchHit};

use crate::view::{Card, Picture, Price};
use crate::words;

/// The width, in pixels, a browser without `srcset` gets.
const PLAIN_WIDTH: u32 = 640;

pub(crate) fn picture(image: &Image, fallback_alt: &str) -> Option<Picture> {
    let plain = image.sources.iter().find(|source| source.width >= PLAIN_WIDTH);
    let plain = plain.or_else(|| image.sources.last())?;
    let mut srcset = String::with_capacity(64 * image.sources.len());
    if image.sources.len() > 1 {
        for (at, source) in image.sources.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let _ = write!(srcset, "{comma}{} {}w", source.url, source.width);
        }
    }
    let alt = if image.alt.is_empty() { fallback_alt } else { &image.alt };
    Some(Picture {
        src: plain.url.clone(),
        srcset,
        width: image.width,
        height: image.height,
        alt: alt.to_owned(),
    })
}

pub(crate) fn card(product: &ProductCard) -> Card {
    let from = product.price_from != product.price_to;
    let was = product
        .compare_at_price
        .filter(|was| was.amount_minor > product.price_from.amount_minor)
        .map(words::money);
    Card {
        handle: product.handle.clone(),
        title: product.title.clone(),
        marked: None,
        vendor: product.vendor.clone().unwrap_or_default(),
        picture: product.image.as_ref().and_then(|image| picture(image, &product.title)),
        price: Price { now: words::money(product.price_from), was, from },
        cut: words::cut(product.price_from, product.compare_at_price),
        sold_out: !product.in_stock,
    }
}

/// A product that was searched for, its title marked where it matches.
pub(crate) fn hit(hit: &SearchHit) -> Card {
    let any = hit.title.iter().any(|part| part.hit);
    Card { marked: any.then(|| words::marked(&hit.title)), ..card(&hit.product) }
}
