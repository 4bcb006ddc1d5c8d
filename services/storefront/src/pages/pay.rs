//! An order that the shop put together for somebody: they open its link, see what it costs today, and pay by card.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::{Form, Path};
use emart_orders_api::{
    Checkout, CheckoutId, CheckoutState, DraftId, DraftState, PayDraft, PayableDraft, PayableLine,
};
use emart_payments_api::{Authentication, AuthenticationOutcome};
use emart_types::Money;
use serde::Deserialize;

use crate::Storefront;
use crate::cookies::{self, Cookie};
use crate::error::Error;
use crate::frame::{self, Visitor, YEAR};
use crate::pages::checkout::card::{self, TestCard};
use crate::pages::checkout::confirm::WaitPage;
use crate::pages::checkout::{mend, place};
use crate::pages::sign_in::random;
use crate::pages::{cart, order};
use crate::view::{Field, FormProblem, Layout, Line, Totals};
use crate::words;

#[derive(Template)]
#[template(path = "pay.html", whitespace = "minimize")]
pub(crate) struct PayPage {
    pub(crate) layout: Layout,
    pub(crate) action: String,
    /// It was paid before.
    pub(crate) paid: bool,
    pub(crate) missing: Vec<String>,
    pub(crate) problems: Vec<FormProblem>,
    pub(crate) note: String,
    pub(crate) address: Vec<String>,
    pub(crate) email: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) totals: Option<Totals>,
    pub(crate) card: Vec<Field>,
    pub(crate) cards: &'static [TestCard],
    pub(crate) key: String,
    pub(crate) expected_total: String,
}

/// What the form says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct PayForm {
    card_number: String,
    card_expiry: String,
    card_cvc: String,
    key: String,
    expected_total: i64,
}

/// `GET /pay/{id}`. `?token=` lets in once; from then on a cookie on this path does, so that the secret does not stay in
/// the address.
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let id: DraftId = id.parse().map_err(|_| Error::NotFound)?;
    let raw = raw.unwrap_or_default();
    let mut query = url::form_urlencoded::parse(raw.as_bytes());
    if let Some((_, token)) = query.clone().find(|(key, _)| key == "token") {
        return Ok(let_in(&storefront, &id, &token));
    }
    let draft = find(&storefront, &visitor, &id).await?;
    let mut problems = Vec::new();
    if let Some((_, failed)) = query.find(|(key, _)| key == "failed") {
        let failed: CheckoutId = failed.parse().map_err(|_| Error::NotFound)?;
        let checkout = storefront.clients.orders.checkout(&failed).await?;
        let failure = checkout.and_then(|checkout| checkout.failure);
        problems.extend(failure.map(|failure| mend(&failure.code, &failure.detail)));
    }
    frame::html(&page(&storefront, &visitor, draft, problems).await)
}

fn let_in(storefront: &Storefront, id: &DraftId, token: &str) -> Response {
    let path = format!("/pay/{id}");
    let mut response = Redirect::to(&path).into_response();
    let secure = storefront.config.secure();
    let name = cookies::ORDER;
    let cookie = Cookie { name, value: token, path: &path, max_age: YEAR, open: false, secure };
    cookie.set(response.headers_mut());
    response
}

async fn find(
    storefront: &Storefront,
    visitor: &Visitor,
    id: &DraftId,
) -> Result<PayableDraft, Error> {
    let token = visitor.cookie(cookies::ORDER).unwrap_or_default();
    storefront.clients.orders.payable_draft(id, token).await?.ok_or(Error::NotFound)
}

async fn page(
    storefront: &Storefront,
    visitor: &Visitor,
    draft: PayableDraft,
    problems: Vec<FormProblem>,
) -> PayPage {
    let layout = storefront.private(visitor, "Pay your order", "/pay").await;
    let country = |code: &str| code.to_owned();
    PayPage {
        layout,
        action: format!("/pay/{}", draft.id),
        paid: draft.state == DraftState::Completed,
        missing: draft.missing,
        card: card::fields(&problems),
        problems,
        note: draft.note.unwrap_or_default(),
        address: draft
            .shipping_address
            .map(|address| address.letter(&country(&address.country)))
            .unwrap_or_default(),
        email: draft.email.unwrap_or_default(),
        lines: draft.lines.into_iter().map(line).collect(),
        totals: draft.quote.as_ref().map(cart::totals),
        cards: &card::TEST_CARDS,
        key: random(),
        expected_total: draft.quote.map_or(0, |quote| quote.total.amount_minor).to_string(),
    }
}

