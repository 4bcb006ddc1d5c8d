//! The home page: what the shop is, its categories, what is new.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_catalog_api::{Category, ProductCard};
use emart_http::{Caller, Context};

use crate::Storefront;
use crate::cards;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::view::{Card, Layout, Picture};

/// How long the shelves are shown before the catalogue is asked again.
const FRESH: Duration = Duration::from_secs(10);

#[derive(Template)]
#[template(path = "home.html", whitespace = "minimize")]
pub(crate) struct Home {
    pub(crate) layout: Layout,
    pub(crate) parts: Arc<Parts>,
}

/// What stands on the home page, the same for everyone.
pub(crate) struct Parts {
    pub(crate) hero: Vec<Card>,
    pub(crate) tiles: Vec<Tile>,
    pub(crate) shelves: Vec<Shelf>,
}

pub(crate) struct Tile {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) picture: Option<Picture>,
    pub(crate) count: u32,
}

pub(crate) struct Shelf {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) more: String,
    pub(crate) cards: Vec<Card>,
}

/// Keeps the shelves for a few seconds.
pub(crate) struct Kept(RwLock<Option<(Instant, Arc<Parts>)>>);

impl Kept {
    pub(crate) const fn new() -> Self {
        Self(RwLock::new(None))
    }

    fn fresh(&self) -> Option<Arc<Parts>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, parts)| Arc::clone(parts))
    }

    fn keep(&self, parts: Arc<Parts>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), parts));
    }
}

/// `GET /`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    let parts = match storefront.home.fresh() {
        Some(parts) => parts,
        None => {
            // As a guest: what is kept is shown to everyone.
            let context = Context::current().unwrap_or_default().with_caller(Caller::guest());
            let parts = Arc::new(context.scope(gather(&storefront)).await?);
            storefront.home.keep(Arc::clone(&parts));
            parts
        }
    };
    let mut layout = storefront.layout(&visitor, &storefront.config.headline, "/").await;
    layout.title = format!("{}: {}", layout.shop.name, layout.shop.headline);
    layout.description.clone_from(&layout.shop.tagline);
    Ok(frame::for_strangers(&visitor, frame::html(&Home { layout, parts })?))
}

async fn gather(storefront: &Storefront) -> Result<Parts, Error> {
    let known = storefront.known().await;
    let mut newest = storefront.clients.catalog.products("sort=newest&limit=8").await?.items;
    // What can be bought comes first; otherwise as new as it is.
    newest.sort_by_key(|product| !product.in_stock);
    let mut tiles = Vec::new();
    let mut hero = Vec::new();
    let mut shelves = vec![Shelf {
        title: "New in".to_owned(),
        href: "/search?sort=newest".to_owned(),
        more: "All new things".to_owned(),
        cards: newest.iter().map(cards::card).collect(),
    }];
    for (at, category) in known.categories.iter().enumerate().take(12) {
        let products = of_category(storefront, category, if at < 3 { 4 } else { 1 }).await?;
        tiles.push(tile(category, products.first()));
        hero.extend(products.iter().find(|product| product.image.is_some()).map(cards::card));
        if at < 2 && products.len() == 4 {
            shelves.push(shelf(category, &products));
        }
    }
    let more = newest.iter().filter(|product| product.image.is_some()).map(cards::card);
    hero.extend(more);
    let mut seen = Vec::new();
    hero.retain(|card| {
        let new = !seen.contains(&card.handle);
        seen.push(card.handle.clone());
        new
    });
    hero.truncate(3);
    Ok(Parts { hero, tiles, shelves })
}

async fn of_category(
    storefront: &Storefront,
    category: &Category,
    limit: u32,
) -> Result<Vec<ProductCard>, Error> {
    let query = format!("category={}&limit={limit}", category.slug);
    Ok(storefront.clients.catalog.products(&query).await?.items)
}

fn tile(category: &Category, first: Option<&ProductCard>) -> Tile {
    let own = category.image.as_ref().or_else(|| first.and_then(|product| product.image.as_ref()));
    Tile {
        slug: category.slug.clone(),
        name: category.name.clone(),
        picture: own.and_then(|image| cards::picture(image, &category.name)),
        count: category.product_count,
    }
}

fn shelf(category: &Category, products: &[ProductCard]) -> Shelf {
    Shelf {
        title: category.name.clone(),
        href: format!("/c/{}", category.slug),
        more: format!("All of {}", category.name),
        cards: products.iter().map(cards::card).collect(),
    }
}
