//! The events `content` emits.

use emart_events::Payload;
use emart_http::AuditRecord;
use serde::{Deserialize, Serialize};

use crate::{Menu, PageHead, Profile};

/// The shop is called or looks otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileChanged {
    /// What it is now.
    pub profile: Profile,
}

impl Payload for ProfileChanged {
    const TYPE: &'static str = "content.profile_changed.v1";
    fn subject(&self) -> &str {
        "profile"
    }
}

/// A page was added, changed or deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageChanged {
    /// Its head, as it is or last was.
    pub page: PageHead,
    /// Whether it is gone.
    pub deleted: bool,
}

impl Payload for PageChanged {
    const TYPE: &'static str = "content.page_changed.v1";
    fn subject(&self) -> &str {
        self.page.id.as_str()
    }
}

/// A menu was set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MenuChanged {
    /// What it is now.
    pub menu: Menu,
}

impl Payload for MenuChanged {
    const TYPE: &'static str = "content.menu_changed.v1";
    fn subject(&self) -> &str {
        self.menu.name.as_str()
    }
}

/// Somebody who works here has changed something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audited(pub AuditRecord);

impl Payload for Audited {
    const TYPE: &'static str = "content.audited.v1";
    fn subject(&self) -> &str {
        &self.0.resource
    }
}
