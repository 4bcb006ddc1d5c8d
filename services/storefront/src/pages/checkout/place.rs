//! Placing the order: read the form, turn the card into a token, hand it all to `orders`, say what became of it.

use axum::response::{IntoResponse, Redirect, Response};
use emart_cart_api::CartView;
use emart_http::Problem;
use emart_identity_api::{NewRegistration, PutAddress};
use emart_mesh::CallError;
use emart_orders_api::{Checkout, CheckoutState, NewCheckout};
use emart_types::Money;

use super::{
    CheckoutForm, Known, card, gather, gifts, mend, page, ready_cart, saved_addresses, set_draft,
};
use crate::Storefront;
use crate::basket;
use crate::error::Error;
use crate::forms::{self, problem};
use crate::frame::Visitor;
use crate::pages::order;
use crate::pages::sign_in::{input_problems, random};
use crate::view::FormProblem;

/// Why there is nothing to hand to `orders`.
enum Stop {
    /// The shopper can mend it.
    Form(Vec<FormProblem>),
    /// The cart is empty or cannot be bought: its page says why.
    Cart,
    Error(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

pub(super) async fn place(
    storefront: &Storefront,
    visitor: &Visitor,
    form: &mut CheckoutForm,
) -> Result<Response, Error> {
    if !(16..=64).contains(&form.key.len()) || !form.key.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        form.key = random();
    }
    let key = form.key.clone();
    // A form that is sent twice has to say the same twice, card token included: the second waits for the first.
    let prepared = prepare(storefront, visitor, form);
    let checkout = match storefront.attempts.get_or_insert_async(&key, prepared).await {
        Ok(checkout) => checkout,
        Err(Stop::Cart) => return Ok(Redirect::to("/cart").into_response()),
        Err(Stop::Error(error)) => return Err(error),
        Err(Stop::Form(problems)) => return again(storefront, visitor, form, problems).await,
    };
    match storefront.clients.orders.create_checkout(&key, &checkout).await {
        Ok(checkout) => outcome(storefront, visitor, form, &checkout).await,
        Err(CallError::Timeout) => {
            let text =
                "The answer is taking long. Press the button again: you will not be charged twice.";
            again(storefront, visitor, form, vec![problem("", text)]).await
        }
        Err(error) => {
            let Some(refusal) = error.problem().filter(|problem| problem.status < 500) else {
                return Err(error.into());
            };
            let problems = refused(refusal);
            form.key = random();
            again(storefront, visitor, form, problems).await
        }
    }
}

/// The answer to what became of a checkout.
async fn outcome(
    storefront: &Storefront,
    visitor: &Visitor,
    form: &mut CheckoutForm,
    checkout: &Checkout,
) -> Result<Response, Error> {
    match (checkout.state, &checkout.order_id, &checkout.failure) {
        (CheckoutState::Completed, Some(_), _) => {
            if !form.save_address.is_empty() && form.saved_address.is_empty() {
                let put = PutAddress { address: form.address.address(), is_default: false };
                if let Err(error) = storefront.clients.identity.create_address(&put).await {
                    tracing::warn!(error = %error, "an address could not be saved");
                }
            }
            Ok(done(storefront, checkout))
        }
        (CheckoutState::Failed, _, Some(failure)) => {
            let problems = vec![mend(&failure.code, &failure.detail)];
            form.key = random();
            again(storefront, visitor, form, problems).await
        }
        _ => Ok(Redirect::to(&format!("/checkout/{}", checkout.id)).into_response()),
    }
}

/// Leads to the order; the cart is empty and the draft forgotten.
pub(super) fn done(storefront: &Storefront, checkout: &Checkout) -> Response {
    let Some(id) = &checkout.order_id else {
        return Redirect::to("/cart").into_response();
    };
    let token = checkout.order_token.as_deref();
    let mut response = match token {
        Some(token) => order::let_in(storefront, id, token, "?placed"),
        None => Redirect::to(&format!("/orders/{id}?placed")).into_response(),
    };
    storefront.set_badge(&mut response, 0);
    set_draft(storefront, &mut response, "", 0);
    gifts::keep(storefront, &mut response, &[]);
    response
}

/// The form as it was typed, with what is wrong; the totals as they are now.
async fn again(
    storefront: &Storefront,
    visitor: &Visitor,
    form: &mut CheckoutForm,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let Some(view) = ready_cart(storefront, visitor).await? else {
        return Ok(Redirect::to("/cart").into_response());
    };
    let saved = saved_addresses(storefront, visitor).await?;
    let known = gather(storefront, visitor, view, saved, form).await?;
    page(storefront, visitor, form, &known, problems).await
}

pub(crate) fn refused(refusal: &Problem) -> Vec<FormProblem> {
    if !refusal.errors.is_empty() {
        return forms::pointed(&refusal.errors);
    }
    let code = refusal.kind.rsplit('/').next().unwrap_or_default();
    vec![mend(code, refusal.detail.as_deref().unwrap_or(&refusal.title))]
}

/// Everything `orders` needs, checked as far as it can be checked here. The card becomes a token last.
async fn prepare(
    storefront: &Storefront,
    visitor: &Visitor,
    form: &mut CheckoutForm,
) -> Result<NewCheckout, Stop> {
    let view = ready_cart(storefront, visitor).await?.ok_or(Stop::Cart)?;
    let saved = saved_addresses(storefront, visitor).await?;
    let known = gather(storefront, visitor, view, saved, form).await?;
    let mut problems = Vec::new();
    if !forms::is_email(form.email.trim()) {
        problems.push(problem("email", "Enter an e-mail address like name@example.com"));
    }
    if form.saved_address.is_empty() {
        problems.extend(form.address.problems(known.country(&form.address.country)));
    }
    if known.quote.is_none() {
        problems.push(problem("shipping_method", "We do not deliver there yet."));
    }
    if !form.password.is_empty() && form.password.chars().count() < 10 {
        problems.push(problem("password", "Use at least 10 characters, or leave it empty"));
    }
    let by_card = known.paid.as_ref().is_none_or(|paid| !paid.left.is_zero());
    let card = if by_card { card::read(form).map(Some) } else { Ok(None) };
    let card = card.unwrap_or_else(|wrong| {
        problems.extend(wrong);
        None
    });
    if !problems.is_empty() {
        return Err(Stop::Form(problems));
    }
    register(storefront, visitor, form).await?;
    let token = match card {
        None => None,
        Some(card) => match storefront.clients.payments.create_card_token(&card).await {
            Ok(card) => Some(card.token),
            Err(error) => return Err(Stop::Form(refused_card(error)?)),
        },
    };
    let expected = form.expected_total.parse().ok();
    let left = form.expected_to_pay.parse().ok();
    Ok(NewCheckout {
        cart_id: known.view.id.clone(),
        cart_token: Some(basket::token(visitor)).filter(|token| !token.is_empty()),
        email: form.email.trim().to_owned(),
        shipping_address: form.shipping_address(&known.saved),
        billing_address: None,
        shipping_method_id: form.shipping_method.parse().ok(),
        delivery_date: Some(form.slot.clone()).filter(|date| !date.is_empty()),
        card_token: token,
        gift_cards: form.gifts.clone(),
        expected_to_pay: left.map(|amount_minor| Money { amount_minor, ..shown(&known) }),
        expected_total: expected.map(|amount_minor| Money { amount_minor, ..shown(&known) }),
        note: None,
    })
}

fn shown(known: &Known) -> Money {
    let CartView { subtotal, .. } = &known.view;
    *subtotal
}

/// Asks for an account when a password was chosen. The e-mail that follows is the same whether there is one.
async fn register(
    storefront: &Storefront,
    visitor: &Visitor,
    form: &mut CheckoutForm,
) -> Result<(), Stop> {
    let email = form.email.trim().to_owned();
    let wanted = !form.password.is_empty() && visitor.caller.user_id().is_none();
    if !wanted || form.registered == email {
        return Ok(());
    }
    let name = Some(form.address.name.trim().to_owned());
    let new = NewRegistration { email: email.clone(), password: form.password.clone(), name };
    match storefront.clients.identity.register(&new).await {
        Ok(()) => {
            form.registered = email;
            Ok(())
        }
        Err(error) => Err(Stop::Form(input_problems(error, "password")?)),
    }
}

/// What a card was refused for; an error that is not the card's fault stays one.
pub(crate) fn refused_card(error: CallError) -> Result<Vec<FormProblem>, Error> {
    let Some(refusal) = error.problem().filter(|problem| problem.status < 500) else {
        return Err(error.into());
    };
    if refusal.errors.is_empty() {
        let detail = refusal.detail.as_deref().unwrap_or(&refusal.title);
        return Ok(vec![problem("card_number", crate::error::sentence(detail))]);
    }
    Ok(card::pointed(&refusal.errors))
}
