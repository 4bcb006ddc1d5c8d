//! What is done with a draft: filled in, paid another way, deleted.

use axum::extract::State;
use axum::response::Response;
use emart_catalog_api::VariantId;
use emart_http::{Form, Path};
use emart_identity_api::Address;
use emart_orders_api::{Draft, DraftId, DraftLine, MarkDraftPaid, PutDraft};
use emart_types::Money;

use super::PATH;
use super::page::{Found, page};
use crate::Admin;
use crate::asked::Asked;
use crate::error::{Error, form_problems, is_conflict, refusal};
use crate::forms::{self, Problems, some};
use crate::frame;
use crate::pages::confirm::Confirm;
use crate::sent::Sent;
use crate::visitor::Visitor;

/// Products that a search shows.
const FOUND: usize = 6;

async fn find(admin: &Admin, id: &DraftId) -> Result<Draft, Error> {
    admin.clients.orders.draft(id).await?.ok_or(Error::NotFound)
}

/// `GET /admin/drafts/{id}`; `?find=` looks for products.
pub(super) async fn show(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<DraftId>,
    asked: Asked,
) -> Result<Response, Error> {
    let draft = find(&admin, &id).await?;
    let found = look_for(&admin, asked.get("find")).await?;
    let mut page = page(&admin, &visitor, &draft, Problems::default()).await?;
    (page.find, page.found) = (asked.get("find").to_owned(), found);
    frame::html(&page)
}

async fn look_for(admin: &Admin, words: &str) -> Result<Vec<Found>, Error> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", words)
        .append_pair("limit", &FOUND.to_string())
        .finish();
    let mut found = Vec::new();
    for hit in admin.clients.catalog.search(&query).await?.items {
        let Some(product) = admin.clients.catalog.product(&hit.product.handle).await? else {
            continue;
        };
        found.extend(product.variants.into_iter().map(|variant| Found {
            title: [product.title.as_str(), variant.title.as_str()].join(" ").trim().to_owned(),
            price: variant.price.to_string(),
            variant_id: variant.id.to_string(),
        }));
    }
    Ok(found)
}

/// What the form says, over what the draft was.
fn body(sent: &Sent, draft: &Draft, problems: &mut Problems) -> PutDraft {
    let mut lines = Vec::new();
    for line in &draft.body.lines {
        let name = format!("line-{}", line.variant_id);
        let typed = forms::read_number(&name, sent.get(&name), problems);
        match typed.map(u32::try_from) {
            None => lines.push(line.clone()),
            Some(Ok(0)) => {}
            Some(Ok(quantity)) => lines.push(DraftLine { quantity, ..line.clone() }),
            Some(Err(_)) => problems.add(&name, "must be 0 or more"),
        }
    }
    let of = |field: &str| sent.get(&format!("shipping_address.{field}")).trim().to_owned();
    let address = Address {
        name: of("name"),
        line1: of("line1"),
        line2: some(&of("line2")),
        city: of("city"),
        postal_code: of("postal_code"),
        region: some(&of("region")),
        country: of("country"),
        phone: some(&of("phone")),
    };
    let typed = address != Address::default();
    PutDraft {
        lines,
        email: some(sent.get("email")),
        shipping_address: typed.then_some(address),
        note: some(sent.get("note")),
        ..draft.body.clone()
    }
}

/// `POST /admin/drafts/{id}`
pub(super) async fn save(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<DraftId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let sent = Sent(sent);
    let mut draft = find(&admin, &id).await?;
    let version = sent.get("version").parse().map_err(|_| Error::NotFound)?;
    let mut problems = Problems::default();
    let body = body(&sent, &draft, &mut problems);
    let base = format!("{PATH}/{id}");
    if problems.is_empty() {
        match admin.clients.orders.put_draft(&id, version, &body).await {
            Ok(_) => return Ok(admin.done(&base, "Saved.")),
            Err(error) if is_conflict(&error) => {
                let text = "Somebody else changed this draft meanwhile. Look at it as it is now.";
                return Ok(admin.failed(&base, text));
            }
            Err(error) => problems = form_problems(error)?,
        }
    }
    draft.body = body;
    frame::again(&page(&admin, &visitor, &draft, problems).await?)
}

/// `POST /admin/drafts/{id}/lines`: one more of a variant.
pub(super) async fn add(
    State(admin): State<Admin>,
    Path(id): Path<DraftId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let variant_id: VariantId =
        Sent(sent).get("variant_id").parse().map_err(|_| Error::NotFound)?;
    let draft = find(&admin, &id).await?;
    let mut body = draft.body;
    match body.lines.iter_mut().find(|line| line.variant_id == variant_id) {
        Some(line) => line.quantity += 1,
        None => body.lines.push(DraftLine { variant_id, quantity: 1 }),
    }
    let base = format!("{PATH}/{id}");
    match admin.clients.orders.put_draft(&id, draft.version, &body).await {
        Ok(_) => Ok(admin.done(&base, "It is in the draft.")),
        Err(error) => Ok(admin.failed(&base, &refusal(error)?)),
    }
}

/// `POST /admin/drafts/{id}/paid`
pub(super) async fn paid(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<DraftId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let sent = Sent(sent);
    let base = format!("{PATH}/{id}");
    let minor: i64 = sent.get("total").parse().map_err(|_| Error::NotFound)?;
    let (method, total) = (sent.get("method").to_owned(), Money::new(minor, admin.config.currency));
    if !sent.is_sure() {
        let question = Confirm {
            frame: admin.frame(&visitor, "Was it paid?").await.back(&base, "Draft"),
            text: "This is what will happen:".to_owned(),
            items: vec![
                format!("{total} is noted as paid: {method}."),
                "The draft becomes an order, its pieces are taken from the stock, and the confirmation is sent.".to_owned(),
            ],
            action: format!("{base}/paid"),
            hidden: sent.0,
            button: "It was paid".to_owned(),
            back: base,
        };
        return question.page();
    }
    let paid = MarkDraftPaid { method, expected_total: total };
    match admin.clients.orders.mark_draft_paid(&id, sent.get("key"), &paid).await {
        Ok(checkout) => match checkout.order_id {
            Some(order) => Ok(admin.done(&format!("/admin/orders/{order}"), "It is an order now.")),
            None => Ok(admin.done(&base, "It is written down and on its way.")),
        },
        Err(error) => Ok(admin.failed(&base, &refusal(error)?)),
    }
}

/// `POST /admin/drafts/{id}/delete`
pub(super) async fn delete(
    State(admin): State<Admin>,
    visitor: Visitor,
    Path(id): Path<DraftId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let base = format!("{PATH}/{id}");
    if !Sent(sent).is_sure() {
        let question = Confirm {
            frame: admin.frame(&visitor, "Delete this draft?").await.back(&base, "Draft"),
            text: "The draft is deleted, and its link does not work any more.".to_owned(),
            items: Vec::new(),
            action: format!("{base}/delete"),
            hidden: Vec::new(),
            button: "Delete it".to_owned(),
            back: base,
        };
        return question.page();
    }
    match admin.clients.orders.delete_draft(&id).await {
        Ok(()) => Ok(admin.done(PATH, "The draft is deleted.")),
        Err(error) => Ok(admin.failed(&base, &refusal(error)?)),
    }
}
