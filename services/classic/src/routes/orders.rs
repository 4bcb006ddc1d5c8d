//! Orders: begun, placed, listed.

use std::collections::HashMap;
use std::time::Duration;

use axum::extract::State;
use emart_cart_api::CartView;
use emart_http::{Path, Permission};
use emart_identity_api::Address;
use emart_mesh::CallError;
use emart_orders_api::{
    Checkout, CheckoutOnTerms, CheckoutState, NewCheckout, OrderId, OwnedOrder, Terms,
};
use emart_payments_api::{Authentication, AuthenticationOutcome, CardToken, NewCardToken};
use emart_types::new_id_text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cart::move_to;
use super::forms::Form;
use super::people::UserBody;
use super::signed::Signed;
use super::{No, Yes, yes};
use crate::Classic;
use crate::domain::cart::Status;
use crate::domain::fields::fits;
use crate::domain::hex;
use crate::domain::order::{card, day, first_moment, no_code};
use crate::domain::shapes::{Order, PlaceUser, ShownOrder, User};
use crate::error::Error;

/// The original's clients refuse a day on which they see so many orders.
const FULL: usize = 3;
/// How often a checkout that is on its way is looked at again, and how long each time is waited.
const LOOKS: usize = 40;
const A_WHILE: Duration = Duration::from_millis(250);

/// An order.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "the documentation of a form")]
pub(crate) struct NewOrder {
    city: Option<String>,
    street: Option<String>,
    /// The number of the card that pays. Only its last four digits are kept.
    credit: String,
    /// The day of delivery, `2026-12-31`.
    ship: String,
}

/// An order that was placed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Placed {
    #[serde(rename = "takenDates")]
    taken_dates: Vec<String>,
    order: Order,
    user: User,
}

/// Orders.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Orders {
    orders: Vec<ShownOrder>,
}

/// Goes from choosing to ordering.
#[utoipa::path(put, path = "/api/shop/orders/{user_id}", operation_id = "start_order",
    tag = "classic", params(("user_id" = String, Path)),
    responses((status = 200, body = Yes<UserBody>), (status = "4XX", body = No)))]
pub(crate) async fn start_order(
    State(classic): State<Classic>,
    signed: Signed,
    Path(user_id): Path<String>,
) -> Result<Yes<UserBody>, Error> {
    move_to(&classic, &signed, &user_id, Status::Pending).await
}

/// Buys what is in the cart.
#[utoipa::path(post, path = "/api/shop/orders/{user_id}", operation_id = "place_order",
    tag = "classic", params(("user_id" = String, Path)), request_body = NewOrder,
    responses((status = 200, body = Yes<Placed>), (status = "4XX", body = No)))]
pub(crate) async fn place_order(
    State(classic): State<Classic>,
    signed: Signed,
    Path(user_id): Path<String>,
    Form(fields): Form,
) -> Result<Yes<Placed>, Error> {
    signed.must_be(&classic, &user_id)?;
    let said = |said: &str| Error::not_found(said);
    let cart = classic.cart().await?.filter(|cart| !cart.lines.is_empty());
    let cart = cart.ok_or_else(|| said("Your cart is empty"))?;
    let number = card(fields.value("credit")).map_err(said)?;
    let ship = day(fields.value("ship"), classic.clock.now()).map_err(said)?;
    let taken_dates = classic.clients.pricing.full_days().await?;
    if taken_dates.contains(&ship) {
        return Err(Error::not_found(full(&ship)));
    }
    let user = classic.user(&signed.id, Some(&cart)).await?;
    let own =
        |sent: &str, own: &str| if sent.is_empty() { own.to_owned() } else { sent.to_owned() };
    let (city, street) =
        (own(fields.text("city"), &user.city), own(fields.text("street"), &user.street));
    if !fits(city.trim(), 1, 100) || !fits(street.trim(), 1, 200) {
        return Err(said("City and street are required"));
    }
    let address = classic.address_of(&user, city, street);
    let card_token = classic.tokenize(&number).await?;
    let new = classic.checkout(cart, user.email, address, card_token, ship.clone());
    let order_id = classic.buy(&new, &ship).await?;
    classic.close_cart(&signed.id).await?;
    let order = classic.clients.orders.order(&order_id, "").await?;
    let order = order.ok_or_else(|| CallError::Malformed("an order is not there".to_owned()))?;
    let order = OwnedOrder { order, customer_id: Some(signed.id.to_string()) };
    let user = classic.user_now(&signed.id).await?;
    Ok(yes(Placed { taken_dates, order: classic.shown_order(&order), user }))
}

fn full(day: &str) -> String {
    format!("Shipping on {day} is already booked for 3 orders")
}

impl Classic {
    fn address_of(&self, user: &User, city: String, street: String) -> Address {
        let name = format!("{} {}", user.fname, user.lname);
        let name = if name.trim().is_empty() { user.email.clone() } else { name.trim().to_owned() };
        Address {
            name: name.chars().take(100).collect(),
            line1: street,
            line2: None,
            city,
            postal_code: self.config.postal_code.clone(),
            region: self.config.region.clone(),
            country: self.config.country.clone(),
            phone: None,
        }
    }

    /// Hands the card's number to whoever keeps cards; here it goes no further. The original asks for nothing but the
    /// number.
    async fn tokenize(&self, number: &str) -> Result<CardToken, Error> {
        let today = self.clock.now().to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
        let new = NewCardToken {
            number: number.to_owned(),
            exp_month: 12,
            exp_year: u16::try_from(today.year()).unwrap_or_default().saturating_add(1),
            cvc: no_code(number).to_owned(),
        };
        let card = self.clients.payments.create_card_token(&new).await;
        let card = card.map_err(|error| {
            let invalid = || Error::not_found("Credit card number is invalid");
            if error.is_refusal() { invalid() } else { error.into() }
        });
        Ok(card?.token)
    }

