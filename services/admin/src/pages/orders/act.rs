//! What is done to an order: sent, refunded, edited, cancelled. What moves money is shown first, exactly as it will be,
//! and done when the person who sees it says yes.

use axum::extract::State;
use axum::response::Response;
use emart_http::{Form, Path};
use emart_orders_api::{ActionState, FulfilmentId, NewFulfilment, OrderId, Tracking};

use super::form::{Kind, action, beside, page, typed, wanted, yes};
use crate::Admin;
use crate::error::{Error, form_problems, refusal};
use crate::forms::{Problems, some};
use crate::frame;
use crate::pages::confirm::Confirm;
use crate::sent::Sent;
use crate::visitor::Visitor;

pub(super) async fn ask_fulfil(
    state: State<Admin>,
    visitor: Visitor,
    id: Path<OrderId>,
) -> Result<Response, Error> {
    ask(state, visitor, id, Kind::Fulfil).await
}

pub(super) async fn ask_refund(
    state: State<Admin>,
    visitor: Visitor,
    id: Path<OrderId>,
) -> Result<Response, Error> {
    ask(state, visitor, id, Kind::Refund).await
}

pub(super) async fn ask_edit(
    state: State<Admin>,
    visitor: Visitor,
    id: Path<OrderId>,
) -> Result<Response, Error> {
    ask(state, visitor, id, Kind::Edit).await
}

pub(super) async fn ask_cancel(
    state: State<Admin>,
    visitor: Visitor,
    id: Path<OrderId>,
) -> Result<Response, Error> {
    ask(state, visitor, id, Kind::Cancel).await
}

async fn ask(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<OrderId>,
    kind: Kind,
) -> Result<Response, Error> {
    let details = admin.clients.orders.details(&id).await?.ok_or(Error::NotFound)?;
    let sent = Sent(Vec::new());
    frame::html(&page(&admin, &visitor, &details, (kind, &sent), Problems::default()).await)
}

/// `POST /admin/orders/{id}/fulfil`
pub(super) async fn fulfil(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<OrderId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let sent = Sent(sent);
    let details = admin.clients.orders.details(&id).await?.ok_or(Error::NotFound)?;
    let mut problems = Problems::default();
    let lines = wanted(&typed(&sent, &details.order, &mut problems));
    if lines.is_empty() && problems.is_empty() {
        problems.add("", "Put at least one piece into the parcel");
    }
    if problems.is_empty() {
        let places: Vec<u32> = lines.iter().map(|line| line.line).collect();
        let tracking = Tracking {
            carrier: some(sent.get("tracking.carrier")),
            number: some(sent.get("tracking.number")),
            url: some(sent.get("tracking.url")),
        };
        let new = NewFulfilment { lines, tracking, notify: sent.is_on("notify") };
        match admin.clients.orders.fulfil(&id, sent.get("key"), &new).await {
            Ok(_) => return Ok(admin.done(&format!("/admin/orders/{id}"), "It is on its way.")),
            Err(error) => problems = beside(form_problems(error)?, &places),
        }
    }
    frame::again(&page(&admin, &visitor, &details, (Kind::Fulfil, &sent), problems).await)
}

pub(super) async fn refund(
    state: State<Admin>,
    visitor: Visitor,
    id: Path<OrderId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    act(state, visitor, id, Kind::Refund, Sent(sent)).await
}

pub(super) async fn edit(
    state: State<Admin>,
    visitor: Visitor,
    id: Path<OrderId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    act(state, visitor, id, Kind::Edit, Sent(sent)).await
}

pub(super) async fn cancel(
    state: State<Admin>,
    visitor: Visitor,
    id: Path<OrderId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    act(state, visitor, id, Kind::Cancel, Sent(sent)).await
}

/// Shows what will happen; does it when the form comes back with that seen.
async fn act(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<OrderId>,
    kind: Kind,
    sent: Sent,
) -> Result<Response, Error> {
    let details = admin.clients.orders.details(&id).await?.ok_or(Error::NotFound)?;
    let mut problems = Problems::default();
    let (action, places) = action(kind, &sent, &details.order, &mut problems);
    if problems.is_empty() {
        let base = format!("/admin/orders/{id}");
        if sent.is_sure() {
            return match admin.clients.orders.act(&id, sent.get("key"), &action).await {
                Ok(done) if done.state == ActionState::Done => Ok(admin.done(&base, "Done.")),
                Ok(_) => Ok(admin.done(&base, "It is written down and on its way.")),
                Err(error) => Ok(admin.failed(&base, &refusal(error)?)),
            };
        }
        match admin.clients.orders.preview(&id, &action).await {
            Ok(preview) => {
                let question = Confirm {
                    frame: admin
                        .frame(
                            &visitor,
                            format!("{} order {}?", kind.words().0, details.order.number),
                        )
                        .await,
                    text: "This is what will happen:".to_owned(),
                    items: preview.says,
                    action: format!("{base}/{}", kind.path()),
                    hidden: sent.0.into_iter().filter(|(name, _)| name != "sure").collect(),
                    button: yes(kind).to_owned(),
                    back: base,
                };
                return question.page();
            }
            Err(error) => problems = beside(form_problems(error)?, &places),
        }
    }
    frame::again(&page(&admin, &visitor, &details, (kind, &sent), problems).await)
}

/// `POST /admin/orders/{id}/parcels/{parcel}/{what}`
pub(super) async fn parcel(
    State(admin): State<Admin>,
    Path((id, parcel, what)): Path<(OrderId, FulfilmentId, String)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (orders, sent) = (&admin.clients.orders, Sent(sent));
    let (done, text) = match what.as_str() {
        "delivered" => (orders.deliver(&id, &parcel).await, "It has arrived."),
        "cancel" => (orders.cancel_fulfilment(&id, &parcel).await, "The parcel is called off."),
        "tracking" => {
            let of = |name| some(sent.get(name));
            let tracking =
                Tracking { carrier: of("carrier"), number: of("number"), url: of("url") };
            (orders.put_tracking(&id, &parcel, &tracking).await, "Tracking saved.")
        }
        _ => return Err(Error::NotFound),
    };
    let to = format!("/admin/orders/{id}");
    match done {
        Ok(_) => Ok(admin.done(&to, text)),
        Err(error) => Ok(admin.failed(&to, &refusal(error)?)),
    }
}
