//! Writing an e-mail: subject, text and HTML from the templates in `templates/`, one file a kind.

use anyhow::Context as _;
use emart_notifications_api::EmailId;
use minijinja::{Environment, context, value::Serde};
use serde::Serialize;

use crate::Config;

/// The frame of every HTML part.
const LAYOUT: &str = include_str!("../templates/layout.html");

/// The kinds of e-mail. A template's first line is the subject; then come the text and the HTML, after a line `---`
/// each.
const TEMPLATES: [(&str, &str); 8] = [
    ("confirm_address", include_str!("../templates/confirm_address.jinja")),
    ("account_exists", include_str!("../templates/account_exists.jinja")),
    ("welcome", include_str!("../templates/welcome.jinja")),
    ("sign_in_alert", include_str!("../templates/sign_in_alert.jinja")),
    ("password_changed", include_str!("../templates/password_changed.jinja")),
    ("password_reset", include_str!("../templates/password_reset.jinja")),
    ("staff_invited", include_str!("../templates/staff_invited.jinja")),
    ("order_confirmation", include_str!("../templates/order_confirmation.jinja")),
];

/// An e-mail that is written and not yet sent.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) id: EmailId,
    pub(crate) kind: &'static str,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Knows the templates and the shop they speak for.
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
        for (kind, source) in TEMPLATES {
            let mut parts = source.splitn(3, "\n---\n");
            for part in ["subject", "text", "html"] {
                let source = parts.next().with_context(|| format!("template {kind}: no {part}"))?;
                // What ends in `.html` is escaped.
                templates
                    .add_template_owned(format!("{kind}.{part}"), source.to_owned())
                    .with_context(|| format!("template {kind}.{part}"))?;
            }
        }
        let (shop_name, public_url) = (config.shop_name.clone(), config.public_url.clone());
        Ok(Self { templates, shop_name, public_url })
    }

    /// Writes an e-mail of a kind, with `data` as `it` in its template.
    pub(crate) fn write(
        &self,
        kind: &'static str,
        to: &str,
        data: &impl Serialize,
    ) -> anyhow::Result<Draft> {
        let it = serde_json::to_value(data)?;
        let words = context! {
            it => Serde(it),
            shop => &self.shop_name,
            url => &self.public_url,
        };
        let part = |part: &str| -> anyhow::Result<String> {
            let template = self.templates.get_template(&format!("{kind}.{part}"))?;
            Ok(template.render(&words)?)
        };
        // A subject is one line, whatever a name may hold.
        let subject = part("subject")?.split_whitespace().collect::<Vec<_>>().join(" ");
        let (text, html) = (part("text")?.trim().to_owned() + "\n", part("html")?);
        Ok(Draft { id: EmailId::new(), kind, to: to.to_owned(), subject, text, html })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_can_be_read() {
        Composer::new(&Config::default()).unwrap();
    }

    #[test]
    fn a_hostile_name_stays_a_name() {
        let composer = Composer::new(&Config::default()).unwrap();
        let name = "<script>x</script>\r\nBcc: all@example.com";
        let data = serde_json::json!({"name": name, "email": "ada@example.com"});
        let draft = composer.write("welcome", "ada@example.com", &data).unwrap();
        assert!(!draft.html.contains("<script>"), "{}", draft.html);
        assert!(!draft.subject.contains('\n'), "{}", draft.subject);
    }
}
