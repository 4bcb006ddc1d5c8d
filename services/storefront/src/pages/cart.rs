//! The cart: what is in it, and the plain forms that change it.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use emart_cart_api::{CartView, LineId, NewLine};
use emart_http::{Form, Json};
use emart_mesh::CallError;
use emart_pricing_api::{Discount, Quote};
use emart_types::Money;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::Storefront;
use crate::basket;
use crate::error::{Error, spoken};
use crate::forms;
use crate::frame::{self, Visitor};
use crate::pages::product::{self, Wanted};
use crate::view::{CouponRow, FormProblem, Layout, Line, TotalRow, Totals};
use crate::words;

#[derive(Template)]
#[template(path = "cart.html", whitespace = "minimize")]
pub(crate) struct CartPage {
    pub(crate) layout: Layout,
    pub(crate) lines: Vec<Line>,
    pub(crate) count: u32,
    pub(crate) problems: Vec<FormProblem>,
    pub(crate) totals: Totals,
    pub(crate) totals_note: String,
    pub(crate) coupons: Vec<CouponRow>,
    pub(crate) coupon_error: Option<String>,
    pub(crate) can_check_out: bool,
}

/// `GET /cart`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    let view = storefront.cart_of(&visitor).await?;
    let mut response = page(&storefront, &visitor, view.as_ref(), Vec::new()).await?;
    if view.is_none() && basket::guest_key(&visitor).is_some() {
        storefront.forget_cart(&mut response);
    }
    Ok(response)
}

/// A cart's page, with what could not be done to it.
pub(crate) async fn page(
    storefront: &Storefront,
    visitor: &Visitor,
    view: Option<&CartView>,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let mut layout = storefront.private(visitor, "Cart", "/cart").await;
    layout.badge = view.map_or(0, |view| view.item_count);
    let lines: Vec<Line> = view.iter().flat_map(|view| &view.lines).map(basket::line).collect();
    let quote = match view {
        Some(view) if view.can_be_bought => {
            storefront.priced(visitor, basket::question(view), "").await.ok()
        }
        _ => None,
    };
    let (totals, totals_note) = match (view, &quote) {
        (Some(_), Some(quote)) => (totals(quote), note(quote)),
        (Some(view), None) => (subtotal(view), "Delivery is worked out at checkout.".to_owned()),
        (None, _) => (Totals { rows: Vec::new(), total: String::new() }, String::new()),
    };
    let coupon_error = problems.iter().find(|p| p.field == "coupon").map(|p| p.text.clone());
    let mut response = frame::html(&CartPage {
        layout,
        lines,
        count: view.map_or(0, |view| view.item_count),
        problems,
        totals,
        totals_note,
        coupons: view.map(|view| basket::coupons(view, quote.as_ref())).unwrap_or_default(),
        coupon_error,
        can_check_out: view.is_some_and(|view| view.can_be_bought),
    })?;
    storefront.remember_cart(&mut response, view);
    Ok(response)
}

fn subtotal(view: &CartView) -> Totals {
    Totals { rows: Vec::new(), total: words::money(view.subtotal) }
}

/// What else there is to say of an estimate for the store's own country and the cheapest way.
fn note(quote: &Quote) -> String {
    let missing = quote.shipping_options.first().and_then(|option| option.free_over_missing);
    match missing.filter(|missing| missing.amount_minor > 0) {
        Some(missing) => format!("{} more and delivery is free.", words::money(missing)),
        None => "An estimate: the address decides at checkout.".to_owned(),
    }
}

/// What promotions took off, as rows of a summary.
pub(crate) fn discount_rows(discounts: &[Discount]) -> impl Iterator<Item = TotalRow> {
    discounts.iter().map(|discount| {
        let code = discount.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        let off = Money::new(-discount.amount.amount_minor, discount.amount.currency);
        let free = "Free delivery".to_owned();
        let value = if discount.amount.is_zero() { free } else { words::money(off) };
        TotalRow { label: format!("{}{code}", discount.title), value, quiet: false }
    })
}

