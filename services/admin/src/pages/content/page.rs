//! Writing a page.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_content_api::{NewPage, Page, PageId, PagePatch, PageState};
use emart_http::{Form, Path};
use serde::Deserialize;

use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, Choice, Field, Problems};
use crate::frame::{self, Frame};
use crate::pages::confirm::Confirm;
use crate::pages::conflict::{Conflict, Versions};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "content/page.html", whitespace = "minimize")]
struct Editor {
    frame: Frame,
    problems: Problems,
    fields: Vec<Field>,
    version: i64,
    /// Where the page is in the shop, and what deletes it; new ones have neither.
    there: Option<(String, String)>,
}

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    version: i64,
    title: String,
    handle: String,
    body: String,
    state: String,
    seo_title: String,
    seo_description: String,
}

impl Sent {
    fn of(page: &Page) -> Self {
        Self {
            version: page.head.version,
            title: page.head.title.clone(),
            handle: page.head.handle.clone(),
            body: page.body.clone(),
            state: page.head.state.as_str().to_owned(),
            seo_title: page.seo_title.clone(),
            seo_description: page.seo_description.clone(),
        }
    }

    fn state(&self) -> PageState {
        if self.state == "published" { PageState::Published } else { PageState::Draft }
    }

    pub(super) fn new_page(&self) -> NewPage {
        let handle =
            if self.handle.trim().is_empty() { handle(&self.title) } else { self.handle.clone() };
        NewPage {
            handle,
            title: self.title.clone(),
            body: self.body.clone(),
            state: self.state(),
            seo_title: self.seo_title.clone(),
            seo_description: self.seo_description.clone(),
        }
    }

    fn fields(&self, problems: &Problems) -> Vec<Field> {
        let on = self.state();
        let states = vec![
            Choice::new("draft", "Draft: only staff see it", on == PageState::Draft),
            Choice::new("published", "Published: everybody sees it", on == PageState::Published),
        ];
        let fields = [
            forms::text("title", "Title", 120).value(&*self.title),
            forms::text("handle", "Address", 80)
                .value(&*self.handle)
                .optional()
                .hint("What stands after /pages/. Made from the title if you leave it empty."),
            forms::area("body", "Text", 200_000, 18).value(&*self.body).optional().hint(
                "Plain text with an empty line between paragraphs, or HTML: headings, lists, tables, links, pictures of the shop.",
            ),
            forms::radios("state", "Who sees it", states),
            forms::text("seo_title", "Title for search engines", 120).value(&*self.seo_title).optional(),
            forms::area("seo_description", "What search engines say of it", 320, 2)
                .value(&*self.seo_description)
                .optional(),
        ];
        fields.map(|field| field.told(problems)).into()
    }

