//! Checkout on one page: the form, what it costs so far, and everything typed kept when something is wrong.

pub(crate) mod card;
pub(crate) mod confirm;
mod form;
mod gifts;
mod known;
pub(crate) mod place;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use emart_cart_api::CartView;
use emart_http::Form;
use emart_pricing_api::{DeliverySlot, Quote};
use http::StatusCode;

use crate::Storefront;
use crate::basket;
use crate::cookies::{self, Cookie};
use crate::error::Error;
use crate::forms::{self, field, problem};
use crate::frame::{self, Visitor};
use crate::pages::cart::totals;
use crate::pages::sign_in::{PASSWORD_HINT, random};
use crate::view::{Choice, CouponRow, Field, FormProblem, Layout, Line, TotalRow, Totals};
use crate::words;

pub(crate) use card::{TEST_CARDS, TestCard};
pub(crate) use confirm::{answer, wait};
pub(crate) use form::CheckoutForm;
use known::{Known, gather, ready_cart, saved_addresses};

/// How long a half-filled form is kept in the browser, in seconds.
const DRAFT_AGE: u64 = 2 * 3600;

#[derive(Template)]
#[template(path = "checkout.html", whitespace = "minimize")]
pub(crate) struct CheckoutPage {
    pub(crate) layout: Layout,
    pub(crate) key: String,
    pub(crate) registered: String,
    pub(crate) expected_total: i64,
    pub(crate) problems: Vec<FormProblem>,
    pub(crate) email: Field,
    pub(crate) addresses: Vec<Choice>,
    pub(crate) own_address: bool,
    pub(crate) save_address: bool,
    pub(crate) address: Vec<Field>,
    pub(crate) countries: Vec<Choice>,
    pub(crate) regions: Vec<Choice>,
    pub(crate) region_error: Option<String>,
    pub(crate) methods: Vec<Method>,
    pub(crate) unreachable: bool,
    pub(crate) method_error: Option<String>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) slot_error: Option<String>,
    pub(crate) card: Vec<Field>,
    pub(crate) cards: &'static [TestCard],
    pub(crate) password: Option<Field>,
    pub(crate) lines: Vec<Line>,
    pub(crate) coupons: Vec<CouponRow>,
    pub(crate) coupon: String,
    pub(crate) coupon_error: Option<String>,
    pub(crate) totals: Totals,
    /// Gift cards by their last four characters, and what they pay.
    pub(crate) gifts: Vec<String>,
    pub(crate) gift_rows: Vec<TotalRow>,
    pub(crate) gift_error: Option<String>,
    /// What is left for the card, in minor units and in words.
    pub(crate) expected_to_pay: i64,
    pub(crate) to_pay: String,
}

pub(crate) struct Method {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) note: String,
    pub(crate) price: String,
    pub(crate) on: bool,
}

pub(crate) struct Slot {
    pub(crate) value: String,
    pub(crate) day: String,
    pub(crate) note: String,
    pub(crate) full: bool,
    pub(crate) on: bool,
}

/// `GET /checkout`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let Some(view) = ready_cart(&storefront, &visitor).await? else {
        return Ok(Redirect::to("/cart").into_response());
    };
    let mut form = CheckoutForm::draft(visitor.cookie(cookies::DRAFT));
    form.gifts = gifts::kept(&visitor);
    let saved = saved_addresses(&storefront, &visitor).await?;
    if form.email.is_empty() && visitor.caller.user_id().is_some() {
        form.email = storefront.clients.identity.me().await?.email;
        let proposed = saved.iter().find(|saved| saved.is_default).or_else(|| saved.first());
        form.saved_address = proposed.map(|saved| saved.id.to_string()).unwrap_or_default();
    }
    let problems = confirm::failure_of(&storefront, raw.as_deref()).await;
    let known = gather(&storefront, &visitor, view, saved, &mut form).await?;
    page(&storefront, &visitor, &form, &known, problems).await
}

/// `POST /checkout`: works the totals out anew (`action=update`) or places the order.
pub(crate) async fn submit(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(mut form): Form<CheckoutForm>,
) -> Result<Response, Error> {
    form.gifts = gifts::kept(&visitor);
    // A code that was typed and not put in yet is looked at first: nobody pays without it unasked.
    let mut response = if form.action == "place" && form.has_no_code() {
        place::place(&storefront, &visitor, &mut form).await?
    } else {
        let Some(view) = ready_cart(&storefront, &visitor).await? else {
            return Ok(Redirect::to("/cart").into_response());
        };
        let (view, mut problems) = codes(&storefront, &visitor, view, &mut form).await?;
        problems.extend(gifts::change(&storefront, &mut form).await?);
        let saved = saved_addresses(&storefront, &visitor).await?;
        let known = gather(&storefront, &visitor, view, saved, &mut form).await?;
        page(&storefront, &visitor, &form, &known, problems).await?
    };
    if !is_done(&response) {
        set_draft(&storefront, &mut response, &form.to_draft(), DRAFT_AGE);
        gifts::keep(&storefront, &mut response, &form.gifts);
    }
    Ok(response)
}

/// Puts the code in that was typed, or takes out the one whose button was pressed.
async fn codes(
    storefront: &Storefront,
    visitor: &Visitor,
    view: CartView,
    form: &mut CheckoutForm,
) -> Result<(CartView, Vec<FormProblem>), Error> {
    if let Some(code) = form.action.strip_prefix("remove-coupon ") {
        return Ok((storefront.take_coupon(visitor, view, code).await?, Vec::new()));
    }
    if form.coupon.trim().is_empty() && form.action != "coupon" {
        return Ok((view, Vec::new()));
    }
    match storefront.put_coupon(visitor, &view, &form.coupon).await? {
        Ok(view) => {
            form.coupon.clear();
            Ok((view, Vec::new()))
        }
        Err(text) => Ok((view, vec![problem("coupon", text)])),
    }
}

