//! What the shop is called and looks like.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::response::Response;
use emart_content_api::{Logo, Profile, PutProfile};
use emart_http::Form;
use serde::Deserialize;

use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, Field, Problems, some};
use crate::frame::{self, Frame};
use crate::view::Tab;
use crate::visitor::Visitor;

const PATH: &str = "/admin/content/shop";

#[derive(Template)]
#[template(path = "content/shop.html", whitespace = "minimize")]
struct Editor {
    frame: Frame,
    tabs: Vec<Tab>,
    problems: Problems,
    fields: Vec<Field>,
    version: i64,
    sign: Option<Logo>,
}

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    version: i64,
    name: String,
    headline: String,
    tagline: String,
    contact_email: String,
    contact_phone: String,
    language: String,
    accent: String,
    accent_dark: String,
    /// Takes the sign away.
    no_sign: bool,
}

impl Sent {
    fn of(profile: &Profile) -> Self {
        Self {
            version: profile.version,
            name: profile.name.clone(),
            headline: profile.headline.clone(),
            tagline: profile.tagline.clone(),
            contact_email: profile.contact_email.clone(),
            contact_phone: profile.contact_phone.clone(),
            language: profile.language.clone(),
            accent: profile.accent.clone().unwrap_or_default(),
            accent_dark: profile.accent_dark.clone().unwrap_or_default(),
            no_sign: false,
        }
    }

    fn put(self, sign: Option<Logo>) -> PutProfile {
        PutProfile {
            name: self.name,
            headline: self.headline,
            tagline: self.tagline,
            contact_email: self.contact_email,
            contact_phone: self.contact_phone,
            language: self.language,
            accent: some(&self.accent),
            accent_dark: some(&self.accent_dark),
            logo: sign.filter(|_| !self.no_sign),
        }
    }

    fn fields(&self, problems: &Problems) -> Vec<Field> {
        let colour = |name: &str, label: &str, value: &str, hint: &str| {
            forms::text(name, label, 7).value(value).optional().half().hint(hint)
        };
        let fields = [
            forms::text("name", "Name", 60).value(&*self.name),
            forms::text("headline", "Sentence on the home page", 120)
                .value(&*self.headline)
                .optional(),
            forms::area("tagline", "What it sells, in a sentence or two", 300, 2)
                .value(&*self.tagline)
                .optional(),
            forms::text("contact_email", "E-mail for questions", 254)
                .input("email")
                .value(&*self.contact_email)
                .optional()
                .half(),
            forms::text("contact_phone", "Telephone", 40)
                .value(&*self.contact_phone)
                .optional()
                .half(),
            forms::text("language", "Language of the pages", 35)
                .value(&*self.language)
                .half()
                .hint("A tag such as en, de or pt-BR."),
            colour(
                "accent",
                "Colour on light pages",
                &self.accent,
                "Such as #14573c; it must be easy to read on #fbf9f4.",
            ),
            colour(
                "accent_dark",
                "Colour on dark pages",
                &self.accent_dark,
                "It must be easy to read on #111412.",
            ),
        ];
        fields.map(|field| field.told(problems)).into()
    }
}

async fn editor(
    admin: &Admin,
    visitor: &Visitor,
    sent: &Sent,
    sign: Option<Logo>,
    problems: Problems,
) -> Editor {
    let frame = admin.frame(visitor, "Name and looks").await.script("contrast");
    let frame = if sent.version == 0 {
        frame.note("These are the settings of the machine. Once you save, what stands here counts.")
    } else {
        frame
    };
    let fields = sent.fields(&problems);
    Editor { frame, tabs: super::tabs(PATH), problems, fields, version: sent.version, sign }
}

/// `GET /admin/content/shop`
pub(super) async fn show(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let profile = admin.clients.content.profile().await?;
    let sent = Sent::of(&profile);
    frame::html(&editor(&admin, &visitor, &sent, profile.logo, Problems::default()).await)
}

/// `POST /admin/content/shop`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(mut sent): Form<Sent>,
) -> Result<Response, Error> {
    let there = admin.clients.content.profile().await?;
    let put = sent.clone().put(there.logo.clone());
    match admin.clients.content.put_profile(sent.version, &put).await {
        Ok(_) => Ok(admin.done(PATH, "Saved. The shop shows it within seconds.")),
        Err(error) => {
            let problems = if is_conflict(&error) {
                // What is typed stays; saved once more, it goes over what is there.
                sent.version = there.version;
                let mut problems = Problems::default();
                problems
                    .add("", "Somebody else saved this meanwhile. Save again to put yours over it");
                problems
            } else {
                form_problems(error)?
            };
            frame::again(&editor(&admin, &visitor, &sent, there.logo, problems).await)
        }
    }
}

/// `POST /admin/content/shop/sign`: a picture instead of the name in letters.
pub(super) async fn sign(
    State(admin): State<Admin>,
    mut parts: Multipart,
) -> Result<Response, Error> {
    let mut picture = None;
    while let Ok(Some(part)) = parts.next_field().await {
        if part.name() == Some("picture") {
            picture = part.bytes().await.ok();
        }
    }
    let Some(picture) = picture.filter(|picture| !picture.is_empty()) else {
        return Ok(admin.failed(PATH, "Choose a picture first."));
    };
    let image = match admin.clients.catalog.create_image("", picture).await {
        Ok(image) => image,
        Err(error) => return Ok(admin.failed(PATH, &refusal(error)?)),
    };
    let profile = admin.clients.content.profile().await?;
    let Some(source) = image.sources.last() else { return Err(Error::NotFound) };
    let logo = Logo { src: source.url.clone(), width: image.width, height: image.height };
    let put = Sent::of(&profile).put(Some(logo));
    match admin.clients.content.put_profile(profile.version, &put).await {
        Ok(_) => Ok(admin.done(PATH, "The shop has a new sign.")),
        Err(error) => Ok(admin.failed(PATH, &refusal(error)?)),
    }
}

/// `POST /admin/content/shop/reset`
pub(super) async fn reset(State(admin): State<Admin>) -> Result<Response, Error> {
    match admin.clients.content.reset_profile().await {
        Ok(_) => Ok(admin.done(PATH, "The settings count again.")),
        Err(error) => Ok(admin.failed(PATH, &refusal(error)?)),
    }
}