    fn hidden(&self, version: i64) -> Vec<(String, String)> {
        [
            ("version", version.to_string()),
            ("title", self.title.clone()),
            ("handle", self.handle.clone()),
            ("body", self.body.clone()),
            ("state", self.state.clone()),
            ("seo_title", self.seo_title.clone()),
            ("seo_description", self.seo_description.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

/// An address made from a title.
fn handle(title: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let words: String = title.chars().map(plain).take(80).collect();
    words.split_whitespace().collect::<Vec<_>>().join("-")
}

async fn editor(
    admin: &Admin,
    visitor: &Visitor,
    page: Option<&Page>,
    sent: &Sent,
    problems: Problems,
) -> Editor {
    let title = page.map_or("A new page", |page| &*page.head.title);
    let mut frame = admin.frame(visitor, title).await.back("/admin/content", "Content");
    if let Some(page) = page {
        frame = frame.badge(super::state(page.head.state));
    }
    let there = page.map(|page| {
        let shop = admin.config.shop_path();
        let delete = format!("/admin/content/pages/{}/delete", page.head.id);
        (format!("{shop}/pages/{}", page.head.handle), delete)
    });
    Editor { frame, fields: sent.fields(&problems), problems, version: sent.version, there }
}

/// `GET /admin/content/pages/new`
pub(super) async fn blank(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let blank = Sent::default();
    frame::html(&editor(&admin, &visitor, None, &blank, Problems::default()).await)
}

/// `POST /admin/content/pages/new`
pub(super) async fn add(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    match admin.clients.content.create_page(&sent.new_page()).await {
        Ok(page) => Ok(admin.done(&format!("/admin/content/pages/{}", page.head.id), "Saved.")),
        Err(error) => {
            let problems = form_problems(error)?;
            frame::again(&editor(&admin, &visitor, None, &sent, problems).await)
        }
    }
}

/// `GET /admin/content/pages/{id}`
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<PageId>,
) -> Result<Response, Error> {
    let page = admin.clients.content.page(&id).await?.ok_or(Error::NotFound)?;
    let sent = Sent::of(&page);
    frame::html(&editor(&admin, &visitor, Some(&page), &sent, Problems::default()).await)
}

/// `POST /admin/content/pages/{id}`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<PageId>,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let new = sent.new_page();
    let patch = PagePatch {
        handle: Some(new.handle),
        title: Some(new.title),
        body: Some(new.body),
        state: Some(new.state),
        seo_title: Some(new.seo_title),
        seo_description: Some(new.seo_description),
    };
    let path = format!("/admin/content/pages/{id}");
    match admin.clients.content.patch_page(&id, sent.version, &patch).await {
        Ok(_) => Ok(admin.done(&path, "Saved.")),
        Err(error) if is_conflict(&error) => {
            let theirs = admin.clients.content.page(&id).await?.ok_or(Error::NotFound)?;
            conflict(&admin, &visitor, &path, (&sent, &theirs)).await
        }
        Err(error) => {
            let problems = form_problems(error)?;
            let page = admin.clients.content.page(&id).await?;
            frame::again(&editor(&admin, &visitor, page.as_ref(), &sent, problems).await)
        }
    }
}

async fn conflict(
    admin: &Admin,
    visitor: &Visitor,
    path: &str,
    (mine, theirs): (&Sent, &Page),
) -> Result<Response, Error> {
    let there = Sent::of(theirs);
    let frame = admin.frame(visitor, "Somebody was faster").await.back(path, &theirs.head.title);
    let versions = vec![
        Versions::new("Title", &*mine.title, &*there.title),
        Versions::new("Address", &*mine.handle, &*there.handle),
        Versions::new("Text", &*mine.body, &*there.body),
        Versions::new("State", &*mine.state, &*there.state),
        Versions::new("Title for search engines", &*mine.seo_title, &*there.seo_title),
        Versions::new("What search engines say", &*mine.seo_description, &*there.seo_description),
    ];
    let (action, back) = (path.to_owned(), path.to_owned());
    Conflict { frame, versions, action, hidden: mine.hidden(there.version), back }.page()
}

/// Whether somebody has said that they are sure.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sure {
    sure: String,
}

/// `POST /admin/content/pages/{id}/delete`
pub(super) async fn delete(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<PageId>,
    Form(sure): Form<Sure>,
) -> Result<Response, Error> {
    let back = format!("/admin/content/pages/{id}");
    if sure.sure != "yes" {
        let page = admin.clients.content.page(&id).await?.ok_or(Error::NotFound)?;
        let frame = admin.frame(&visitor, "Delete this page?").await;
        return Confirm {
            frame,
            text: "Whoever follows a link to it will find nothing.".to_owned(),
            items: vec![page.head.title],
            action: format!("{back}/delete"),
            hidden: Vec::new(),
            button: "Delete the page".to_owned(),
            back,
        }
        .page();
    }
    match admin.clients.content.delete_page(&id).await {
        Ok(()) => Ok(admin.done("/admin/content", "The page is deleted.")),
        Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::handle;

    #[test]
    fn an_address_is_made_from_a_title() {
        assert_eq!(handle("About us & our tea"), "about-us-our-tea");
        assert_eq!(handle("  Über  "), "ber");
        assert_eq!(handle("日本"), "");
    }
}
