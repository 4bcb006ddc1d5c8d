//! Checkouts: begun, looked at, continued.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_cart_api::{CartView, Notice};
use emart_http::{Caller, Fingerprint, IdempotencyKey, Json, Path, Problem};
use emart_orders_api::{Checkout, CheckoutId, CheckoutOnTerms, DraftState, NewCheckout, Terms};
use emart_telemetry::TraceContext;
use http::{HeaderValue, StatusCode, header};

use crate::domain::progress::{Progress, Record, State as Saga};
use crate::domain::{draft, input};
use crate::drafts::Paid;
use crate::error::Error;
use crate::store::Inserted;
use crate::{Orders, store};

/// How long an answer waits for a checkout that another request drives.
const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(10);

/// Buys a cart. The same `Idempotency-Key` again answers the same checkout, also while it runs.
///
/// 201: there is an order. 202: it is on its way (ask again), or the card's holder has to confirm the payment first
/// (`requires_action`: send them to `action_path`, then `POST …/continue`). 402 and 409: nothing was bought.
#[utoipa::path(post, path = "/api/v1/checkouts", operation_id = "create_checkout", tag = "orders",
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters of your own making, the same when you retry")),
    request_body = NewCheckout,
    responses((status = 201, body = Checkout), (status = 202, body = Checkout), (status = "4XX", body = Problem)))]
pub(crate) async fn create_checkout(
    State(orders): State<Orders>,
    caller: Caller,
    key: IdempotencyKey,
    Json(request): Json<NewCheckout>,
) -> Result<Response, Error> {
    Box::pin(check_out(&orders, &caller, key, request, Terms::default())).await
}

/// The same on terms that another service of the store grants. Internal.
pub(crate) async fn create_checkout_on_terms(
    State(orders): State<Orders>,
    caller: Caller,
    key: IdempotencyKey,
    Json(CheckoutOnTerms { checkout, terms }): Json<CheckoutOnTerms>,
) -> Result<Response, Error> {
    Box::pin(check_out(&orders, &caller, key, checkout, terms)).await
}

async fn check_out(
    orders: &Orders,
    caller: &Caller,
    key: IdempotencyKey,
    request: NewCheckout,
    terms: Terms,
) -> Result<Response, Error> {
    let customer_id = caller.user_id().map(ToOwned::to_owned);
    let scope = customer_id.clone().unwrap_or_else(|| "guest".to_owned());
    let fingerprint = fingerprint(&request);
    if let Some(known) = by_key(orders, &scope, &key.0).await? {
        return again(orders, known, &fingerprint).await;
    }
    let countries = orders.clients.pricing.countries().await?;
    input::check(&request, &countries)?;
    let token = request.cart_token.as_deref().unwrap_or_default();
    let cart = orders.clients.cart.cart(&request.cart_id, token).await;
    let cart = cart?.ok_or(Error::UnknownCart)?;
    check_cart(&cart)?;
    let mut record = begin(orders, (scope, key.0), fingerprint, customer_id, request, cart);
    record.progress.terms = terms;
    orders.price(&mut record).await;
    match insert(orders, &record, 0).await? {
        Inserted::New => answer(orders, driven(orders, record).await?),
        Inserted::SameKey(known) => again(orders, *known, &record.fingerprint).await,
        Inserted::SameCart(Some(id)) => Err(Error::CartAlreadyBought(id)),
        Inserted::SameCart(None) => Err(Error::CartBusy),
    }
}

