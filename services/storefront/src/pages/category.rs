//! A category: its products, narrowed and ordered as the visitor asks.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use emart_http::Path;

use crate::Storefront;
use crate::cards;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::listing::Asked;
use crate::pages::product::breadcrumb_list;
use crate::view::{Crumb, Layout, Listing, MenuEntry, Picture};
use crate::words;

#[derive(Template)]
#[template(path = "category.html", whitespace = "minimize")]
pub(crate) struct CategoryPage {
    pub(crate) layout: Layout,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) picture: Option<Picture>,
    pub(crate) children: Vec<MenuEntry>,
    pub(crate) list: Listing,
    pub(crate) json_ld: String,
}

/// `GET /c/{slug}`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let known = storefront.known().await;
    let way = known.category(&slug).ok_or(Error::NotFound)?;
    let (Some(top), Some(category)) = (way.first(), way.last()) else {
        return Err(Error::NotFound);
    };
    let path = format!("/c/{slug}");
    let asked = Asked::read(&path, Some(&slug), raw.as_deref().unwrap_or_default());
    let result = storefront.clients.catalog.search(&asked.for_catalog()).await?;
    let mut layout = storefront.layout(&visitor, &category.name, &path).await;
    layout.category.clone_from(&top.slug);
    layout.private = asked.is_narrowed();
    layout.description = words::beginning(&category.description, 155);
    let crumbs: Vec<Crumb> = way
        .iter()
        .map(|c| Crumb { slug: c.slug.clone(), name: c.name.clone(), here: c.slug == slug })
        .collect();
    let entry =
        |c: &emart_catalog_api::Category| MenuEntry { slug: c.slug.clone(), name: c.name.clone() };
    let page = CategoryPage {
        json_ld: words::script_json(&breadcrumb_list(&layout.shop.origin, &crumbs, None)),
        layout,
        crumbs,
        name: category.name.clone(),
        description: category.description.clone(),
        picture: category.image.as_ref().and_then(|image| cards::picture(image, "")),
        children: category.children.iter().map(entry).collect(),
        list: asked.listing(&result),
    };
    Ok(frame::for_strangers(&visitor, frame::html(&page)?))
}
