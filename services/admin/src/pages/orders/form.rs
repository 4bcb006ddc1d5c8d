//! The forms of what is done to an order: what they offer, and what was typed into them.

use askama::Template;
use emart_orders_api::{
    LineLeft, LineQuantity, MoneyAction, NewCancellation, NewEdit, NewRefund, Order, OrderDetails,
    OrderLine, ViewId,
};

use crate::Admin;
use crate::forms::{self, Field, Problems};
use crate::frame::Frame;
use crate::sent::Sent;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "orders/act.html", whitespace = "minimize")]
pub(super) struct ActPage {
    frame: Frame,
    base: String,
    /// Where it is sent to.
    action: String,
    intro: String,
    problems: Problems,
    /// One field a line: how many pieces.
    pieces: Vec<Field>,
    fields: Vec<Field>,
    button: &'static str,
    key: String,
}

/// A kind of form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Fulfil,
    Refund,
    Edit,
    Cancel,
}

impl Kind {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Fulfil => "fulfil",
            Self::Refund => "refund",
            Self::Edit => "edit",
            Self::Cancel => "cancel",
        }
    }

    pub(super) const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Fulfil => (
                "Send",
                "How many pieces are in this parcel? What is left can be sent with another one.",
                "Mark as sent",
            ),
            Self::Refund => (
                "Refund",
                "Which pieces is it for? Those not sent yet are taken off the order, the others have come back. Without pieces, give an amount back.",
                "See what will happen",
            ),
            Self::Edit => (
                "Take pieces off",
                "How many pieces are to be left? The difference is given back, and the pieces can be sold again.",
                "See what will happen",
            ),
            Self::Cancel => (
                "Cancel",
                "The whole order is called off, and everything that was paid is given back.",
                "See what will happen",
            ),
        }
    }
}

pub(super) async fn page(
    admin: &Admin,
    visitor: &Visitor,
    details: &OrderDetails,
    (kind, sent): (Kind, &Sent),
    problems: Problems,
) -> ActPage {
    let order = &details.order;
    let (title, intro, button) = kind.words();
    let base = format!("/admin/orders/{}", order.id);
    let frame = admin.frame(visitor, format!("{title} order {}", order.number)).await;
    ActPage {
        frame: frame.back(&base, &format!("Order {}", order.number)),
        action: format!("{base}/{}", kind.path()),
        intro: intro.to_owned(),
        pieces: pieces(order, kind, sent, &problems),
        fields: fields(details, kind, sent, &problems),
        problems,
        button,
        key: ViewId::new().to_string(),
        base,
    }
}

/// How many of a line a form offers: at first, and at most.
fn offered(line: &OrderLine, kind: Kind) -> (u32, u32) {
    match kind {
        Kind::Fulfil => (line.to_send(), line.to_send()),
        Kind::Refund => (0, line.kept()),
        Kind::Edit => (line.kept(), line.kept()),
        Kind::Cancel => (0, 0),
    }
}

fn pieces(order: &Order, kind: Kind, sent: &Sent, problems: &Problems) -> Vec<Field> {
    let field = |(place, line): (usize, &OrderLine)| {
        let (first, most) = offered(line, kind);
        if most == 0 {
            return None;
        }
        let name = format!("line-{place}");
        let typed = Some(sent.get(&name)).filter(|typed| !typed.is_empty());
        let label = [line.title.as_str(), line.variant_title.as_str()].join(" ");
        let field = forms::number(&name, label.trim()).after(&format!("of {most}"));
        Some(field.value(typed.map_or_else(|| first.to_string(), ToOwned::to_owned)).told(problems))
    };
    order.lines.iter().enumerate().filter_map(field).collect()
}

