//! A checkout that is on its way: the page that waits for it, and the card holder's confirmation.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::{Form, Path};
use emart_orders_api::{Checkout, CheckoutId, CheckoutState};
use emart_payments_api::{Authentication, AuthenticationOutcome};
use serde::Deserialize;

use super::{mend, place};
use crate::Storefront;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::view::{FormProblem, Layout};

#[derive(Template)]
#[template(path = "checkout_wait.html", whitespace = "minimize")]
pub(crate) struct WaitPage {
    pub(crate) layout: Layout,
    pub(crate) action: String,
    /// The card's holder has to confirm; otherwise it is only a matter of time.
    pub(crate) confirm: bool,
}

/// `GET /checkout/{id}`
pub(crate) async fn wait(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let checkout = find(&storefront, &id).await?;
    shown(&storefront, &visitor, &checkout).await
}

async fn find(storefront: &Storefront, id: &str) -> Result<Checkout, Error> {
    let id: CheckoutId = id.parse().map_err(|_| Error::NotFound)?;
    storefront.clients.orders.checkout(&id).await?.ok_or(Error::NotFound)
}

async fn shown(
    storefront: &Storefront,
    visitor: &Visitor,
    checkout: &Checkout,
) -> Result<Response, Error> {
    match checkout.state {
        CheckoutState::Completed => return Ok(place::done(storefront, checkout)),
        CheckoutState::Failed | CheckoutState::Compensating => {
            let back = format!("/checkout?failed={}", checkout.id);
            return Ok(Redirect::to(&back).into_response());
        }
        CheckoutState::RequiresAction => {
            // A provider with a page of its own.
            if let Some(path) =
                checkout.action_path.as_deref().filter(|p| p.starts_with("https://"))
            {
                return Ok(Redirect::to(path).into_response());
            }
        }
        CheckoutState::Running => {}
    }
    frame::html(&WaitPage {
        layout: storefront.private(visitor, "Your order", "/checkout").await,
        action: format!("/checkout/{}", checkout.id),
        confirm: checkout.state == CheckoutState::RequiresAction,
    })
}

#[derive(Deserialize)]
pub(crate) struct Answer {
    outcome: String,
}

/// `POST /checkout/{id}`: what the card's holder says.
pub(crate) async fn answer(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(answer): Form<Answer>,
) -> Result<Response, Error> {
    let checkout = find(&storefront, &id).await?;
    let outcome = match answer.outcome.as_str() {
        "approved" => AuthenticationOutcome::Approved,
        _ => AuthenticationOutcome::Rejected,
    };
    if let (CheckoutState::RequiresAction, Some(payment)) = (checkout.state, &checkout.payment_id) {
        let said = Authentication { outcome };
        let heard = storefront.clients.payments.authenticate(payment, &said).await;
        // Answered before, in another tab: what became of it shows below.
        if let Err(error) = heard
            && !error.is_refusal()
        {
            return Err(error.into());
        }
    }
    let checkout = storefront.clients.orders.continue_checkout(&checkout.id).await?;
    shown(&storefront, &visitor, &checkout).await
}

/// Why the checkout named in `?failed=` came to nothing, for the form above which it is said.
pub(super) async fn failure_of(storefront: &Storefront, raw: Option<&str>) -> Vec<FormProblem> {
    let raw = raw.unwrap_or_default();
    let Some((_, id)) =
        url::form_urlencoded::parse(raw.as_bytes()).find(|(key, _)| key == "failed")
    else {
        return Vec::new();
    };
    let failure = find(storefront, &id).await.ok().and_then(|checkout| checkout.failure);
    failure.map(|failure| mend(&failure.code, &failure.detail)).into_iter().collect()
}
