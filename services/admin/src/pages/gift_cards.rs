//! Gift cards: issued, found by the end of their code, looked after, with their ledger.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_http::{Form, Path, Permission};
use emart_payments_api::{
    GiftCard, GiftCardEntry, GiftCardId, GiftCardState, NewGiftCard, NewGiftCardAdjustment,
    PutGiftCard,
};
use serde::Deserialize;

use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, form_problems, is_conflict};
use crate::forms::{Field, Problems, area, check, date, money, read_day, read_money, some, text};
use crate::frame::{self, Frame};
use crate::table::{Cell, Column, Empty, Filters, Listing, Pager, Row, Table};
use crate::view::{Badge, Detail, Tone};
use crate::visitor::Visitor;
use crate::words;

const LIST: &str = "/admin/gift-cards";

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route(LIST, get(list))
        .route("/admin/gift-cards/new", get(add).post(issue))
        .route("/admin/gift-cards/{id}", get(show).post(change))
        .route("/admin/gift-cards/{id}/adjust", post(adjust))
}

async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let page = admin.clients.payments.gift_cards(&query(&asked)).await?;
    let frame = admin.frame(&visitor, "Gift cards").await;
    let pager = Pager::new(&asked, page.next_cursor.as_deref());
    let mut listing = Listing::new(frame, table(&page.items), pager);
    listing.filters = Some(Filters::new(&asked, "Last four characters, or e-mail"));
    if visitor.may(Permission::SellingWrite) {
        listing = listing.action("/admin/gift-cards/new", "Issue a gift card");
    }
    listing.page()
}

fn table(cards: &[GiftCard]) -> Table {
    let columns = ["Card", "For", "State"].map(Column::new).into_iter();
    let numbers = ["Left", "Issued with"].map(|label| Column::new(label).number());
    Table {
        caption: "Gift cards, newest first".to_owned(),
        columns: columns.chain(numbers).collect(),
        rows: cards.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new(
            "No gift cards",
            "Issue one: its code pays at checkout, before the card does.",
        )
        .action("/admin/gift-cards/new", "Issue a gift card"),
    }
}

/// What the list is asked for, as `payments` reads it.
fn query(asked: &Asked) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", "50");
    if let Some(wanted) = asked.some("q") {
        query.append_pair(if wanted.contains('@') { "email" } else { "last4" }, &wanted);
    }
    if let Some(cursor) = asked.cursor() {
        query.append_pair("cursor", &cursor);
    }
    query.finish()
}

fn row(card: &GiftCard) -> Row {
    let name = format!("…{}", card.last4);
    let cells = vec![
        Cell::link(format!("{LIST}/{}", card.id), name.clone()).note(words::date(card.created_at)),
        Cell::text(card.recipient_email.clone().unwrap_or_default()),
        Cell::badge(state(card.state)),
        Cell::number(card.balance.to_string()),
        Cell::number(card.initial.to_string()),
    ];
    Row::new(card.id.to_string(), name, cells)
}

