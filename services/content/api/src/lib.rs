//! What others may know of `content`: its bodies, its events, its client.

#![warn(missing_docs)]

mod client;
mod events;
mod menus;
mod pages;
mod profile;

pub use client::Content;
pub use events::{Audited, MenuChanged, PageChanged, ProfileChanged};
pub use menus::{LinkKind, Menu, MenuItem, MenuLink, MenuName, PutMenu};
pub use pages::{NewPage, Page, PageHead, PageId, PagePatch, PageState};
pub use profile::{Logo, Profile, PutProfile, Site, SiteItem};
