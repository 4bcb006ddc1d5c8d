//! How others call `content`.

use emart_http::Page as ListPage;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    Menu, MenuName, NewPage, Page, PageHead, PageId, PagePatch, Profile, PutMenu, PutProfile, Site,
};

const PROFILE: &str = "/api/v1/content/profile";
const PAGES: &str = "/api/v1/content/pages";
const MENUS: &str = "/api/v1/content/menus";

/// A typed handle to `content`.
#[derive(Clone, Debug)]
pub struct Content(pub Peer);

fn version(version: i64) -> String {
    format!("\"{version}\"")
}

impl Content {
    /// All that the frame of the shop's pages shows.
    pub async fn site(&self) -> Result<Site, CallError> {
        Call::get(&self.0, "/api/v1/content/site").send().await
    }

    /// What the shop is called and looks like.
    pub async fn profile(&self) -> Result<Profile, CallError> {
        Call::get(&self.0, PROFILE).send().await
    }

    /// Sets what the shop is called and looks like, if it is still of this version.
    pub async fn put_profile(&self, seen: i64, put: &PutProfile) -> Result<Profile, CallError> {
        let call = Call::put(&self.0, PROFILE).header("if-match", &version(seen));
        call.json(put).send().await
    }

    /// Goes back to what the settings say.
    pub async fn reset_profile(&self) -> Result<Profile, CallError> {
        Call::delete(&self.0, PROFILE).send().await
    }

    /// Pages in the order they were added; `query` takes `limit` and `cursor`. Drafts are for staff.
    pub async fn pages(&self, query: &str) -> Result<ListPage<PageHead>, CallError> {
        Call::get(&self.0, PAGES).query(query).send().await
    }

    /// A page.
    pub async fn page(&self, id: &PageId) -> Result<Option<Page>, CallError> {
        Call::get(&self.0, format!("{PAGES}/{id}")).optional().await
    }

    /// A page by its address. `handle` is one: letters, digits, hyphens.
    pub async fn page_by_handle(&self, handle: &str) -> Result<Option<Page>, CallError> {
        Call::get(&self.0, format!("/api/v1/content/pages/by-handle/{handle}")).optional().await
    }

    /// Adds a page.
    pub async fn create_page(&self, new: &NewPage) -> Result<Page, CallError> {
        Call::post(&self.0, PAGES).json(new).send().await
    }

    /// Changes a page that is still of this version.
    pub async fn patch_page(
        &self,
        id: &PageId,
        seen: i64,
        patch: &PagePatch,
    ) -> Result<Page, CallError> {
        let call = Call::patch(&self.0, format!("{PAGES}/{id}"));
        call.header("if-match", &version(seen)).json(patch).send().await
    }

    /// Deletes a page.
    pub async fn delete_page(&self, id: &PageId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("{PAGES}/{id}")).done().await
    }

    /// What a text would become: what is kept of its HTML.
    pub async fn preview_page(&self, new: &NewPage) -> Result<NewPage, CallError> {
        Call::post(&self.0, "/api/v1/content/page-previews").json(new).send().await
    }

    /// A menu.
    pub async fn menu(&self, name: MenuName) -> Result<Menu, CallError> {
        Call::get(&self.0, format!("{MENUS}/{name}")).send().await
    }

    /// Sets a menu that is still of this version.
    pub async fn put_menu(
        &self,
        name: MenuName,
        seen: i64,
        put: &PutMenu,
    ) -> Result<Menu, CallError> {
        let call = Call::put(&self.0, format!("{MENUS}/{name}"));
        call.header("if-match", &version(seen)).json(put).send().await
    }
}
