//! Lists that somebody comes back to: kept under a name, forgotten again.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use emart_http::{Form, Path};
use emart_orders_api::{NewSavedView, ViewId};

use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, form_problems, refusal};
use crate::forms::{self, Field, Problems};
use crate::frame::{self, Frame};
use crate::pages::confirm::Confirm;
use crate::sent::Sent;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "orders/view.html", whitespace = "minimize")]
struct ViewPage {
    frame: Frame,
    query: String,
    problems: Problems,
    name: Field,
}

/// `GET /admin/orders/views?query=…`, or `?forget=vew_…`
pub(super) async fn ask(
    State(admin): State<Admin>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Error> {
    if let Some(id) = asked.some("forget") {
        let id: ViewId = id.parse().map_err(|_| Error::NotFound)?;
        let views = admin.clients.orders.views().await?.items;
        let view = views.into_iter().find(|view| view.id == id).ok_or(Error::NotFound)?;
        let question = Confirm {
            frame: admin.frame(&visitor, "Forget this view?").await,
            text: "The list is forgotten. The orders in it stay as they are.".to_owned(),
            items: vec![view.name],
            action: format!("/admin/orders/views/{id}/delete"),
            hidden: Vec::new(),
            button: "Forget it".to_owned(),
            back: format!("/admin/orders?{}", view.query),
        };
        return question.page();
    }
    frame::html(&page(&admin, &visitor, asked.get("query"), "", Problems::default()).await)
}

async fn page(
    admin: &Admin,
    visitor: &Visitor,
    query: &str,
    name: &str,
    problems: Problems,
) -> ViewPage {
    let name = forms::text("name", "What do you call it?", 60).value(name).told(&problems);
    ViewPage {
        frame: admin.frame(visitor, "Save this view").await.back("/admin/orders", "Orders"),
        query: query.to_owned(),
        problems,
        name,
    }
}

/// `POST /admin/orders/views`
pub(super) async fn keep(
    State(admin): State<Admin>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let sent = Sent(sent);
    let (name, query) = (sent.get("name").to_owned(), sent.get("query").to_owned());
    let new = NewSavedView { name: name.clone(), query: query.clone() };
    match admin.clients.orders.create_view(&new).await {
        Ok(view) => Ok(admin
            .done(&format!("/admin/orders?{query}"), &format!("“{}” is a view now.", view.name))),
        Err(error) => {
            let problems = form_problems(error)?;
            frame::again(&page(&admin, &visitor, &query, &name, problems).await)
        }
    }
}

/// `POST /admin/orders/views/{id}/delete`
pub(super) async fn forget(
    State(admin): State<Admin>,
    Path(id): Path<ViewId>,
) -> Result<Response, Error> {
    match admin.clients.orders.delete_view(&id).await {
        Ok(()) => Ok(admin.done("/admin/orders", "The view is forgotten.")),
        Err(error) => Ok(admin.failed("/admin/orders", &refusal(error)?)),
    }
}