fn state(state: GiftCardState) -> Badge {
    match state {
        GiftCardState::Active => Badge::new(Tone::Good, "Active"),
        GiftCardState::Spent => Badge::new(Tone::Plain, "Spent"),
        GiftCardState::Expired => Badge::new(Tone::Warn, "Expired"),
        GiftCardState::Disabled => Badge::new(Tone::Bad, "Switched off"),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CardForm {
    key: String,
    amount: String,
    recipient_email: String,
    expires_at: String,
    note: String,
    active: String,
    version: String,
}

impl CardForm {
    fn of(card: &GiftCard) -> Self {
        Self {
            recipient_email: card.recipient_email.clone().unwrap_or_default(),
            expires_at: card.expires_at.map(last_day).unwrap_or_default(),
            note: card.note.clone().unwrap_or_default(),
            active: if card.active { "true".to_owned() } else { String::new() },
            ..Self::default()
        }
    }

    fn about(&self) -> Vec<Field> {
        vec![
            text("recipient_email", "For", 254)
                .input("email")
                .value(&self.recipient_email)
                .optional()
                .hint("The e-mail address of whoever gets it: to find it again."),
            date("expires_at", "Can be spent until")
                .value(&self.expires_at)
                .optional()
                .hint("The last day. For good without one."),
            area("note", "Note", 500, 2).value(&self.note).optional().hint("Only staff see it."),
        ]
    }
}

/// The last day on which something that ends at this moment holds.
fn last_day(end: emart_types::Timestamp) -> String {
    let end = end.minus(std::time::Duration::from_millis(1));
    end.to_jiff().to_zoned(jiff::tz::TimeZone::system()).date().to_string()
}

#[derive(Template)]
#[template(path = "selling/gift_card_new.html", whitespace = "minimize")]
struct NewPage {
    frame: Frame,
    problems: Problems,
    key: String,
    fields: Vec<Field>,
    /// The code and its card, once it is issued: shown here and never again.
    issued: Option<(String, GiftCard)>,
}

async fn add(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let form = CardForm { key: emart_types::new_id_text("key"), ..CardForm::default() };
    frame::html(&new_page(&admin, &visitor, &form, Problems::default()).await)
}

async fn new_page(
    admin: &Admin,
    visitor: &Visitor,
    form: &CardForm,
    problems: Problems,
) -> NewPage {
    let mut fields = vec![money("amount", "Amount", admin.config.currency).value(&form.amount)];
    fields.extend(form.about());
    let fields = fields.into_iter().map(|field| field.told(&problems)).collect();
    let frame = admin.frame(visitor, "New gift card").await.back(LIST, "Gift cards");
    NewPage { frame, problems, key: form.key.clone(), fields, issued: None }
}

async fn issue(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<CardForm>,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let amount = read_money("amount", &form.amount, admin.config.currency, &mut problems);
    let expires_at = read_day("expires_at", &form.expires_at, &mut problems);
    if amount.is_none() && problems.is_empty() {
        problems.add("amount", "Say how much is on it");
    }
    if let Some(amount) = amount.filter(|_| problems.is_empty()) {
        let new = NewGiftCard {
            amount,
            recipient_email: some(&form.recipient_email),
            expires_at,
            note: some(&form.note),
        };
        match admin.clients.payments.create_gift_card(&form.key, &new).await {
            Ok(issued) => {
                let mut page = new_page(&admin, &visitor, &form, problems).await;
                "The gift card is issued".clone_into(&mut page.frame.title);
                page.issued = Some((issued.code, issued.card));
                return frame::html(&page);
            }
            Err(error) => problems = form_problems(error)?.rename("amount.amount_minor", "amount"),
        }
    }
    frame::again(&new_page(&admin, &visitor, &form, problems).await)
}

#[derive(Template)]
#[template(path = "selling/gift_card.html", whitespace = "minimize")]
struct CardPage {
    frame: Frame,
    problems: Problems,
    version: i64,
    key: String,
    details: Vec<Detail>,
    fields: Vec<Field>,
    adjust: Vec<Field>,
    base: String,
    ledger: Table,
    may_write: bool,
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    card: &GiftCard,
    (form, adjustment): (&CardForm, &AdjustForm),
    problems: Problems,
) -> Result<CardPage, Error> {
    let entries = admin.clients.payments.gift_card_entries(&card.id, "limit=100").await?;
    let mut fields = vec![check("active", "Can be spent", form.active == "true")];
    fields.extend(form.about());
    let currency = admin.config.currency;
    let adjust = vec![
        money("adjustment", "Amount", currency)
            .value(&adjustment.adjustment)
            .hint("With a minus, it is taken off."),
        text("why", "Why", 500).value(&adjustment.why),
    ];
    let told = |fields: Vec<Field>| fields.into_iter().map(|f| f.told(&problems)).collect();
    let frame = admin.frame(visitor, format!("Gift card …{}", card.last4)).await;
    Ok(CardPage {
        frame: frame.back(LIST, "Gift cards").badge(state(card.state)),
        version: card.version,
        key: emart_types::new_id_text("key"),
        details: vec![
            Detail::new("Left", card.balance.to_string()),
            Detail::new("Issued with", card.initial.to_string()),
            Detail::new("Issued", words::date_time(card.created_at)),
        ],
        fields: told(fields),
        adjust: told(adjust),
        base: format!("{LIST}/{}", card.id),
        ledger: ledger(&entries.items),
        may_write: visitor.may(Permission::SellingWrite),
        problems,
    })
}

fn ledger(entries: &[GiftCardEntry]) -> Table {
    let row = |entry: &GiftCardEntry| {
        let what = match entry.kind.as_str() {
            "issued" => "Issued",
            "redeemed" => "Paid for an order",
            "returned" => "Given back",
            _ => "Adjusted",
        };
        let cells = vec![
            Cell::text(what).note(entry.note.clone().unwrap_or_default()),
            Cell::text(words::date_time(entry.at)),
            Cell::number(entry.amount.to_string()),
        ];
        Row::new("", what, cells)
    };
    Table {
        caption: "What came on the card and what was spent, newest first".to_owned(),
        columns: vec![Column::new("What"), Column::new("When"), Column::new("Amount").number()],
        rows: entries.iter().map(row).collect(),
        bulk: None,
        empty: Empty::default(),
    }
}

async fn find(admin: &Admin, id: &GiftCardId) -> Result<GiftCard, Error> {
    admin.clients.payments.gift_card(id).await?.ok_or(Error::NotFound)
}

async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<GiftCardId>,
) -> Result<Response, Error> {
    let card = find(&admin, &id).await?;
    let forms = (&CardForm::of(&card), &AdjustForm::default());
    frame::html(&page(&admin, &visitor, &card, forms, Problems::default()).await?)
}

async fn change(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<GiftCardId>,
    Form(form): Form<CardForm>,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let back = format!("{LIST}/{id}");
    let put = PutGiftCard {
        active: form.active == "true",
        recipient_email: some(&form.recipient_email),
        expires_at: read_day("expires_at", &form.expires_at, &mut problems),
        note: some(&form.note),
    };
    if problems.is_empty() {
        let version = form.version.parse().unwrap_or(0);
        match admin.clients.payments.put_gift_card(&id, version, &put).await {
            Ok(_) => return Ok(admin.done(&back, "Saved.")),
            Err(error) if is_conflict(&error) => {
                let text = "Somebody else has changed it meanwhile. This is how it is now.";
                return Ok(admin.failed(&back, text));
            }
            Err(error) => problems = form_problems(error)?,
        }
    }
    let card = find(&admin, &id).await?;
    let forms = (&form, &AdjustForm::default());
    frame::again(&page(&admin, &visitor, &card, forms, problems).await?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AdjustForm {
    key: String,
    adjustment: String,
    why: String,
}

async fn adjust(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<GiftCardId>,
    Form(form): Form<AdjustForm>,
) -> Result<Response, Error> {
    let mut problems = Problems::default();
    let amount = read_money("adjustment", &form.adjustment, admin.config.currency, &mut problems);
    if amount.is_none() && problems.is_empty() {
        problems.add("adjustment", "Say how much");
    }
    if let Some(amount) = amount.filter(|_| problems.is_empty()) {
        let new = NewGiftCardAdjustment { amount, note: form.why.clone() };
        match admin.clients.payments.adjust_gift_card(&id, &form.key, &new).await {
            Ok(card) => {
                let text = format!("{} is on it now.", card.balance);
                return Ok(admin.done(&format!("{LIST}/{id}"), &text));
            }
            Err(error) => {
                problems = form_problems(error)?
                    .rename("amount.amount_minor", "adjustment")
                    .rename("note", "why");
            }
        }
    }
    let card = find(&admin, &id).await?;
    let forms = (&CardForm::of(&card), &form);
    frame::again(&page(&admin, &visitor, &card, forms, problems).await?)
}