    fn checkout(
        &self,
        cart: CartView,
        email: String,
        shipping_address: Address,
        card_token: CardToken,
        day: String,
    ) -> CheckoutOnTerms {
        let checkout = NewCheckout {
            cart_id: cart.id,
            cart_token: None,
            email,
            shipping_address,
            billing_address: None,
            shipping_method_id: None,
            delivery_date: Some(day),
            card_token: Some(card_token),
            gift_cards: Vec::new(),
            expected_to_pay: None,
            expected_total: None,
            note: None,
        };
        let terms = Terms { delivered: self.config.delivered, any_day: self.config.any_day };
        CheckoutOnTerms { checkout, terms }
    }

    /// Buys, and waits for what came of it.
    async fn buy(&self, new: &CheckoutOnTerms, day: &str) -> Result<OrderId, Error> {
        let failed = |error: CallError| not_bought(error, day);
        let key = new_id_text("classic");
        let begun = self.clients.orders.create_checkout_on_terms(&key, new).await;
        let mut checkout = begun.map_err(failed)?;
        for _ in 0..LOOKS {
            match (checkout.state, checkout.order_id) {
                (CheckoutState::Completed, Some(id)) => return Ok(id),
                (CheckoutState::RequiresAction, _) => {
                    let payment = checkout.payment_id.as_ref();
                    if let Some(payment) = payment {
                        // The original has no page for it: nobody can say yes.
                        let outcome = AuthenticationOutcome::Rejected;
                        let no = Authentication { outcome };
                        self.clients.payments.authenticate(payment, &no).await.map_err(failed)?;
                    }
                    let on = self.clients.orders.continue_checkout(&checkout.id).await;
                    checkout = on.map_err(failed)?;
                    continue;
                }
                _ => {}
            }
            if let Some(failure) = checkout.failure {
                return Err(Error::not_found(failure.detail));
            }
            tokio::time::sleep(A_WHILE).await;
            let id = checkout.id;
            let found: Option<Checkout> = self.clients.orders.checkout(&id).await?;
            let gone = || CallError::Malformed("a checkout is not there".to_owned());
            checkout = found.ok_or_else(gone)?;
        }
        Err(CallError::Timeout.into())
    }
}

fn not_bought(error: CallError, day: &str) -> Error {
    let Some(problem) = error.problem().filter(|_| error.is_refusal()) else { return error.into() };
    if problem.is("slot-full") {
        return Error::not_found(full(day));
    }
    if problem.is("slot-closed") {
        return Error::not_found("Shipping date is invalid");
    }
    if problem.is("empty-cart") || problem.is("cart-already-bought") || problem.is("unknown-cart") {
        return Error::not_found("Your cart is empty");
    }
    Error::not_found(problem.detail.clone().unwrap_or_else(|| problem.title.clone()))
}

/// For who works here: all orders. For a customer: their own; and of others no more than how many take a place on a
/// day that is full.
#[utoipa::path(get, path = "/api/shop/orders", operation_id = "list_classic_orders", tag = "classic",
    responses((status = 200, body = Yes<Orders>), (status = "4XX", body = No)))]
pub(crate) async fn list_classic_orders(
    State(classic): State<Classic>,
    signed: Signed,
) -> Result<Yes<Orders>, Error> {
    let customer = (!signed.may(Permission::OrdersRead)).then(|| signed.id.as_str());
    let orders = classic.orders(customer).await?;
    let whole = |order: &OwnedOrder| classic.shown_order(order);
    let mut own: Vec<Order> = orders.iter().map(whole).collect();
    if signed.may(Permission::OrdersRead) {
        return Ok(yes(Orders { orders: own.drain(..).map(shown).collect() }));
    }
    let mut taken: HashMap<String, usize> = HashMap::new();
    for order in &own {
        *taken.entry(order.user.ship.clone()).or_default() += 1;
    }
    let full = classic.clients.pricing.full_days().await?;
    let places = full.iter().flat_map(|day| {
        let ship = first_moment(day);
        let others = FULL.saturating_sub(taken.get(&ship).copied().unwrap_or(0));
        std::iter::repeat_n(ship, others).map(|ship| ShownOrder::Place { user: PlaceUser { ship } })
    });
    Ok(yes(Orders { orders: own.drain(..).map(shown).chain(places).collect() }))
}

fn shown(order: Order) -> ShownOrder {
    ShownOrder::Whole(Box::new(order))
}

/// The orders of a person, for them and for who works here.
#[utoipa::path(get, path = "/api/shop/orders/{user_id}", operation_id = "list_classic_orders_of",
    tag = "classic", params(("user_id" = String, Path)),
    responses((status = 200, body = Yes<Orders>), (status = "4XX", body = No)))]
pub(crate) async fn list_classic_orders_of(
    State(classic): State<Classic>,
    signed: Signed,
    Path(user_id): Path<String>,
) -> Result<Yes<Orders>, Error> {
    let wanted = hex::parse(&user_id).ok_or_else(|| Error::not_found("No orders found"))?;
    let is_own = classic.hex("user", signed.id.as_str()) == wanted;
    if !is_own && !signed.may(Permission::OrdersRead) {
        return Err(Error::Forbidden);
    }
    let orders = classic.orders(is_own.then(|| signed.id.as_str())).await?;
    let orders = orders.iter().map(|order| classic.shown_order(order));
    let orders = orders.filter(|order| order.user.user_id == wanted).map(shown).collect();
    Ok(yes(Orders { orders }))
}
