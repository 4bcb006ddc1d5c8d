//! The account: orders, addresses, password. Three templates with one frame.

pub(crate) mod passkeys;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::Form;
use emart_identity_api::{PasswordChange, PutAddress, SavedAddress};
use emart_orders_api::{FulfilmentState, MoneyState, OrderState, OrderSummary};
use emart_pricing_api::Country;
use http::StatusCode;
use serde::Deserialize;

use crate::Storefront;
use crate::cookies;
use crate::error::Error;
use crate::forms::{self, AddressForm, field};
use crate::frame::{self, Visitor};
use crate::pages::sign_in::{PASSWORD_HINT, input_problems};
use crate::view::{Choice, Field, FormProblem, Layout, Status};
use crate::words;

#[derive(Template)]
#[template(path = "account_orders.html", whitespace = "minimize")]
pub(crate) struct Orders {
    pub(crate) layout: Layout,
    pub(crate) tab: &'static str,
    pub(crate) email: String,
    pub(crate) done: Option<&'static str>,
    pub(crate) problems: Vec<FormProblem>,
    pub(crate) orders: Vec<OrderRow>,
    pub(crate) next: Option<String>,
}

pub(crate) struct OrderRow {
    pub(crate) id: String,
    pub(crate) number: i64,
    pub(crate) date: String,
    pub(crate) count: u32,
    pub(crate) total: String,
    pub(crate) status: Status,
}

#[derive(Template)]
#[template(path = "account_addresses.html", whitespace = "minimize")]
pub(crate) struct Addresses {
    pub(crate) layout: Layout,
    pub(crate) tab: &'static str,
    pub(crate) email: String,
    pub(crate) done: Option<&'static str>,
    pub(crate) problems: Vec<FormProblem>,
    pub(crate) addresses: Vec<AddressRow>,
    pub(crate) fields: Vec<Field>,
    pub(crate) countries: Vec<Choice>,
    pub(crate) regions: Vec<Choice>,
}

pub(crate) struct AddressRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
}

#[derive(Template)]
#[template(path = "account_password.html", whitespace = "minimize")]
pub(crate) struct Password {
    pub(crate) layout: Layout,
    pub(crate) tab: &'static str,
    pub(crate) email: String,
    pub(crate) done: Option<&'static str>,
    pub(crate) problems: Vec<FormProblem>,
    pub(crate) fields: Vec<Field>,
}

/// Whose account it is; anyone else is sent to sign in and comes back.
async fn owner(storefront: &Storefront, visitor: &Visitor, path: &str) -> Result<String, Error> {
    if visitor.caller.user_id().is_none() {
        return Err(Error::SignIn(path.to_owned()));
    }
    Ok(storefront.clients.identity.me().await?.email)
}

/// What an order's state is called and looks like.
pub(crate) fn order_status(
    state: OrderState,
    money: MoneyState,
    fulfilment: FulfilmentState,
) -> Status {
    let (text, class) = match (state, money, fulfilment) {
        (OrderState::Placed, ..) => ("Placed", "tag-warn"),
        (OrderState::Cancelled, ..) => ("Cancelled", "tag-bad"),
        (_, MoneyState::Refunded, _) => ("Refunded", ""),
        (_, _, FulfilmentState::Unfulfilled) => ("Confirmed", ""),
        (_, _, FulfilmentState::Partial) => ("Partly on its way", ""),
        (_, _, FulfilmentState::Fulfilled) => ("On its way", ""),
    };
    Status { text: text.to_owned(), class }
}

/// `GET /account`
pub(crate) async fn orders(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let email = owner(&storefront, &visitor, "/account").await?;
    let raw = raw.unwrap_or_default();
    let cursor = url::form_urlencoded::parse(raw.as_bytes()).find(|(key, _)| key == "cursor");
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let query = match cursor {
        Some((_, cursor)) => format!("limit=20&cursor={}", encode(&cursor)),
        None => "limit=20".to_owned(),
    };
    let page = storefront.clients.orders.my_orders(&query).await?;
    let row = |order: &OrderSummary| OrderRow {
        id: order.id.to_string(),
        number: order.number,
        date: words::date(order.placed_at),
        count: order.item_count,
        total: words::money(order.total),
        status: order_status(order.state, order.payment_state, order.fulfilment_state),
    };
    frame::html(&Orders {
        layout: storefront.private(&visitor, "Your orders", "/account").await,
        tab: "orders",
        email,
        done: None,
        problems: Vec::new(),
        orders: page.items.iter().map(row).collect(),
        next: page.next_cursor.map(|cursor| format!("/account?cursor={}", encode(&cursor))),
    })
}

