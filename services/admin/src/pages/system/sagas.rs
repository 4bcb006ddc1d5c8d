//! Sagas: checkouts, refunds and cancellations that have not done what they are for, why, and a try at once.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Form, Path};
use emart_orders_api::{Saga, SagaKind, SagaStanding};
use emart_types::Timestamp;

use super::events::Sure;
use super::tabs;
use crate::asked::Asked;
use crate::error::{Error, refusal};
use crate::frame::{self, Frame};
use crate::pages::confirm::Confirm;
use crate::table::{Empty, Filters, Pager};
use crate::view::{Badge, Detail, Tab, Tone};
use crate::visitor::Visitor;
use crate::{Admin, words};

const LIST: &str = "/admin/system/sagas";

#[derive(Template)]
#[template(path = "system/sagas.html", whitespace = "minimize")]
struct Sagas {
    frame: Frame,
    tabs: Vec<Tab>,
    filters: Filters,
    sagas: Vec<Shown>,
    empty: Empty,
    pager: Pager,
}

struct Shown {
    id: String,
    title: String,
    badge: Badge,
    since: String,
    details: Vec<Detail>,
    error: Option<String>,
    may_retry: bool,
    /// What can be done where a try is no way.
    advice: &'static str,
}

/// `GET /admin/system/sagas`
pub(super) async fn list(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    let query = asked.query(&[("limit", "30")], &["standing", "cursor"]);
    let page = admin.clients.orders.sagas(&query).await?;
    let states = SagaStanding::ALL.map(|standing| (standing.as_str(), badge(standing).text));
    let states: Vec<(&str, &str)> = states.iter().map(|(value, text)| (*value, &**text)).collect();
    let now = admin.clock.now();
    let text = "A checkout, refund or cancellation that a service keeps from going on is here, with the reason, until it has gone on.";
    frame::html(&Sagas {
        frame: admin.frame(&visitor, "System").await,
        tabs: tabs(&admin, LIST),
        filters: Filters::new(&asked, "").select(&asked, "standing", "How they stand", &states),
        pager: Pager::new(&asked, page.next_cursor.as_deref()),
        sagas: page.items.into_iter().map(|saga| shown(saga, now)).collect(),
        empty: Empty::new("Nothing is under way", text),
    })
}

fn shown(saga: Saga, now: Timestamp) -> Shown {
    let mut details = Vec::new();
    details.push(Detail::new("Step", words::label(&saga.step)));
    details.push(Detail::new("Tries that did not work", words::grouped(saga.tries.into())));
    details.push(Detail::new("Began", words::date_time(saga.since)));
    if let Some(next) = saga.next_try_at {
        let soon = "in a moment".to_owned();
        let next = if next <= now { soon } else { words::date_time(next) };
        details.push(Detail::new("Next try", next));
    }
    if let Some(total) = saga.total {
        details.push(Detail::new("Comes to", total.to_string()));
    }
    if let Some(order) = &saga.order_id {
        details.push(Detail::new("Order", &*saga.label).to(format!("/admin/orders/{order}")));
    }
    let ended = saga.standing == SagaStanding::GivenUp;
    Shown {
        title: title(&saga),
        badge: badge(saga.standing),
        since: words::ago(if ended { saga.changed_at } else { saga.since }, now),
        details,
        error: saga.error,
        may_retry: saga.standing == SagaStanding::Stuck,
        advice: match (saga.standing, saga.kind) {
            (SagaStanding::Stuck, _) => "",
            (SagaStanding::UnderWay, _) => "It goes on by itself.",
            (SagaStanding::GivenUp, SagaKind::Checkout) => {
                "What it had done was undone, and nothing was charged. The customer can buy again."
            }
            (SagaStanding::GivenUp, _) => {
                "Nothing was changed. Ask for it again on the order’s page."
            }
        },
        id: saga.id,
    }
}

fn title(saga: &Saga) -> String {
    match saga.kind {
        SagaKind::Checkout if saga.order_id.is_none() => "Checkout".to_owned(),
        SagaKind::Checkout => format!("Checkout of {}", lower(&saga.label)),
        SagaKind::Refund => format!("Refund of {}", lower(&saga.label)),
        SagaKind::Cancel => format!("Cancellation of {}", lower(&saga.label)),
        SagaKind::Edit => format!("Change of {}", lower(&saga.label)),
    }
}

fn lower(label: &str) -> String {
    label.replacen("Order", "order", 1)
}

fn badge(standing: SagaStanding) -> Badge {
    match standing {
        SagaStanding::Stuck => Badge::new(Tone::Bad, "Stuck"),
        SagaStanding::UnderWay => Badge::new(Tone::Info, "Under way"),
        SagaStanding::GivenUp => Badge::new(Tone::Warn, "Given up"),
    }
}

/// `POST /admin/system/sagas/{id}/retry`
pub(super) async fn retry(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<Sure>,
) -> Result<Response, Error> {
    if !form.is_sure() {
        let confirm = Confirm {
            frame: admin.frame(&visitor, "Try it now?").await.back(LIST, "Sagas"),
            text: "Its next step is tried at once, rather than when its time has come. What was done already is not done twice. The audit log keeps that you asked for it.".to_owned(),
            items: vec![id.clone()],
            action: format!("{LIST}/{id}/retry"),
            hidden: Vec::new(),
            button: "Try it now".to_owned(),
            back: LIST.to_owned(),
        };
        return confirm.page();
    }
    match admin.clients.orders.retry_saga(&id).await {
        Ok(Some(_)) => Ok(admin.done(LIST, "It is tried now.")),
        Ok(None) => Ok(admin.failed(LIST, "It has ended meanwhile.")),
        Err(error) => Ok(admin.failed(LIST, &refusal(error)?)),
    }
}
