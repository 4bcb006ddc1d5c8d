//! Promotions: the list, and one of them with its form, its figures, and what it would do to a real cart.

mod form;
mod preview;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use emart_http::{Form, Path, Permission};
use emart_pricing_api::{Benefit, Promotion, PromotionId, PromotionState, PromotionUse};

use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, is_conflict, refusal};
use crate::forms::{Field, Problems, percent_value};
use crate::frame::{self, Frame};
use crate::pages::conflict::{Conflict, Versions};
use crate::pages::form::{Sure, ask};
use crate::table::{Cell, Column, Empty, Filters, Listing, Pager, Row, Table};
use crate::view::{Badge, Figure, Tone};
use crate::visitor::Visitor;
use crate::words;

use form::{Known, PromotionForm};
use preview::Shown;

const LIST: &str = "/admin/discounts";

pub(crate) fn routes() -> Router<Admin> {
    Router::new()
        .route(LIST, get(list))
        .route("/admin/discounts/new", get(add).post(adding))
        .route("/admin/discounts/{id}", get(show).post(change))
        .route("/admin/discounts/{id}/remove", post(remove))
}

async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let page = admin.clients.pricing.promotions(&query(&asked)).await?;
    let frame = admin.frame(&visitor, "Discounts").await;
    let pager = Pager::new(&asked, page.next_cursor.as_deref());
    let mut listing = Listing::new(frame, table(&page.items), pager);
    listing.filters = Some(Filters::new(&asked, "Find a code"));
    if visitor.may(Permission::SellingWrite) {
        listing = listing.action("/admin/discounts/new", "Make a discount");
    }
    listing.page()
}

fn table(promotions: &[Promotion]) -> Table {
    let columns = ["Promotion", "Gives", "State"].map(Column::new).into_iter();
    let numbers = ["Orders", "Given", "Revenue"].map(|label| Column::new(label).number());
    Table {
        caption: "Promotions, newest first".to_owned(),
        columns: columns.chain(numbers).collect(),
        rows: promotions.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new(
            "No discounts yet",
            "Give shoppers a code, or a sale that counts by itself.",
        )
        .action("/admin/discounts/new", "Make a discount"),
    }
}

/// What the list is asked for, as `pricing` reads it.
fn query(asked: &Asked) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", "50");
    for (theirs, ours) in [("code", "q"), ("cursor", "cursor")] {
        if let Some(value) = asked.some(ours) {
            query.append_pair(theirs, &value);
        }
    }
    query.finish()
}

fn row(promotion: &Promotion) -> Row {
    let body = &promotion.body;
    let name = body.code.clone().unwrap_or_else(|| "Counts by itself".to_owned());
    let href = format!("{LIST}/{}", promotion.id);
    let cells = vec![
        Cell::link(href, body.title.clone()).note(name),
        Cell::text(gives(&body.benefit)),
        Cell::badge(state(promotion.state)),
        Cell::number(words::grouped(i64::try_from(promotion.orders).unwrap_or(i64::MAX))),
        Cell::number(promotion.given.to_string()),
        Cell::number(promotion.revenue.to_string()),
    ];
    Row::new(promotion.id.to_string(), body.title.clone(), cells)
}

fn gives(benefit: &Benefit) -> String {
    match benefit {
        Benefit::Percent { rate } => format!("{} % off", percent_value(*rate)),
        Benefit::Amount { amount } => format!("{amount} off"),
        Benefit::BuyXGetY { buy, get, rate, .. } if rate.0 == 1_000_000 => {
            format!("Buy {buy}, get {get} free")
        }
        Benefit::BuyXGetY { buy, get, rate, .. } => {
            format!("Buy {buy}, get {get} at {} % off", percent_value(*rate))
        }
        Benefit::FreeShipping { up_to: None } => "Free delivery".to_owned(),
        Benefit::FreeShipping { up_to: Some(most) } => format!("Free delivery up to {most}"),
    }
}

fn state(state: PromotionState) -> Badge {
    match state {
        PromotionState::Active => Badge::new(Tone::Good, "Active"),
        PromotionState::Scheduled => Badge::new(Tone::Info, "Scheduled"),
        PromotionState::Ended => Badge::new(Tone::Plain, "Ended"),
        PromotionState::Off => Badge::new(Tone::Warn, "Off"),
    }
}