/// Whether the answer leads to an order.
fn is_done(response: &Response) -> bool {
    let location = response.headers().get(http::header::LOCATION);
    location.is_some_and(|to| to.to_str().is_ok_and(|to| to.starts_with("/orders/")))
}

fn set_draft(storefront: &Storefront, response: &mut Response, draft: &str, age: u64) {
    let secure = storefront.config.secure();
    let cookie = Cookie {
        name: cookies::DRAFT,
        value: draft,
        path: "/checkout",
        max_age: age,
        open: false,
        secure,
    };
    cookie.set(response.headers_mut());
}

async fn page(
    storefront: &Storefront,
    visitor: &Visitor,
    form: &CheckoutForm,
    known: &Known,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let country = known.country(&form.address.country);
    let signed_in = visitor.caller.user_id().is_some();
    let quote = known.quote.as_ref();
    let paid = known.paid.as_ref();
    let left = paid.map_or(known.view.subtotal, |paid| paid.left);
    let told = |name: &str| problems.iter().find(|p| p.field == name).map(|p| p.text.clone());
    let saved = known.saved.iter().map(|saved| Choice {
        value: saved.id.to_string(),
        label: saved.address.letter(&saved.address.country).join(", "),
        on: saved.id.as_str() == form.saved_address,
    });
    let page = CheckoutPage {
        layout: storefront.private(visitor, "Checkout", "/checkout").await,
        key: if form.key.is_empty() { random() } else { form.key.clone() },
        registered: form.registered.clone(),
        expected_total: quote.map_or(0, |quote| quote.total.amount_minor),
        email: forms::email(&form.email, &problems),
        addresses: saved.collect(),
        own_address: form.saved_address.is_empty(),
        save_address: signed_in,
        address: form.address.fields(country, &problems),
        countries: forms::countries(&known.countries, &form.address.country),
        regions: forms::regions(country, &form.address.region),
        region_error: told("region"),
        methods: quote.map(methods).unwrap_or_default(),
        unreachable: quote.is_none(),
        method_error: told("shipping_method"),
        slots: slots(&known.slots, &form.slot),
        slot_error: told("slot"),
        card: card::fields(&problems),
        cards: if storefront.config.test_cards { &TEST_CARDS } else { &[] },
        password: (!signed_in && form.registered.is_empty()).then(|| password(&problems)),
        lines: known.view.lines.iter().map(basket::line).collect(),
        coupons: basket::coupons(&known.view, quote),
        coupon: form.coupon.clone(),
        coupon_error: told("coupon"),
        totals: match quote {
            Some(quote) => totals(quote),
            None => Totals { rows: Vec::new(), total: words::money(known.view.subtotal) },
        },
        gifts: paid
            .map(|paid| paid.cards.iter().map(|card| card.0.clone()).collect())
            .unwrap_or_default(),
        gift_rows: paid.map(gifts::Paid::rows).unwrap_or_default(),
        gift_error: told("gift"),
        expected_to_pay: left.amount_minor,
        to_pay: words::money(left),
        problems,
    };
    Ok((status, frame::html(&page)?).into_response())
}

fn password(problems: &[FormProblem]) -> Field {
    let field = field("password", "Password", 200).of("password", "new-password");
    field.optional(true).hint(PASSWORD_HINT).told(problems)
}

fn methods(quote: &Quote) -> Vec<Method> {
    let chosen = quote.shipping.as_ref().map(|shipping| &shipping.method_id);
    let method = |option: &emart_pricing_api::ShippingOption| Method {
        value: option.id.to_string(),
        label: option.name.clone(),
        note: option.description.clone(),
        price: if option.price.amount_minor == 0 {
            "Free".to_owned()
        } else {
            words::money(option.price)
        },
        on: Some(&option.id) == chosen,
    };
    quote.shipping_options.iter().map(method).collect()
}

/// The days, the one chosen marked; the first with a place when none is.
fn slots(all: &[DeliverySlot], chosen: &str) -> Vec<Slot> {
    let open = |slot: &&DeliverySlot| slot.remaining > 0;
    let on = all.iter().filter(open).find(|slot| slot.date == chosen);
    let on = on.or_else(|| all.iter().find(open)).map(|slot| &slot.date);
    let slot = |slot: &DeliverySlot| Slot {
        value: slot.date.clone(),
        day: words::day(&slot.date, true),
        note: match slot.remaining {
            1 => "1 place left".to_owned(),
            left if left > 9 => "Free".to_owned(),
            left => format!("{left} places left"),
        },
        full: slot.remaining == 0,
        on: Some(&slot.date) == on,
    };
    all.iter().filter(|slot| slot.capacity > 0).map(slot).collect()
}

/// What went wrong, in the words and at the place where it can be mended.
pub(crate) fn mend(code: &str, detail: &str) -> FormProblem {
    let about = |parts: &[&str]| parts.iter().any(|part| code.contains(part));
    let detail = crate::error::sentence(detail);
    if about(&["gift"]) {
        return problem("gift", detail);
    }
    if about(&["coupon"]) {
        return problem("coupon", detail);
    }
    if about(&["card", "funds", "authentication", "provider", "payment"]) {
        let text =
            format!("{detail} Nothing has been charged. Please try again or use another card.");
        return problem("card_number", text);
    }
    if about(&["slot"]) {
        return problem("slot", "This day has just been fully booked. Please choose another one.");
    }
    if about(&["ship"]) {
        return problem("shipping_method", detail);
    }
    if about(&["price"]) {
        return problem(
            "",
            "Prices have changed meanwhile. Please look at the new total, then order.",
        );
    }
    problem("", detail)
}