fn fields(details: &OrderDetails, kind: Kind, sent: &Sent, problems: &Problems) -> Vec<Field> {
    let fresh = sent.0.is_empty();
    let notify =
        forms::check("notify", "Tell the customer by e-mail", fresh || sent.is_on("notify"));
    let reason = forms::text("reason", "Why? The customer can read it", 500)
        .value(sent.get("reason"))
        .told(problems);
    let restock = |on| forms::check("restock", "The pieces can be sold again", on);
    match kind {
        Kind::Fulfil => {
            let text = |name, label, max| {
                forms::text(name, label, max).value(sent.get(name)).optional().told(problems)
            };
            vec![
                text("tracking.carrier", "Carrier", 60).half(),
                text("tracking.number", "Tracking number", 100).half(),
                text("tracking.url", "Tracking link", 500).input("url"),
                notify,
            ]
        }
        Kind::Refund => {
            let currency = details.order.total.currency;
            let shipping = forms::check("shipping", "Shipping as well", sent.is_on("shipping"));
            let amount = forms::money("amount", "Another amount", currency)
                .value(sent.get("amount"))
                .optional()
                .hint(format!("At most {}. Empty: what the pieces cost.", details.refundable))
                .told(problems);
            vec![shipping, amount, reason, restock(fresh || sent.is_on("restock")), notify]
        }
        Kind::Edit => vec![reason, notify],
        Kind::Cancel => vec![reason, restock(fresh || sent.is_on("restock")), notify],
    }
}

/// Pieces by line, as the form says; what is no number is told beside its field.
pub(super) fn typed(sent: &Sent, order: &Order, problems: &mut Problems) -> Vec<(u32, u32)> {
    let mut typed = Vec::new();
    for place in 0..u32::try_from(order.lines.len()).unwrap_or_default() {
        let name = format!("line-{place}");
        if let Some(number) = forms::read_number(&name, sent.get(&name), problems) {
            match u32::try_from(number) {
                Ok(number) => typed.push((place, number)),
                Err(_) => problems.add(&name, "must be 0 or more"),
            }
        }
    }
    typed
}

pub(super) fn wanted(typed: &[(u32, u32)]) -> Vec<LineQuantity> {
    let wanted = typed.iter().filter(|(_, quantity)| *quantity > 0);
    wanted.map(|(line, quantity)| LineQuantity { line: *line, quantity: *quantity }).collect()
}

/// What the service says about `lines.0.quantity` stands beside the field of that line.
pub(super) fn beside(problems: Problems, lines: &[u32]) -> Problems {
    let rename = |problems: Problems, (at, line): (usize, &u32)| {
        problems
            .rename(&format!("lines.{at}.quantity"), &format!("line-{line}"))
            .rename(&format!("lines.{at}.line"), &format!("line-{line}"))
    };
    lines.iter().enumerate().fold(problems, rename).rename("amount.amount_minor", "amount")
}

pub(super) const fn yes(kind: Kind) -> &'static str {
    match kind {
        Kind::Fulfil => "Send it",
        Kind::Refund => "Give it back",
        Kind::Edit => "Take them off",
        Kind::Cancel => "Cancel the order",
    }
}

/// What a form asks for, and the lines it names.
pub(super) fn action(
    kind: Kind,
    sent: &Sent,
    order: &Order,
    problems: &mut Problems,
) -> (MoneyAction, Vec<u32>) {
    let (reason, notify) = (sent.get("reason").to_owned(), sent.is_on("notify"));
    let restock = sent.is_on("restock");
    let typed = typed(sent, order, problems);
    match kind {
        Kind::Cancel => {
            (MoneyAction::Cancel(NewCancellation { restock, reason, notify }), Vec::new())
        }
        Kind::Edit => {
            let lines: Vec<LineLeft> = typed
                .iter()
                .map(|(line, quantity)| LineLeft { line: *line, quantity: *quantity })
                .collect();
            let places = lines.iter().map(|line| line.line).collect();
            (MoneyAction::Edit(NewEdit { lines, reason, notify }), places)
        }
        Kind::Refund | Kind::Fulfil => {
            let lines = wanted(&typed);
            let places = lines.iter().map(|line| line.line).collect();
            let currency = order.total.currency;
            let amount = forms::read_money("amount", sent.get("amount"), currency, problems);
            let shipping = sent.is_on("shipping");
            (
                MoneyAction::Refund(NewRefund { lines, shipping, amount, restock, reason, notify }),
                places,
            )
        }
    }
}