#[derive(Template)]
#[template(path = "discounts/discount.html", whitespace = "minimize")]
struct DiscountPage {
    frame: Frame,
    problems: Problems,
    version: i64,
    /// Its form, under headings.
    groups: Vec<(&'static str, Vec<Field>)>,
    carts: Field,
    shown: Option<Shown>,
    figures: Vec<Figure>,
    uses: Table,
    /// Where it is taken away; empty for a new one.
    remove: String,
    may_write: bool,
}

/// What a page of a promotion is made of.
struct Page<'a> {
    promotion: Option<&'a Promotion>,
    form: &'a PromotionForm,
    problems: Problems,
    shown: Option<Shown>,
}

async fn page(admin: &Admin, visitor: &Visitor, page: Page<'_>) -> Result<DiscountPage, Error> {
    let known = Known::of(admin).await?;
    let promotion = page.promotion;
    let title = promotion.map_or("New discount", |promotion| promotion.body.title.as_str());
    let mut frame = admin.frame(visitor, title).await.back(LIST, "Discounts");
    if let Some(promotion) = promotion {
        frame = frame.badge(state(promotion.state));
    }
    let uses = match promotion {
        Some(promotion) => {
            admin.clients.pricing.promotion_uses(&promotion.id, "limit=20").await?.items
        }
        None => Vec::new(),
    };
    Ok(DiscountPage {
        frame,
        version: promotion.map_or(0, |promotion| promotion.version),
        groups: page.form.groups(&known, admin.config.currency, &page.problems),
        carts: preview::carts(admin, visitor, &page.form.cart).await?.told(&page.problems),
        problems: page.problems,
        shown: page.shown,
        figures: promotion.map(figures).unwrap_or_default(),
        uses: uses_table(&uses),
        remove: promotion.map(|p| format!("{LIST}/{}/remove", p.id)).unwrap_or_default(),
        may_write: visitor.may(Permission::SellingWrite),
    })
}

fn figures(promotion: &Promotion) -> Vec<Figure> {
    let figure = |label: &str, value: String, note: String| Figure {
        label: label.to_owned(),
        value,
        note,
        tone: Tone::Plain,
        href: String::new(),
    };
    let uses = promotion.body.limits.uses.map(|most| format!("{} of {most} uses", promotion.uses));
    let orders = i64::try_from(promotion.orders).unwrap_or(i64::MAX);
    vec![
        figure("Orders", words::grouped(orders), uses.unwrap_or_default()),
        figure("Given", promotion.given.to_string(), "taken off these orders".to_owned()),
        figure("Revenue", promotion.revenue.to_string(), "what these orders cost".to_owned()),
    ]
}

fn uses_table(uses: &[PromotionUse]) -> Table {
    let row = |by: &PromotionUse| {
        let href = format!("/admin/orders/{}", by.order_id);
        let number = format!("Order {}", by.order_number);
        let cells = vec![
            Cell::link(href, number.clone()),
            Cell::text(words::date_time(by.placed_at)),
            Cell::number(by.given.to_string()),
            Cell::number(by.total.to_string()),
        ];
        Row::new(by.order_id.clone(), number, cells)
    };
    let columns = ["Order", "Placed"].map(Column::new).into_iter();
    let numbers = ["Given", "Total"].map(|label| Column::new(label).number());
    Table {
        caption: "The newest orders with this discount".to_owned(),
        columns: columns.chain(numbers).collect(),
        rows: uses.iter().map(row).collect(),
        bulk: None,
        empty: Empty::new("Not used yet", "Orders with this discount will be listed here."),
    }
}

async fn add(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let form = PromotionForm::empty();
    let made = Page { promotion: None, form: &form, problems: Problems::default(), shown: None };
    frame::html(&page(&admin, &visitor, made).await?)
}

async fn adding(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(form): Form<PromotionForm>,
) -> Result<Response, Error> {
    let (read, mut problems) = form.read(&admin).await?;
    let mut shown = None;
    if let Some(body) = read {
        if form.action == "preview" {
            (shown, problems) = preview::tried(&admin, &form, body, None).await?;
        } else {
            match admin.clients.pricing.create_promotion(&body).await {
                Ok(made) => {
                    let text = format!("{} is there.", made.body.title);
                    return Ok(admin.done(&format!("{LIST}/{}", made.id), &text));
                }
                Err(error) => problems = form::told(error)?,
            }
        }
    }
    answer(&admin, &visitor, Page { promotion: None, form: &form, problems, shown }).await
}