fn line(line: PayableLine) -> Line {
    Line {
        id: String::new(),
        href: format!("/p/{}", line.handle),
        title: line.title,
        variant: line.variant_title,
        picture: None,
        quantity: line.quantity,
        each: String::new(),
        total: words::money(line.subtotal),
        notes: Vec::new(),
    }
}

/// `POST /pay/{id}`
pub(crate) async fn pay(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<PayForm>,
) -> Result<Response, Error> {
    let id: DraftId = id.parse().map_err(|_| Error::NotFound)?;
    let draft = find(&storefront, &visitor, &id).await?;
    let Some(quote) = &draft.quote else {
        return Ok(Redirect::to(&format!("/pay/{id}")).into_response());
    };
    let card = match card::read_parts(&form.card_number, &form.card_expiry, &form.card_cvc) {
        Ok(card) => card,
        Err(problems) => return again(&storefront, &visitor, draft, problems).await,
    };
    let token = match storefront.clients.payments.create_card_token(&card).await {
        Ok(card) => card.token,
        Err(error) => match place::refused_card(error) {
            Ok(problems) => return again(&storefront, &visitor, draft, problems).await,
            Err(error) => return Err(error),
        },
    };
    let currency = quote.total.currency;
    let pay =
        PayDraft { card_token: token, expected_total: Money::new(form.expected_total, currency) };
    let held = visitor.cookie(cookies::ORDER).unwrap_or_default();
    let key = Some(form.key).filter(|key| key.len() == 32).unwrap_or_else(random);
    match storefront.clients.orders.pay_draft(&id, held, &key, &pay).await {
        Ok(checkout) => Ok(outcome(&storefront, &id, &checkout)),
        Err(error) => match error.problem().filter(|problem| problem.status < 500) {
            Some(refusal) => {
                let problems = place::refused(refusal);
                again(&storefront, &visitor, draft, problems).await
            }
            None => Err(error.into()),
        },
    }
}

async fn again(
    storefront: &Storefront,
    visitor: &Visitor,
    draft: PayableDraft,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let mut response = frame::html(&page(storefront, visitor, draft, problems).await)?;
    *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn outcome(storefront: &Storefront, id: &DraftId, checkout: &Checkout) -> Response {
    match (checkout.state, &checkout.order_id, &checkout.order_token) {
        (CheckoutState::Completed, Some(order), Some(token)) => {
            order::let_in(storefront, order, token, "?placed")
        }
        (CheckoutState::Failed | CheckoutState::Compensating, ..) => {
            Redirect::to(&format!("/pay/{id}?failed={}", checkout.id)).into_response()
        }
        _ => Redirect::to(&format!("/pay/{id}/{}", checkout.id)).into_response(),
    }
}

/// `GET /pay/{id}/{checkout}`: a payment that is on its way, or waits for the card's holder.
pub(crate) async fn wait(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path((id, checkout)): Path<(DraftId, CheckoutId)>,
) -> Result<Response, Error> {
    let found = storefront.clients.orders.checkout(&checkout).await?.ok_or(Error::NotFound)?;
    if !matches!(found.state, CheckoutState::Running | CheckoutState::RequiresAction) {
        return Ok(outcome(&storefront, &id, &found));
    }
    frame::html(&WaitPage {
        layout: storefront.private(&visitor, "Your order", "/pay").await,
        action: format!("/pay/{id}/{checkout}"),
        confirm: found.state == CheckoutState::RequiresAction,
    })
}

/// What the card's holder says to their bank.
#[derive(Deserialize)]
pub(crate) struct Answer {
    outcome: String,
}

/// `POST /pay/{id}/{checkout}`
pub(crate) async fn answer(
    State(storefront): State<Storefront>,
    Path((id, checkout)): Path<(DraftId, CheckoutId)>,
    Form(answer): Form<Answer>,
) -> Result<Response, Error> {
    let found = storefront.clients.orders.checkout(&checkout).await?.ok_or(Error::NotFound)?;
    if let (CheckoutState::RequiresAction, Some(payment)) = (found.state, &found.payment_id) {
        let outcome = match answer.outcome.as_str() {
            "approved" => AuthenticationOutcome::Approved,
            _ => AuthenticationOutcome::Rejected,
        };
        let heard =
            storefront.clients.payments.authenticate(payment, &Authentication { outcome }).await;
        if let Err(error) = heard
            && !error.is_refusal()
        {
            return Err(error.into());
        }
    }
    match storefront.clients.orders.continue_checkout(&checkout).await {
        Ok(checkout) => Ok(outcome(&storefront, &id, &checkout)),
        Err(error) if error.is_refusal() => {
            Ok(Redirect::to(&format!("/pay/{id}?failed={checkout}")).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
