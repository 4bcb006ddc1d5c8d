//! Writing an e-mail: subject, text and HTML from the templates in `templates/`, or from what staff have made of them.

pub(crate) mod kinds;
pub(crate) mod sandbox;

use anyhow::Context as _;
use emart_notifications_api::{EmailId, TemplateText};
use minijinja::{Environment, Value, context, value::Serde};
use serde_json::Value as Json;

use self::kinds::{KINDS, Kind};
use crate::Config;

/// The frame of every HTML part.
const LAYOUT: &str = include_str!("../templates/layout.html");

/// What is to be written to whom.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) kind: &'static str,
    pub(crate) to: String,
    /// `it` in the template.
    pub(crate) words: Json,
    /// The order it is about.
    pub(crate) order_id: Option<String>,
}

impl Letter {
    pub(crate) fn new(kind: &'static str, to: impl Into<String>, words: Json) -> Self {
        Self { kind, to: to.into(), words, order_id: None }
    }

    /// The same, about an order.
    pub(crate) fn about(mut self, order_id: &impl ToString) -> Self {
        self.order_id = Some(order_id.to_string());
        self
    }
}

/// An e-mail that is written and not yet sent.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) id: EmailId,
    pub(crate) kind: String,
    pub(crate) to: String,
    pub(crate) content: TemplateText,
    pub(crate) order_id: Option<String>,
}

impl Draft {
    /// A try of a template, to somebody who wants to see it.
    pub(crate) fn test(to: String, content: TemplateText) -> Self {
        Self { id: EmailId::new(), kind: "test".to_owned(), to, content, order_id: None }
    }
}

/// Knows the default templates and the shop they speak for.
#[derive(Debug)]
pub(crate) struct Composer {
    templates: Environment<'static>,
    shop_name: String,
    public_url: String,
}

impl Composer {
    /// Reads the templates.
    pub(crate) fn new(config: &Config) -> anyhow::Result<Self> {
        let mut templates = Environment::new();
        templates.add_template("layout.html", LAYOUT).context("template layout.html")?;
        for kind in &KINDS {
            let source = kind.source();
            for (part, text) in parts(&source) {
                // What ends in `.html` is escaped.
                templates
                    .add_template_owned(format!("{}.{part}", kind.name), text.clone())
                    .with_context(|| format!("template {}.{part}", kind.name))?;
            }
        }
        let (shop_name, public_url) = (config.shop_name.clone(), config.public_url.clone());
        Ok(Self { templates, shop_name, public_url })
    }

    /// Writes an e-mail, with staff's own name for the shop and from their own template where there is one. One that fails does not keep the e-mail from
    /// being written: then the default does.
    pub(crate) fn write(
        &self,
        letter: &Letter,
        shop: Option<&str>,
        own: Option<&TemplateText>,
    ) -> anyhow::Result<Draft> {
        let words = self.words(&letter.words, shop);
        let own = own.and_then(|own| match sandbox::render(own, LAYOUT, &words, false) {
            Ok(content) => Some(content),
            Err(error) => {
                let kind = letter.kind;
                tracing::warn!(kind, %error, "the shop's own template failed; the default is used");
                None
            }
        });
        let content = match own {
            Some(content) => content,
            None => self.default(letter.kind, &words)?,
        };
        Ok(Draft {
            id: EmailId::new(),
            kind: letter.kind.to_owned(),
            to: letter.to.clone(),
            content,
            order_id: letter.order_id.clone(),
        })
    }

    /// What a template makes of sample data; or what is wrong with it, part by part and line by line.
    pub(crate) fn preview(
        &self,
        kind: &Kind,
        shop: Option<&str>,
        own: &TemplateText,
    ) -> Result<TemplateText, emart_types::Invalid> {
        sandbox::render(own, LAYOUT, &self.words(&kind.sample(&self.public_url), shop), true)
    }

    fn words(&self, it: &Json, shop: Option<&str>) -> Value {
        let shop = shop.unwrap_or(&self.shop_name);
        context! { it => Serde(it), shop => shop, url => &self.public_url }
    }

    fn default(&self, kind: &str, words: &Value) -> anyhow::Result<TemplateText> {
        let part = |part: &str| -> anyhow::Result<String> {
            let template = self.templates.get_template(&format!("{kind}.{part}"))?;
            Ok(template.render(words)?)
        };
        let (subject, text, html) = (part("subject")?, part("text")?, part("html")?);
        Ok(finished(&TemplateText { subject, text, html }))
    }
}

/// The parts of a template by name.
fn parts(source: &TemplateText) -> [(&'static str, &String); 3] {
    [("subject", &source.subject), ("text", &source.text), ("html", &source.html)]
}

/// A subject is one line, whatever a name may hold.
fn finished(content: &TemplateText) -> TemplateText {
    TemplateText {
        subject: content.subject.split_whitespace().collect::<Vec<_>>().join(" "),
        text: content.text.trim().to_owned() + "\n",
        html: content.html.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composer() -> Composer {
        Composer::new(&Config::default()).unwrap()
    }

    #[test]
    fn every_default_can_be_written_with_its_sample_and_edited() {
        let composer = composer();
        for kind in &KINDS {
            let sample = kind.sample(&composer.public_url);
            let letter = Letter::new(kind.name, "ada@example.com", sample);
            let draft = composer.write(&letter, None, None).unwrap();
            let preview = composer.preview(kind, None, &kind.source()).unwrap();
            assert_eq!(draft.content, preview, "{}", kind.name);
        }
    }

    #[test]
    fn a_hostile_name_stays_a_name() {
        let name = "<script>x</script>\r\nBcc: all@example.com";
        let data = serde_json::json!({"name": name});
        let own = TemplateText {
            subject: "Hello {{ it.name }}".to_owned(),
            text: String::new(),
            html: "<p title=\"{{ it.name }}\">{{ it.name }}</p>".to_owned(),
        };
        for own in [None, Some(&own)] {
            let letter = Letter::new("welcome", "ada@example.com", data.clone());
            let content = composer().write(&letter, None, own).unwrap().content;
            assert!(!content.html.contains("<script>"), "{}", content.html);
            assert!(!content.subject.contains('\n'), "{}", content.subject);
        }
    }

    #[test]
    fn an_own_template_that_fails_gives_way_to_the_default() {
        let own = TemplateText {
            subject: "Hi".to_owned(),
            text: "{{ it.nothing.at.all }}".to_owned(),
            html: String::new(),
        };
        let letter = Letter::new("welcome", "ada@example.com", serde_json::json!({"name": null}));
        let content = composer().write(&letter, None, Some(&own)).unwrap().content;
        assert_eq!(content.subject, "Welcome to E-Mart");
    }
}
