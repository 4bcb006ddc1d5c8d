//! Small changes of an order: notes, tags, corrections, the confirmation once more.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Form, Path};
use emart_identity_api::Address;
use emart_orders_api::{NewOrderNote, OrderDetails, OrderId, OrderPatch, PutOrderTags};

use crate::Admin;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, Field, Problems, some};
use crate::frame::{self, Frame};
use crate::sent::Sent;
use crate::visitor::Visitor;

fn base(id: &OrderId) -> String {
    format!("/admin/orders/{id}")
}

/// `POST /admin/orders/{id}/notes`
pub(super) async fn note(
    State(admin): State<Admin>,
    Path(id): Path<OrderId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let text = Sent(sent).get("text").to_owned();
    match admin.clients.orders.create_note(&id, &NewOrderNote { text }).await {
        Ok(_) => Ok(admin.done(&base(&id), "Noted.")),
        Err(error) => Ok(admin.failed(&base(&id), &refusal(error)?)),
    }
}

/// `POST /admin/orders/{id}/tags`
pub(super) async fn tags(
    State(admin): State<Admin>,
    Path(id): Path<OrderId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let sent = Sent(sent);
    let tags = sent.get("tags").split(',').filter_map(some).collect();
    match admin.clients.orders.put_tags(&id, &PutOrderTags { tags }).await {
        Ok(_) => Ok(admin.done(&base(&id), "Tags saved.")),
        Err(error) => Ok(admin.failed(&base(&id), &refusal(error)?)),
    }
}

/// `POST /admin/orders/{id}/confirmation`
pub(super) async fn confirmation(
    State(admin): State<Admin>,
    Path(id): Path<OrderId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let sent = Sent(sent);
    match admin.clients.orders.resend_confirmation(&id, sent.get("key")).await {
        Ok(_) => Ok(admin.done(&base(&id), "The confirmation is on its way.")),
        Err(error) => Ok(admin.failed(&base(&id), &refusal(error)?)),
    }
}

#[derive(Template)]
#[template(path = "orders/correct.html", whitespace = "minimize")]
struct CorrectPage {
    frame: Frame,
    base: String,
    version: i64,
    problems: Problems,
    email: Field,
    /// `None` once something was sent.
    address: Option<Vec<Field>>,
    note: Field,
}

/// `GET /admin/orders/{id}/correct`
pub(super) async fn ask(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<OrderId>,
) -> Result<Response, Error> {
    let details = admin.clients.orders.details(&id).await?.ok_or(Error::NotFound)?;
    frame::html(&page(&admin, &visitor, &details, Problems::default()).await)
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    details: &OrderDetails,
    problems: Problems,
) -> CorrectPage {
    let order = &details.order;
    let base = base(&order.id);
    let frame = admin.frame(visitor, format!("Correct order {}", order.number)).await;
    let sent = order.lines.iter().any(|line| line.fulfilled > 0);
    let note = order.note.clone().unwrap_or_default();
    CorrectPage {
        frame: frame.back(&base, &format!("Order {}", order.number)),
        version: details.version,
        email: forms::text("email", "E-mail", 254)
            .input("email")
            .value(&order.email)
            .told(&problems),
        address: (!sent).then(|| fields(&order.shipping_address, &problems)),
        note: forms::area("note", "What the customer wrote", 1000, 3)
            .value(note)
            .optional()
            .told(&problems),
        problems,
        base,
    }
}

fn fields(address: &Address, problems: &Problems) -> Vec<Field> {
    let text = |field: &str, label: &str, max, value: &str| {
        forms::text(&format!("shipping_address.{field}"), label, max).value(value).told(problems)
    };
    let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
    vec![
        text("name", "Name", 100, &address.name),
        text("line1", "Street and number", 200, &address.line1),
        text("line2", "Flat, company", 200, &or_empty(&address.line2)).optional(),
        text("postal_code", "Postal code", 20, &address.postal_code).half().optional(),
        text("city", "City", 100, &address.city).half(),
        text("phone", "Phone", 40, &or_empty(&address.phone)).optional(),
    ]
}

/// `POST /admin/orders/{id}/correct`
pub(super) async fn correct(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<OrderId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let sent = Sent(sent);
    let mut details = admin.clients.orders.details(&id).await?.ok_or(Error::NotFound)?;
    let version = sent.get("version").parse().map_err(|_| Error::NotFound)?;
    let patch = patch(&sent, &details);
    let Err(error) = admin.clients.orders.update_order(&id, version, &patch).await else {
        return Ok(admin.done(&base(&id), "Corrected."));
    };
    if is_conflict(&error) {
        let text = "Somebody else changed this order meanwhile. Look at it as it is now, and correct it again.";
        return Ok(admin.failed(&format!("{}/correct", base(&id)), text));
    }
    let problems = form_problems(error)?;
    // What was typed is shown again.
    let order = &mut details.order;
    order.email = patch.email.unwrap_or_default();
    order.note = patch.note;
    if let Some(address) = patch.shipping_address {
        order.shipping_address = address;
    }
    details.version = version;
    frame::again(&page(&admin, &visitor, &details, problems).await)
}

fn patch(sent: &Sent, details: &OrderDetails) -> OrderPatch {
    let of = |field: &str| sent.get(&format!("shipping_address.{field}")).trim().to_owned();
    let was = details.order.shipping_address.clone();
    let address = Address {
        name: of("name"),
        line1: of("line1"),
        line2: some(&of("line2")),
        postal_code: of("postal_code"),
        city: of("city"),
        phone: some(&of("phone")),
        ..was.clone()
    };
    let typed = !sent.get("shipping_address.name").is_empty() && address != was;
    OrderPatch {
        email: Some(sent.get("email").trim().to_owned()),
        shipping_address: typed.then_some(address),
        billing_address: None,
        note: Some(sent.get("note").to_owned()),
    }
}