/// Makes an order of a draft, once whatever the keys.
pub(crate) async fn check_out_draft(
    orders: &Orders,
    kept: store::drafts::Kept,
    key: IdempotencyKey,
    paid: Paid,
) -> Result<Response, Error> {
    let method = paid.manual.as_ref().map(|manual| &manual.method);
    let Fingerprint(fingerprint) = Fingerprint::of(&(&kept.id, paid.expected_total, method));
    let scope = format!("draft {}", kept.id);
    if let Some(known) = by_key(orders, &scope, &key.0).await? {
        return again(orders, known, &fingerprint).await;
    }
    if kept.state != DraftState::Open {
        return Err(Error::DraftTaken);
    }
    let variants = orders.variants_of(&kept.body).await?;
    if let Some(missing) = draft::missing(&kept.body, &variants).into_iter().next() {
        return Err(Error::DraftIncomplete(missing));
    }
    let cart = draft::cart(&kept.body, &variants, orders.config.currency, orders.clock.now());
    let request = draft::request(&kept.body, &cart, paid.card_token, paid.expected_total);
    let request = request.ok_or(Error::Unexpected("a draft that misses nothing is complete"))?;
    let customer_id = kept.body.customer_id.clone();
    let mut record = begin(orders, (scope, key.0), fingerprint, customer_id, request, cart);
    record.progress.draft = Some(kept.id);
    record.progress.manual = paid.manual;
    orders.price(&mut record).await;
    match insert(orders, &record, kept.version).await? {
        Inserted::New => answer(orders, driven(orders, record).await?),
        Inserted::SameKey(known) => again(orders, *known, &record.fingerprint).await,
        Inserted::SameCart(_) => Err(Error::DraftTaken),
    }
}

/// What the request means. Not the tokens of cards: whoever types the same card again after a broken connection gets
/// another one, and must still find the order that was made.
fn fingerprint(request: &NewCheckout) -> String {
    let mut meaning = serde_json::to_value(request).unwrap_or_default();
    if let Some(fields) = meaning.as_object_mut() {
        fields.remove("card_token");
        fields.remove("gift_cards");
    }
    Fingerprint::of(&meaning).0
}

/// What the shopper should change first. Whether there is stock, the reservation says.
fn check_cart(cart: &CartView) -> Result<(), Error> {
    if cart.lines.is_empty() {
        return Err(Error::EmptyCart);
    }
    let gone = cart.lines.iter().find(|line| line.notices.contains(&Notice::NotForSale));
    gone.map_or(Ok(()), |line| {
        Err(Error::NotForSale(format!(
            "{} is not sold any more; take it out of the cart",
            line.title
        )))
    })
}

fn begin(
    orders: &Orders,
    (scope, idempotency_key): (String, String),
    fingerprint: String,
    customer_id: Option<String>,
    request: NewCheckout,
    mut cart: CartView,
) -> Record {
    let now = orders.clock.now();
    cart.token = None;
    Record {
        id: CheckoutId::new(),
        scope,
        idempotency_key,
        fingerprint,
        state: Saga::Running,
        progress: Box::new(Progress {
            request,
            terms: Terms::default(),
            customer_id,
            cart,
            quote: None,
            delivery_date: None,
            payment: None,
            order_id: None,
            order_number: None,
            failure: None,
            draft: None,
            manual: None,
            traceparent: TraceContext::current().map(|trace| trace.to_string()),
        }),
        version: 1,
        lease_until: now.plus(orders.config.lease()),
        tries: 0,
        created_at: now,
        updated_at: now,
        trouble: None,
        ended: None,
    }
}

/// Writes it. Of a draft's version that was read; of no other.
async fn insert(orders: &Orders, record: &Record, version: i64) -> Result<Inserted, Error> {
    let row = record.clone();
    let inserted = orders.db.write(move |tx| async move {
        let Some(draft) = &row.progress.draft else {
            let cart = &row.progress.cart;
            let cart = (cart.id.as_str(), cart.version);
            return Ok::<_, Error>(store::insert_checkout(&tx, &row, cart).await?);
        };
        let kept = store::drafts::draft_to_change(&tx, draft).await?.ok_or(Error::NotFound)?;
        if kept.state != DraftState::Open || kept.version != version {
            return Err(Error::DraftTaken);
        }
        let cart = (draft.as_str(), draft::CART_VERSION);
        Ok(store::insert_checkout(&tx, &row, cart).await?)
    });
    inserted.await
}

async fn by_key(orders: &Orders, scope: &str, key: &str) -> Result<Option<Record>, Error> {
    let (scope, key) = (scope.to_owned(), key.to_owned());
    let found = orders.db.read(|tx| async move { store::checkout_by_key(&tx, &scope, &key).await });
    Ok(found.await?)
}

/// Drives it; when somebody else has taken it over, waits for them.
async fn driven(orders: &Orders, record: Record) -> Result<Record, Error> {
    let id = record.id.clone();
    match orders.drive(record).await {
        Err(Error::DrivenElsewhere) => settled(orders, &id).await,
        done => done,
    }
}