/// `GET /account/addresses`
pub(crate) async fn addresses(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    addresses_page(&storefront, &visitor, AddressForm::default(), Vec::new()).await
}

async fn addresses_page(
    storefront: &Storefront,
    visitor: &Visitor,
    mut form: AddressForm,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let email = owner(storefront, visitor, "/account/addresses").await?;
    let all = storefront.clients.pricing.countries().await?;
    if form.country.is_empty() {
        form.country = all.first().map(|country| country.code.clone()).unwrap_or_default();
    }
    let country = all.iter().find(|country| country.code == form.country);
    let saved = storefront.clients.identity.addresses().await?;
    frame::html(&Addresses {
        layout: storefront.private(visitor, "Your addresses", "/account/addresses").await,
        tab: "addresses",
        email,
        done: None,
        addresses: saved.items.iter().map(|saved| address_row(saved, &all)).collect(),
        fields: form.fields(country, &problems),
        countries: forms::countries(&all, &form.country),
        regions: forms::regions(country, &form.region),
        problems,
    })
}

fn address_row(saved: &SavedAddress, countries: &[Country]) -> AddressRow {
    AddressRow {
        id: saved.id.to_string(),
        name: saved.address.name.clone(),
        lines: saved.address.letter(country_name(countries, &saved.address.country)),
    }
}

/// The country's name; its code when the store does not send there (any more).
pub(crate) fn country_name<'a>(countries: &'a [Country], code: &'a str) -> &'a str {
    countries.iter().find(|country| country.code == code).map_or(code, |country| &country.name)
}

/// `POST /account/addresses`
pub(crate) async fn add_address(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<AddressForm>,
) -> Result<Response, Error> {
    owner(&storefront, &visitor, "/account/addresses").await?;
    let all = storefront.clients.pricing.countries().await?;
    let country = all.iter().find(|country| country.code == form.country);
    let mut problems = form.problems(country);
    if problems.is_empty() {
        let put = PutAddress { address: form.address(), is_default: false };
        match storefront.clients.identity.create_address(&put).await {
            Ok(_) => return Ok(Redirect::to("/account/addresses").into_response()),
            Err(error) => problems = input_problems(error, "")?,
        }
    }
    let page = addresses_page(&storefront, &visitor, form, problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[derive(Deserialize)]
pub(crate) struct Remove {
    id: String,
}

/// `POST /account/addresses/remove`
pub(crate) async fn remove_address(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<Remove>,
) -> Result<Response, Error> {
    owner(&storefront, &visitor, "/account/addresses").await?;
    let id = form.id.parse().map_err(|_| Error::NotFound)?;
    let removed = storefront.clients.identity.delete_address(&id).await;
    // Gone already is gone.
    removed.or_else(|error| if error.is_refusal() { Ok(()) } else { Err(error) })?;
    Ok(Redirect::to("/account/addresses").into_response())
}

/// `GET /account/password`
pub(crate) async fn password(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    password_page(&storefront, &visitor, None, Vec::new()).await
}

async fn password_page(
    storefront: &Storefront,
    visitor: &Visitor,
    done: Option<&'static str>,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let email = owner(storefront, visitor, "/account/password").await?;
    let current = field("current", "Current password", 200).of("password", "current-password");
    let new = field("new", "New password", 200).of("password", "new-password").hint(PASSWORD_HINT);
    frame::html(&Password {
        layout: storefront.private(visitor, "Your password", "/account/password").await,
        tab: "password",
        email,
        done,
        fields: vec![current.told(&problems), new.told(&problems)],
        problems,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PasswordForm {
    current: String,
    new: String,
}

/// `POST /account/password`
pub(crate) async fn change_password(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Error> {
    owner(&storefront, &visitor, "/account/password").await?;
    let change = PasswordChange { current: form.current, new: form.new };
    let session = visitor.cookie(cookies::session(storefront.config.secure())).unwrap_or_default();
    match storefront.clients.identity.change_password(&change, session).await {
        Ok(()) => {
            let done = "Your password is changed. Everywhere else you are signed out.";
            password_page(&storefront, &visitor, Some(done), Vec::new()).await
        }
        Err(error) => {
            let problems = input_problems(error, "current")?;
            let page = password_page(&storefront, &visitor, None, problems).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}