/// A quote as the rows of a summary.
pub(crate) fn totals(quote: &Quote) -> Totals {
    let row = |label: String, value: String, quiet| TotalRow { label, value, quiet };
    let mut rows = vec![row("Items".to_owned(), words::money(quote.subtotal), false)];
    rows.extend(discount_rows(&quote.discounts));
    if let Some(shipping) = &quote.shipping {
        let shown = if quote.prices_include_tax { shipping.total } else { shipping.net };
        let free = shipping.total.amount_minor == 0;
        let price = if free { "Free".to_owned() } else { words::money(shown) };
        rows.push(row(format!("Delivery, {}", shipping.name), price, false));
    }
    for tax in quote.taxes.iter().filter(|tax| tax.amount.amount_minor != 0) {
        let label = if quote.prices_include_tax {
            format!("Includes {}", tax.name)
        } else {
            tax.name.clone()
        };
        rows.push(row(label, words::money(tax.amount), quote.prices_include_tax));
    }
    Totals { rows, total: words::money(quote.total) }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Add {
    handle: String,
    variant: Option<String>,
    o1: Option<String>,
    o2: Option<String>,
    o3: Option<String>,
    quantity: String,
}

/// What the product page's script is told.
#[derive(Serialize)]
struct Added {
    text: String,
    count: Option<u32>,
}

/// `POST /cart/add`: a product in one choice of its options, by the names of the values, so that it needs no script.
pub(crate) async fn add(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<Add>,
) -> Result<Response, Error> {
    let product = product::find(&storefront, &form.handle).await?;
    let wanted = Wanted::new([form.o1, form.o2, form.o3], form.variant);
    let outcome = match (wanted.variant(&product), form.quantity.trim().parse()) {
        (None, _) => Err("This combination is not made. Please choose another one.".to_owned()),
        (_, Err(_) | Ok(0 | 1000..)) => {
            Err("The quantity must be a number from 1 to 999.".to_owned())
        }
        (Some(variant), Ok(quantity)) => {
            let line = NewLine { variant_id: variant.id.clone(), quantity };
            refusal(storefront.put_in(&visitor, &line).await)?
        }
    };
    match outcome {
        Ok(view) => {
            let text = format!("{} is in your cart.", product.title);
            let mut response = if visitor.wants_json() {
                Json(Added { text, count: Some(view.item_count) }).into_response()
            } else {
                Redirect::to("/cart").into_response()
            };
            storefront.remember_cart(&mut response, Some(&view));
            Ok(response)
        }
        Err(text) if visitor.wants_json() => {
            Ok((StatusCode::CONFLICT, Json(Added { text, count: None })).into_response())
        }
        Err(text) => {
            let page = product::page(&storefront, &visitor, product, &wanted, Some(text)).await;
            page.map(|page| (StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// Tells what a shopper can mend from what they cannot.
fn refusal<T>(answer: Result<T, CallError>) -> Result<Result<T, String>, Error> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(error) => match spoken(&error) {
            Some(text) => Ok(Err(text)),
            None => Err(error.into()),
        },
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Change {
    line: String,
    quantity: String,
}

/// `POST /cart/change`
pub(crate) async fn change(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<Change>,
) -> Result<Response, Error> {
    let Ok(quantity @ 0..=999) = form.quantity.trim().parse() else {
        let text = "The quantity must be a number from 0 to 999.";
        return again(&storefront, &visitor, &form.line, text.to_owned()).await;
    };
    apply(&storefront, &visitor, &form.line, quantity).await
}

/// `POST /cart/remove`
pub(crate) async fn remove(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<Change>,
) -> Result<Response, Error> {
    apply(&storefront, &visitor, &form.line, 0).await
}

async fn apply(
    storefront: &Storefront,
    visitor: &Visitor,
    line: &str,
    quantity: u32,
) -> Result<Response, Error> {
    let id: LineId = line.parse().map_err(|_| Error::NotFound)?;
    match refusal(storefront.change_line(visitor, &id, quantity).await)? {
        Ok(view) => {
            let mut response = Redirect::to("/cart").into_response();
            storefront.remember_cart(&mut response, view.as_ref());
            Ok(response)
        }
        Err(text) => again(storefront, visitor, line, text).await,
    }
}

/// The cart as it is, with why it is not as the visitor wanted.
async fn again(
    storefront: &Storefront,
    visitor: &Visitor,
    line: &str,
    text: String,
) -> Result<Response, Error> {
    let view = storefront.cart_of(visitor).await?;
    let problem = forms::problem(&format!("qty-{line}"), text);
    let page = page(storefront, visitor, view.as_ref(), vec![problem]).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CouponForm {
    coupon: String,
}

/// `POST /cart/coupon`
pub(crate) async fn add_coupon(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<CouponForm>,
) -> Result<Response, Error> {
    let Some(view) = storefront.cart_of(&visitor).await? else {
        return Ok(Redirect::to("/cart").into_response());
    };
    match storefront.put_coupon(&visitor, &view, &form.coupon).await? {
        Ok(_) => Ok(Redirect::to("/cart").into_response()),
        Err(text) => {
            let problem = forms::problem("coupon", text);
            let page = page(&storefront, &visitor, Some(&view), vec![problem]).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// `POST /cart/coupon/remove`
pub(crate) async fn remove_coupon(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<CouponForm>,
) -> Result<Response, Error> {
    if let Some(view) = storefront.cart_of(&visitor).await? {
        storefront.take_coupon(&visitor, view, &form.coupon).await?;
    }
    Ok(Redirect::to("/cart").into_response())
}
