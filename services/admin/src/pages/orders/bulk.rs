//! What is done to many orders at once.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use emart_http::Form;
use emart_orders_api::{NewFulfilment, OrderId, PutOrderTags, ViewId};

use crate::Admin;
use crate::error::{Error, refusal};
use crate::forms::{self, Field};
use crate::frame::{self, Frame};
use crate::pages::confirm::Confirm;
use crate::sent::Sent;
use crate::visitor::Visitor;
use crate::words;

const PATH: &str = "/admin/orders";

#[derive(Template)]
#[template(path = "orders/tag.html", whitespace = "minimize")]
struct TagPage {
    frame: Frame,
    ids: Vec<String>,
    tag: Field,
}

/// `POST /admin/orders/bulk`: `do`, and `id` often.
pub(super) async fn chosen(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let sent = Sent(sent);
    let ids: Result<Vec<OrderId>, _> = sent.all("id").map(str::parse).take(100).collect();
    let ids = ids.map_err(|_| Error::NotFound)?;
    if ids.is_empty() {
        return Ok(admin.failed(PATH, "Choose some orders first."));
    }
    match sent.get("do") {
        "slips" => {
            let query: Vec<String> = ids.iter().map(|id| format!("id={id}")).collect();
            let href = format!("{PATH}/packing-slips.pdf?{}", query.join("&"));
            Ok(Redirect::to(&href).into_response())
        }
        "fulfil" if sent.is_sure() => fulfil(&admin, &ids, sent.get("key")).await,
        "fulfil" => ask_fulfil(&admin, &visitor, &ids).await,
        "tag" if !sent.get("tag").trim().is_empty() => tag(&admin, &ids, sent.get("tag")).await,
        "tag" => {
            let frame = admin.frame(&visitor, "Tag orders").await.back(PATH, "Orders");
            let many = words::count(count(&ids), "order", "orders");
            let tag = forms::text("tag", "Tag", 40).hint(format!("Is added to {many}."));
            let ids = ids.iter().map(ToString::to_string).collect();
            frame::html(&TagPage { frame, ids, tag })
        }
        _ => Err(Error::NotFound),
    }
}

fn count(ids: &[OrderId]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(i64::MAX)
}

async fn ask_fulfil(admin: &Admin, visitor: &Visitor, ids: &[OrderId]) -> Result<Response, Error> {
    let mut items = Vec::new();
    for id in ids {
        let Some(details) = admin.clients.orders.details(id).await? else { continue };
        let left: u32 = details.order.lines.iter().map(emart_orders_api::OrderLine::to_send).sum();
        let (number, name) = (details.order.number, details.order.shipping_address.name);
        let left = words::count(left.into(), "piece", "pieces");
        items.push(format!("Order {number} for {name}: {left} to send"));
    }
    let mut hidden: Vec<(String, String)> =
        ids.iter().map(|id| ("id".to_owned(), id.to_string())).collect();
    hidden.push(("do".to_owned(), "fulfil".to_owned()));
    hidden.push(("key".to_owned(), ViewId::new().to_string()));
    let question = Confirm {
        frame: admin.frame(visitor, "Mark as sent?").await.back(PATH, "Orders"),
        text: "Everything that was not sent yet is marked as sent, and the customers are told by e-mail.".to_owned(),
        items,
        action: format!("{PATH}/bulk"),
        hidden,
        button: "Mark as sent".to_owned(),
        back: PATH.to_owned(),
    };
    question.page()
}

async fn fulfil(admin: &Admin, ids: &[OrderId], key: &str) -> Result<Response, Error> {
    let all = NewFulfilment { notify: true, ..NewFulfilment::default() };
    let (mut done, mut wrong) = (0, Vec::new());
    for id in ids {
        match admin.clients.orders.fulfil(id, &format!("{key}-{id}"), &all).await {
            Ok(_) => done += 1,
            Err(error) => wrong.push(refusal(error)?),
        }
    }
    Ok(told(
        admin,
        &format!("{} on the way.", words::count(done, "order is", "orders are")),
        &wrong,
    ))
}

async fn tag(admin: &Admin, ids: &[OrderId], tag: &str) -> Result<Response, Error> {
    let (mut done, mut wrong) = (0, Vec::new());
    for id in ids {
        let Some(details) = admin.clients.orders.details(id).await? else { continue };
        let mut tags = details.tags;
        tags.push(tag.to_owned());
        match admin.clients.orders.put_tags(id, &PutOrderTags { tags }).await {
            Ok(_) => done += 1,
            Err(error) => wrong.push(refusal(error)?),
        }
    }
    Ok(told(admin, &format!("{} tagged.", words::count(done, "order is", "orders are")), &wrong))
}

/// What was done, and why some of it was not.
fn told(admin: &Admin, done: &str, wrong: &[String]) -> Response {
    let Some(first) = wrong.first() else { return admin.done(PATH, done) };
    let many = i64::try_from(wrong.len()).unwrap_or(i64::MAX);
    let not = words::count(many, "order was left", "orders were left");
    admin.failed(PATH, &format!("{done} {not} as it was: {first}"))
}