async fn answer(admin: &Admin, visitor: &Visitor, made: Page<'_>) -> Result<Response, Error> {
    let wrong = !made.problems.is_empty();
    let page = page(admin, visitor, made).await?;
    if wrong { frame::again(&page) } else { frame::html(&page) }
}

async fn find(admin: &Admin, id: &PromotionId) -> Result<Promotion, Error> {
    admin.clients.pricing.promotion(id).await?.ok_or(Error::NotFound)
}

async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<PromotionId>,
) -> Result<Response, Error> {
    let promotion = find(&admin, &id).await?;
    let form = PromotionForm::of(&admin, &promotion.body).await?;
    let problems = Problems::default();
    let made = Page { promotion: Some(&promotion), form: &form, problems, shown: None };
    frame::html(&page(&admin, &visitor, made).await?)
}

async fn change(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<PromotionId>,
    Form(form): Form<PromotionForm>,
) -> Result<Response, Error> {
    let promotion = find(&admin, &id).await?;
    let (read, mut problems) = form.read(&admin).await?;
    let mut shown = None;
    if let Some(mut body) = read {
        keep_gets(&promotion.body.benefit, &mut body.benefit);
        if form.action == "preview" {
            (shown, problems) = preview::tried(&admin, &form, body, Some(&id)).await?;
        } else {
            let version = form.version.parse().unwrap_or(0);
            match admin.clients.pricing.put_promotion(&id, version, &body).await {
                Ok(_) => return Ok(admin.done(&format!("{LIST}/{id}"), "Saved.")),
                Err(error) if is_conflict(&error) => {
                    return conflict(&admin, &visitor, &promotion, &form).await;
                }
                Err(error) => problems = form::told(error)?,
            }
        }
    }
    let made = Page { promotion: Some(&promotion), form: &form, problems, shown };
    let mut page = page(&admin, &visitor, made).await?;
    // What was typed was typed over the version that was read.
    page.version = form.version.parse().unwrap_or(page.version);
    if page.problems.is_empty() { frame::html(&page) } else { frame::again(&page) }
}

/// Which other goods are got cheaper, the form does not ask: what was said of them elsewhere stays.
fn keep_gets(before: &Benefit, now: &mut Benefit) {
    if let (Benefit::BuyXGetY { gets: before, .. }, Benefit::BuyXGetY { gets, .. }) = (before, now)
    {
        gets.clone_from(before);
    }
}

async fn conflict(
    admin: &Admin,
    visitor: &Visitor,
    promotion: &Promotion,
    form: &PromotionForm,
) -> Result<Response, Error> {
    let theirs = PromotionForm::of(admin, &promotion.body).await?;
    let versions = form.pairs().into_iter().zip(theirs.pairs());
    let versions = versions
        .map(|((name, mine), (_, theirs))| Versions::new(&words::label(name), mine, theirs));
    let mut hidden: Vec<(String, String)> =
        form.pairs().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    hidden.retain(|(name, _)| name != "version" && name != "categories");
    hidden.extend(form.categories.iter().map(|id| ("categories".to_owned(), id.clone())));
    hidden.push(("version".to_owned(), promotion.version.to_string()));
    hidden.push(("action".to_owned(), "save".to_owned()));
    let href = format!("{LIST}/{}", promotion.id);
    let conflict = Conflict {
        frame: admin.frame(visitor, "Somebody else saved first").await.back(&href, "Discount"),
        versions: versions.collect(),
        action: href.clone(),
        hidden,
        back: href,
    };
    conflict.page()
}

async fn remove(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<PromotionId>,
    Form(sure): Form<Sure>,
) -> Result<Response, Error> {
    let promotion = find(&admin, &id).await?;
    let (back, title) = (format!("{LIST}/{id}"), promotion.body.title);
    if !sure.is_yes() {
        let text = "Orders keep what they say of it. Carts lose it at once.";
        return ask(&admin, &visitor, ("Delete this discount?", text, title), &back).await;
    }
    match admin.clients.pricing.delete_promotion(&id, promotion.version).await {
        Ok(()) => Ok(admin.done(LIST, &format!("{title} is gone."))),
        Err(error) => Ok(admin.failed(&back, &refusal(error)?)),
    }
}
