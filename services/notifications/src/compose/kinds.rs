//! The kinds of e-mail: when each is written, its default template, and sample data to preview it with.

use emart_notifications_api::TemplateText;
use serde_json::{Value, json};

/// A kind of e-mail.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What people call it.
    pub(crate) title: &'static str,
    /// When it is written.
    pub(crate) when: &'static str,
    /// Its first line is the subject; then come the text and the HTML, after a line `---` each.
    file: &'static str,
    sample: fn(&str) -> Value,
    /// Whether it opens something to whoever has it: staff do not see it.
    pub(crate) secret: bool,
}

macro_rules! kinds {
    ($($name:literal $title:literal $when:literal $sample:ident $secret:literal)*) => {
        /// All kinds, in the order people look for them.
        pub(crate) static KINDS: [Kind; [$($name),*].len()] = [$(Kind {
            name: $name,
            title: $title,
            when: $when,
            file: include_str!(concat!("../../templates/", $name, ".jinja")),
            sample: $sample,
            secret: $secret,
        }),*];
    };
}

kinds! {
    "order_confirmation" "Order confirmation" "An order was placed." order false
    "order_shipped" "Order shipped" "A parcel of an order is on its way." shipped false
    "order_refunded" "Money given back" "Some or all of an order's money was given back." refunded false
    "order_cancelled" "Order cancelled" "An order was called off." refunded false
    "confirm_address" "Confirm an address" "Somebody asks for an account." link true
    "account_exists" "Account exists already" "Somebody asks for an account they have." nothing false
    "welcome" "Welcome" "Somebody has an account now." name false
    "sign_in_alert" "New sign-in" "An account is used from a new browser." sign_in false
    "password_changed" "Password changed" "A password was changed." nothing false
    "password_reset" "Set a new password" "Somebody forgot their password." link true
    "staff_invited" "Invitation" "Somebody was asked to work here." invitation true
    "webhook_off" "Webhook turned off" "A webhook took nothing for days. Goes to the shop." webhook false
}

impl Kind {
    /// The kind of this name.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The default template.
    pub(crate) fn source(&self) -> TemplateText {
        let mut parts = self.file.splitn(3, "\n---\n").map(ToOwned::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let (subject, text, html) = (next(), next(), next());
        TemplateText { subject, text, html }
    }

    /// Made-up data of the form the template gets.
    pub(crate) fn sample(&self, url: &str) -> Value {
        (self.sample)(url)
    }
}

fn nothing(_: &str) -> Value {
    json!({})
}

fn name(_: &str) -> Value {
    json!({"name": "Ada Lovelace"})
}

fn link(_: &str) -> Value {
    json!({"name": "Ada Lovelace", "token": "sample", "until": "2026-12-24 18:00 UTC"})
}

fn invitation(_: &str) -> Value {
    json!({"invited_by": "Ada Lovelace", "token": "sample", "until": "2026-12-24 18:00 UTC"})
}

fn sign_in(_: &str) -> Value {
    json!({"when": "2026-12-24 18:00 UTC", "browser": "Firefox on Linux"})
}

fn webhook(_: &str) -> Value {
    json!({
        "url": "https://example.com/hook",
        "description": "Warehouse",
        "why": "nothing went through for 5 days",
    })
}

fn order(url: &str) -> Value {
    json!({
        "number": 1001,
        "name": "Ada Lovelace",
        "placed": "2026-12-24 18:00 UTC",
        "lines": [
            {"quantity": 2, "title": "Green tea", "variant": "100 g", "total": "€10.00"},
            {"quantity": 1, "title": "Tea pot", "variant": "", "total": "€24.50"},
        ],
        "discounts": [{"title": "Winter sale", "code": "WINTER", "off": "-€2.00"}],
        "shipping_method": "Standard",
        "shipping": "€4.90",
        "taxes": [{"name": "VAT 19 %", "amount": "€6.29"}],
        "prices_include_tax": true,
        "total": "€39.40",
        "delivery_date": "2026-12-28",
        "address": ["Ada Lovelace", "1 Analytical Way", "10115 Berlin", "DE"],
        "link": format!("{url}/orders/sample"),
    })
}

fn shipped(url: &str) -> Value {
    json!({
        "number": 1001,
        "name": "Ada Lovelace",
        "lines": [{"quantity": 2, "title": "Green tea", "variant": "100 g"}],
        "carrier": "DHL",
        "tracking_number": "00340434161094042557",
        "tracking_url": "https://example.com/follow/00340434161094042557",
        "address": ["Ada Lovelace", "1 Analytical Way", "10115 Berlin", "DE"],
        "link": format!("{url}/orders/sample"),
    })
}

fn refunded(url: &str) -> Value {
    json!({
        "number": 1001,
        "name": "Ada Lovelace",
        "amount": "€10.00",
        "refunded": true,
        "last4": "4242",
        "lines": [{"quantity": 2, "title": "Green tea", "variant": "100 g", "total": "€10.00"}],
        "link": format!("{url}/orders/sample"),
    })
}
