//! The first page: how the shop is doing and what waits for somebody. Each part is there for those who may see it; a
//! part whose service is away says so, and the others are shown all the same.

mod shown;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use emart_http::{Caller, Page, Permission};
use emart_identity_api::{AuditEntry, AuditFilter};
use emart_inventory_api::StockSummary;
use emart_mesh::CallError;
use emart_orders_api::{FailedPayment, OrderStatistics, OrderSummary};
use futures_util::future::join5;

use crate::Admin;
use crate::chart::Chart;
use crate::error::Error;
use crate::frame::{self, Frame};
use crate::table::Table;
use crate::view::{Figure, Happening};
use crate::visitor::Visitor;

/// Orders under "Lately".
const RECENT: &str = "limit=8";
/// Payments under "Failed payments"; the others are behind the link.
const FAILED: &str = "limit=5";
/// Changes by those who work here, under "Lately".
const CHANGES: u32 = 8;

#[derive(Template)]
#[template(path = "home.html", whitespace = "minimize")]
struct Home {
    frame: Frame,
    away: Vec<&'static str>,
    figures: Vec<Figure>,
    waiting: Vec<Figure>,
    chart: Option<Chart>,
    top: Option<Table>,
    recent: Option<Vec<Happening>>,
    failed: Option<Vec<Happening>>,
}

pub(crate) fn routes() -> Router<Admin> {
    Router::new().route("/admin", get(show)).route("/admin/", get(show))
}

/// How things stand, as one person may see it.
#[derive(Debug, PartialEq)]
pub(crate) struct Now {
    statistics: Option<OrderStatistics>,
    recent: Option<Page<OrderSummary>>,
    changes: Option<Page<AuditEntry>>,
    failed: Option<Page<FailedPayment>>,
    stock: Option<StockSummary>,
    /// Services that did not say.
    away: Vec<&'static str>,
}

impl Now {
    pub(crate) async fn look(admin: &Admin, caller: &Caller) -> Self {
        let clients = &admin.clients;
        let sells = caller.may(Permission::OrdersRead);
        let all = AuditFilter::default();
        let (statistics, recent, stock, failed, changes) = join5(
            only(sells, clients.orders.statistics()),
            only(sells, clients.orders.orders(RECENT)),
            only(caller.may(Permission::InventoryRead), clients.inventory.summary()),
            only(sells, clients.orders.failed_payments(FAILED)),
            only(caller.may(Permission::AuditRead), clients.identity.audit(&all, CHANGES, None)),
        )
        .await;
        let mut away = Vec::new();
        Self {
            statistics: kept(statistics, "Orders", &mut away),
            recent: kept(recent, "Orders", &mut away),
            stock: kept(stock, "Inventory", &mut away),
            failed: kept(failed, "Orders", &mut away),
            changes: kept(changes, "Identity", &mut away),
            away,
        }
    }
}

/// Asks those who may see the answer.
async fn only<T>(
    may: bool,
    ask: impl Future<Output = Result<T, CallError>>,
) -> Option<Result<T, CallError>> {
    if may { Some(ask.await) } else { None }
}

fn kept<T>(
    answer: Option<Result<T, CallError>>,
    who: &'static str,
    away: &mut Vec<&'static str>,
) -> Option<T> {
    let error = match answer? {
        Ok(answer) => return Some(answer),
        Err(error) => error,
    };
    tracing::warn!(who, %error, "a part of the first page is missing");
    if !away.contains(&who) {
        away.push(who);
    }
    None
}

/// `GET /admin`
async fn show(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let now = Now::look(&admin, &visitor.caller).await;
    let at = admin.clock.now();
    frame::html(&Home {
        frame: admin.frame(&visitor, "Home").await.script("live"),
        figures: now.statistics.as_ref().map(shown::sales).unwrap_or_default(),
        waiting: shown::waiting(now.statistics.as_ref(), now.stock.as_ref()),
        chart: now.statistics.as_ref().map(shown::chart),
        top: now.statistics.as_ref().map(shown::top),
        recent: shown::recent(now.recent.as_ref(), now.changes.as_ref(), at),
        failed: now.failed.map(|page| shown::failed(&page.items, at)),
        away: now.away,
    })
}
