//! The frame around every page: the shop's name and menu, who is looking, and how a page becomes an answer.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use askama::Template;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use emart_catalog_api::Category;
use emart_content_api::Site;
use emart_http::{Caller, Context};
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use http::request::Parts;

use crate::assets::ASSETS;
use crate::cookies::{self, Cookie};
use crate::error::Error;
use crate::view::{Layout, MenuEntry, Shop};
use crate::{Config, Storefront, site};

/// How long a menu is shown before the catalogue is asked again.
const FRESH: Duration = Duration::from_secs(5);
/// How long a page waits for what staff have said of the shop.
const PATIENCE: Duration = Duration::from_secs(1);
/// What the gateway's cache may do with a page that is the same for every stranger. Said to it alone: `Cache-Control`
/// stays `private`, for the browser's next visit may be with a cart. Prices and stock are at most six seconds old, or a
/// day when the shop behind the pages cannot be asked.
const FOR_STRANGERS: &str = "max-age=1, stale-while-revalidate=5, stale-if-error=86400";
const GATEWAYS_CACHE: &str = "emart-cache-control";
/// For a year, in seconds: how long a cart or a device is remembered.
pub(crate) const YEAR: u64 = 365 * 86_400;

/// The shop's name and menu with the categories behind it.
pub(crate) struct Known {
    pub(crate) shop: Arc<Shop>,
    /// What staff have said of the shop, as far as it is known.
    site: Option<Site>,
    pub(crate) categories: Vec<Category>,
}

/// Keeps what every page needs for a few seconds.
pub(crate) struct Keeper(RwLock<Option<(Instant, Arc<Known>)>>);

impl Keeper {
    pub(crate) const fn new() -> Self {
        Self(RwLock::new(None))
    }

    fn kept(&self) -> Option<(Instant, Arc<Known>)> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, known: Arc<Known>) {
        let entry = Some((Instant::now(), known));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = entry;
    }
}

impl Storefront {
    /// The shop's menu, at most a few seconds old; older when the catalogue does not answer.
    pub(crate) async fn known(&self) -> Arc<Known> {
        let kept = self.keeper.kept();
        if let Some((at, known)) = &kept
            && at.elapsed() < FRESH
        {
            return Arc::clone(known);
        }
        // As a guest: what is kept is shown to everyone.
        let context = Context::current().unwrap_or_default().with_caller(Caller::guest());
        let asked =
            Box::pin(async { tokio::join!(self.clients.catalog.categories(), self.site()) });
        let (categories, site) = context.scope(asked).await;
        let site = site.or_else(|| kept.as_ref().and_then(|(_, kept)| kept.site.clone()));
        match categories {
            Ok(categories) => {
                // The same categories and words stay the same frame, and pages made with it stay good.
                let known = match kept {
                    Some((_, kept)) if kept.categories == categories && kept.site == site => kept,
                    _ => Arc::new(Known::new(&self.config, categories, site)),
                };
                self.keeper.keep(Arc::clone(&known));
                known
            }
            Err(error) => {
                tracing::warn!(error = %error, "the menu could not be read");
                let nothing = || Arc::new(Known::new(&self.config, Vec::new(), site));
                kept.map_or_else(nothing, |(_, known)| known)
            }
        }
    }

    /// What staff have said of the shop; nobody waits long for it.
    async fn site(&self) -> Option<Site> {
        let asked = tokio::time::timeout(PATIENCE, self.clients.content.site()).await;
        match asked {
            Ok(Ok(site)) => Some(site),
            Ok(Err(error)) => {
                tracing::warn!(error = %error, "the shop's own words could not be read");
                None
            }
            Err(_) => {
                tracing::warn!("the shop's own words were not told in time");
                None
            }
        }
    }

