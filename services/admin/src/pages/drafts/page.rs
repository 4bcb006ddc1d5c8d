//! A draft's page: its form, what it costs today, the link to pay it.

use askama::Template;
use emart_catalog_api::VariantId;
use emart_http::Permission;
use emart_orders_api::{Draft, DraftId, DraftLine, DraftState, PayableDraft};

use super::PATH;
use crate::Admin;
use crate::error::Error;
use crate::forms::{self, Choice, Field, Problems};
use crate::frame::Frame;
use crate::view::{Badge, Detail, Tone};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "drafts/draft.html", whitespace = "minimize")]
pub(super) struct DraftPage {
    frame: Frame,
    base: String,
    version: i64,
    /// The order it became.
    order: String,
    may_write: bool,
    problems: Problems,
    lines: Vec<Line>,
    fields: Vec<Field>,
    address: Vec<Field>,
    pub(super) find: String,
    pub(super) found: Vec<Found>,
    totals: Vec<Detail>,
    missing: Vec<String>,
    link: String,
    total: String,
    total_minor: i64,
    key: String,
    method: Field,
}

struct Line {
    title: String,
    quantity: Field,
    price: String,
}

/// Something that can be put in.
pub(super) struct Found {
    pub(super) variant_id: String,
    pub(super) title: String,
    pub(super) price: String,
}

pub(super) async fn page(
    admin: &Admin,
    visitor: &Visitor,
    draft: &Draft,
    problems: Problems,
) -> Result<DraftPage, Error> {
    let payable = admin.clients.orders.payable_draft(&draft.id, &draft.token).await?;
    let payable = payable.ok_or(Error::NotFound)?;
    let is_open = draft.state == DraftState::Open;
    let badge =
        if is_open { Badge::new(Tone::Info, "Open") } else { Badge::new(Tone::Good, "Paid") };
    let frame = admin.frame(visitor, "Draft").await.back(PATH, "Drafts").badge(badge);
    let total = payable.quote.as_ref().map(|quote| quote.total);
    let email = draft.body.email.clone().unwrap_or_default();
    let note = draft.body.note.clone().unwrap_or_default();
    Ok(DraftPage {
        frame,
        base: format!("{PATH}/{}", draft.id),
        version: draft.version,
        order: draft.order_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        may_write: is_open && visitor.may(Permission::OrdersWrite),
        lines: lines(admin, draft, &payable, &problems).await?,
        fields: vec![
            forms::text("email", "E-mail", 254)
                .input("email")
                .value(email)
                .optional()
                .told(&problems),
            forms::area("note", "Note for the customer", 1000, 2)
                .value(note)
                .optional()
                .told(&problems),
        ],
        address: address_fields(admin, draft, &problems).await?,
        problems,
        find: String::new(),
        found: Vec::new(),
        totals: totals(&payable),
        missing: payable.missing,
        link: format!(
            "{}/pay/{}?token={}",
            admin.config.shop_url.trim_end_matches('/'),
            draft.id,
            draft.token
        ),
        total: total.map(|total| total.to_string()).unwrap_or_default(),
        total_minor: total.map_or(0, |total| total.amount_minor),
        key: DraftId::new().to_string(),
        method: forms::text("method", "How was it paid?", 40).value("Bank transfer"),
    })
}

async fn lines(
    admin: &Admin,
    draft: &Draft,
    payable: &PayableDraft,
    problems: &Problems,
) -> Result<Vec<Line>, Error> {
    if draft.body.lines.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<VariantId> = draft.body.lines.iter().map(|line| line.variant_id.clone()).collect();
    let variants = admin.clients.catalog.variants(&ids).await?;
    let line = |(place, line): (usize, &DraftLine)| {
        let known = variants.iter().find(|variant| variant.id == line.variant_id);
        let title = known.map(|known| format!("{} {}", known.title, known.variant_title));
        let priced = payable.lines.get(place).map(|line| line.subtotal);
        let name = format!("line-{}", line.variant_id);
        let title = title.map_or_else(|| "Not sold any more".to_owned(), |t| t.trim().to_owned());
        let quantity = forms::number(&name, &format!("Pieces of {title}"));
        let quantity = quantity.value(line.quantity.to_string()).hint("0 takes it out.");
        Line {
            quantity: quantity.told(problems),
            title,
            price: priced.map(|price| price.to_string()).unwrap_or_default(),
        }
    };
    Ok(draft.body.lines.iter().enumerate().map(line).collect())
}

async fn address_fields(
    admin: &Admin,
    draft: &Draft,
    problems: &Problems,
) -> Result<Vec<Field>, Error> {
    let address = draft.body.shipping_address.clone().unwrap_or_default();
    let text = |field: &str, label: &str, max, value: &str| {
        forms::text(&format!("shipping_address.{field}"), label, max)
            .value(value)
            .optional()
            .told(problems)
    };
    let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
    let countries = admin.clients.pricing.countries().await?;
    let choice = |(code, name): (&str, &str)| Choice::new(code, name, code == address.country);
    let countries =
        countries.iter().map(|country| choice((country.code.as_str(), country.name.as_str())));
    let countries = std::iter::once(choice(("", "Choose a country"))).chain(countries).collect();
    let country = forms::select("shipping_address.country", "Country", countries);
    Ok(vec![
        text("name", "Name", 100, &address.name),
        text("line1", "Street and number", 200, &address.line1),
        text("line2", "Flat, company", 200, &or_empty(&address.line2)),
        text("postal_code", "Postal code", 20, &address.postal_code).half(),
        text("city", "City", 100, &address.city).half(),
        country.optional().told(problems),
        text("region", "State or province", 60, &or_empty(&address.region)).half(),
        text("phone", "Phone", 40, &or_empty(&address.phone)).half(),
    ])
}

fn totals(payable: &PayableDraft) -> Vec<Detail> {
    let Some(quote) = &payable.quote else { return Vec::new() };
    let mut rows = vec![Detail::new("Items", quote.subtotal.to_string())];
    if let Some(shipping) = &quote.shipping {
        rows.push(Detail::new(&format!("Shipping, {}", shipping.name), shipping.total.to_string()));
    }
    rows.extend(quote.taxes.iter().map(|tax| Detail::new(&tax.name, tax.amount.to_string())));
    rows
}