/// The same request again: the same answer, once there is one.
async fn again(orders: &Orders, known: Record, fingerprint: &str) -> Result<Response, Error> {
    if known.fingerprint != fingerprint {
        return Err(Error::KeyReused);
    }
    answer(orders, settled(orders, &known.id).await?)
}

/// Waits a while for a checkout that somebody else drives.
async fn settled(orders: &Orders, id: &CheckoutId) -> Result<Record, Error> {
    let patience = tokio::time::Instant::now() + PATIENCE;
    loop {
        let record = find(orders, id).await?;
        let moving =
            matches!(record.state, Saga::Running | Saga::Compensating) && record.tries == 0;
        if !moving || tokio::time::Instant::now() > patience {
            return Ok(record);
        }
        tokio::time::sleep(GLANCE).await;
    }
}

async fn find(orders: &Orders, id: &CheckoutId) -> Result<Record, Error> {
    let id = id.clone();
    let found = orders.db.read(|tx| async move { store::checkout(&tx, &id).await }).await?;
    found.ok_or(Error::NotFound)
}

fn answer(orders: &Orders, record: Record) -> Result<Response, Error> {
    let status = match record.state {
        Saga::Placed | Saga::Completed => StatusCode::CREATED,
        Saga::Running | Saga::RequiresAction => StatusCode::ACCEPTED,
        Saga::Compensating | Saga::Failed => {
            let failure = record.progress.failure;
            return Err(
                failure.map_or(Error::Unexpected("a failure without a reason"), Error::Failed)
            );
        }
    };
    let location = match &record.progress.order_id {
        Some(order) => format!("/api/v1/orders/{order}"),
        None => format!("/api/v1/checkouts/{}", record.id),
    };
    let token = record.progress.order_id.as_ref().map(|id| orders.seal.token(id.as_str()));
    let mut response = (status, Json(record.view(token))).into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// A checkout. Its id is a secret of who began it; a customer's opens to them and to staff only.
#[utoipa::path(get, path = "/api/v1/checkouts/{id}", operation_id = "get_checkout", tag = "orders",
    params(("id" = CheckoutId, Path)),
    responses((status = 200, body = Checkout), (status = "4XX", body = Problem)))]
pub(crate) async fn get_checkout(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<CheckoutId>,
) -> Result<Json<Checkout>, Error> {
    let record = opened(&orders, &caller, &id).await?;
    let token = record.progress.order_id.as_ref().map(|id| orders.seal.token(id.as_str()));
    Ok(Json(record.view(token)))
}

/// Goes on with a checkout after its payment was confirmed (or not). Answers as `POST /api/v1/checkouts` does; again
/// answers the same.
#[utoipa::path(post, path = "/api/v1/checkouts/{id}/continue", operation_id = "continue_checkout",
    tag = "orders", params(("id" = CheckoutId, Path)),
    responses((status = 201, body = Checkout), (status = 202, body = Checkout), (status = "4XX", body = Problem)))]
pub(crate) async fn continue_checkout(
    State(orders): State<Orders>,
    caller: Caller,
    Path(id): Path<CheckoutId>,
) -> Result<Response, Error> {
    let mut record = opened(&orders, &caller, &id).await?;
    if record.state != Saga::RequiresAction {
        return answer(&orders, settled(&orders, &id).await?);
    }
    record.turn(Saga::Running);
    match orders.save(&mut record).await {
        Ok(()) => answer(&orders, driven(&orders, record).await?),
        Err(Error::DrivenElsewhere) => answer(&orders, settled(&orders, &id).await?),
        Err(error) => Err(error),
    }
}

async fn opened(orders: &Orders, caller: &Caller, id: &CheckoutId) -> Result<Record, Error> {
    let record = find(orders, id).await?;
    let owner = record.progress.customer_id.as_deref();
    // A draft is paid by whoever has its link: the customer need not be signed in.
    let linked = record.progress.draft.is_some();
    let opens = owner.is_none() || linked || owner == caller.user_id() || caller.is_staff();
    if opens { Ok(record) } else { Err(Error::NotFound) }
}