    /// The frame of a page that everyone may find.
    pub(crate) async fn layout(&self, visitor: &Visitor, title: &str, path: &str) -> Layout {
        let shop = Arc::clone(&self.known().await.shop);
        let title = format!("{title} · {}", shop.name);
        Layout {
            shop,
            assets: &ASSETS.names,
            title,
            description: String::new(),
            path: path.to_owned(),
            private: false,
            query: String::new(),
            category: String::new(),
            badge: visitor.badge(),
            signed_in: visitor.caller.user_id().is_some(),
        }
    }

    /// The frame of a page that is one person's own.
    pub(crate) async fn private(&self, visitor: &Visitor, title: &str, path: &str) -> Layout {
        Layout { private: true, ..self.layout(visitor, title, path).await }
    }

    /// Sets a cookie on an answer.
    pub(crate) fn set_cookie(&self, response: &mut Response, name: &str, value: &str, age: u64) {
        let (open, secure) = (name == cookies::BADGE, self.config.secure());
        let cookie = Cookie { name, value, path: "/", max_age: age, open, secure };
        cookie.set(response.headers_mut());
    }
}

impl Known {
    fn new(config: &Config, categories: Vec<Category>, site: Option<Site>) -> Self {
        let menu = categories
            .iter()
            .map(|category| MenuEntry { slug: category.slug.clone(), name: category.name.clone() })
            .collect();
        let shop = site::shop(config, menu, site.as_ref());
        Self { shop: Arc::new(shop), site, categories }
    }

    /// A category with the way to it from the top.
    pub(crate) fn category(&self, slug: &str) -> Option<Vec<&Category>> {
        fn find<'a>(slug: &str, among: &'a [Category], way: &mut Vec<&'a Category>) -> bool {
            among.iter().any(|category| {
                way.push(category);
                let found = category.slug == slug || find(slug, &category.children, way);
                if !found {
                    way.pop();
                }
                found
            })
        }
        let mut way = Vec::new();
        find(slug, &self.categories, &mut way).then_some(way)
    }
}

/// Who is looking, and what their browser has kept.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) caller: Caller,
    pub(crate) headers: HeaderMap,
}

impl Visitor {
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        cookies::get(&self.headers, name)
    }

    fn badge(&self) -> u32 {
        self.cookie(cookies::BADGE)
            .and_then(|text| text.parse().ok())
            .map_or(0, |n: u32| n.min(9999))
    }

    /// Whether the frame around a page is the same as for any first visit.
    pub(crate) fn is_unknown(&self) -> bool {
        self.caller.user_id().is_none() && self.badge() == 0
    }

    /// Whether their browser has kept nothing of ours: they see what any stranger sees.
    fn is_a_stranger(&self) -> bool {
        let ours = |line: &HeaderValue| line.as_bytes().windows(6).any(|part| part == b"emart_");
        self.is_unknown() && !self.headers.get_all(COOKIE).iter().any(ours)
    }

    pub(crate) fn user_agent(&self) -> &str {
        let value = self.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// Whether a script asks and wants data rather than a page.
    pub(crate) fn wants_json(&self) -> bool {
        wants_json(&self.headers)
    }
}

pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("application/json"))
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        Ok(Self { caller, headers: parts.headers.clone() })
    }
}

/// A page as an answer. It shows one visitor's badge, so no shared cache may keep it.
pub(crate) fn html(page: &impl Template) -> Result<Response, Error> {
    Ok(answer(page.render()?))
}

/// Tells the gateway that it may keep a page made for a stranger.
pub(crate) fn for_strangers(visitor: &Visitor, mut page: Response) -> Response {
    if visitor.is_a_stranger() {
        let says = HeaderValue::from_static(FOR_STRANGERS);
        page.headers_mut().insert(GATEWAYS_CACHE, says);
    }
    page
}

pub(crate) fn answer(html: impl Into<axum::body::Body>) -> Response {
    let mut response = html.into().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(rules) = HeaderValue::from_str(&ASSETS.speculation) {
        headers.insert(HeaderName::from_static("speculation-rules"), rules);
    }
    response
}
