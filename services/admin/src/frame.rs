//! The frame around every page: the menu as this person may see it, who they are, what the last form said; and how a
//! page becomes an answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use askama::Template;
use axum::response::{IntoResponse, Response};
use emart_http::Role;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use quick_cache::sync::Cache;

use crate::Admin;
use crate::assets::{ASSETS, Assets};
use crate::error::Error;
use crate::flash::{self, Flash};
use crate::nav::{self, Area};
use crate::view::{Badge, Link};
use crate::visitor::Visitor;

/// How long somebody's name is remembered.
const REMEMBERED: Duration = Duration::from_secs(60);

/// The names of those who were here lately, by id.
pub(crate) type People = Cache<String, (Instant, Arc<Who>)>;

pub(crate) fn people() -> People {
    Cache::new(256)
}

/// Somebody who works here, as the frame shows them.
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: &'static str,
}

/// The frame of a page. A page's template has it as `frame`.
pub(crate) struct Frame {
    pub(crate) title: String,
    /// The page's own path.
    pub(crate) path: String,
    pub(crate) shop: String,
    /// Where the shop's own pages begin.
    pub(crate) shop_path: String,
    pub(crate) assets: &'static Assets,
    pub(crate) menu: Vec<Group>,
    pub(crate) who: Arc<Who>,
    pub(crate) flash: Option<Flash>,
    /// The way to where this page is listed.
    pub(crate) back: Option<Link>,
    /// States beside the title.
    pub(crate) badges: Vec<Badge>,
    /// The line under the title.
    pub(crate) note: String,
    /// Modules this page needs besides the one all have.
    pub(crate) scripts: Vec<&'static str>,
}

/// A heading of the menu with its lines.
pub(crate) struct Group {
    pub(crate) label: &'static str,
    pub(crate) areas: Vec<Entry>,
}

pub(crate) struct Entry {
    pub(crate) area: &'static Area,
    /// The page belongs to it.
    pub(crate) here: bool,
}

impl Frame {
    /// The letter that stands for whoever is here.
    pub(crate) fn initial(&self) -> String {
        self.who.name.chars().next().map(|c| c.to_uppercase().collect()).unwrap_or_default()
    }

    /// With a way back to where the page is listed.
    pub(crate) fn back(mut self, href: &str, label: &str) -> Self {
        self.back = Some(Link { href: href.to_owned(), label: label.to_owned() });
        self
    }

    /// With a state beside the title.
    pub(crate) fn badge(mut self, badge: Badge) -> Self {
        self.badges.push(badge);
        self
    }

    /// With a line under the title.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// With a module of `assets` that this page needs.
    pub(crate) fn script(mut self, stem: &'static str) -> Self {
        self.scripts.push(stem);
        self
    }
}

impl Admin {
    /// The frame of a page for somebody.
    pub(crate) async fn frame(&self, visitor: &Visitor, title: impl Into<String>) -> Frame {
        Frame {
            title: title.into(),
            path: visitor.path.clone(),
            shop: self.config.shop_name.clone(),
            shop_path: self.config.shop_path().to_owned(),
            assets: &ASSETS,
            menu: menu(visitor),
            who: self.who(visitor).await,
            flash: flash::brought(&visitor.headers),
            back: None,
            badges: Vec::new(),
            note: String::new(),
            scripts: Vec::new(),
        }
    }

    /// Who somebody is: as they were a minute ago at most, or without a name while `identity` is away.
    async fn who(&self, visitor: &Visitor) -> Arc<Who> {
        let role = match visitor.caller.role() {
            Role::Admin => "Administrator",
            _ => "Staff",
        };
        let id = visitor.caller.user_id().unwrap_or_default();
        if let Some((at, who)) = self.people.get(id)
            && at.elapsed() < REMEMBERED
            && who.role == role
        {
            return who;
        }
        let Ok(user) = self.clients.identity.me().await else {
            return Arc::new(Who { name: role.to_owned(), email: String::new(), role });
        };
        let name = user.name.filter(|name| !name.trim().is_empty());
        let name = name.unwrap_or_else(|| user.email.clone());
        let who = Arc::new(Who { name, email: user.email, role });
        self.people.insert(id.to_owned(), (Instant::now(), Arc::clone(&who)));
        who
    }
}

fn menu(visitor: &Visitor) -> Vec<Group> {
    let here = nav::area_of(&visitor.path).map(|area| area.path);
    let mut menu: Vec<Group> = Vec::new();
    for area in nav::seen_by(&visitor.caller) {
        let entry = Entry { area, here: here == Some(area.path) };
        match menu.last_mut().filter(|group| group.label == area.group) {
            Some(group) => group.areas.push(entry),
            None => menu.push(Group { label: area.group, areas: vec![entry] }),
        }
    }
    menu
}

/// A page as an answer.
pub(crate) fn html(page: &impl Template) -> Result<Response, Error> {
    let mut response = page.render()?.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// A form that could not be taken, shown again with what is wrong.
pub(crate) fn again(page: &impl Template) -> Result<Response, Error> {
    let mut response = html(page)?;
    *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}
