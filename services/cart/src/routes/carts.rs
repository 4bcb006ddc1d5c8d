//! Carts: made, read, merged, and emptied by orders.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_cart_api::{CartId, CartSummary, CartView, Consumption, NewCart};
use emart_catalog_api::VariantId;
use emart_http::{Caller, ETag, Json, Page, PageQuery, Path, Permission, Problem, Query};
use emart_types::{Currency, Invalid, Money};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::domain::{Cart, Line};
use crate::error::Error;
use crate::routes::lines::{check_line, check_stock, find};
use crate::routes::open::Key;
use crate::view::Variants;
use crate::{Carts, store};

/// Makes a cart, with its first lines if there are any. A customer has one cart: it is answered, with the lines added.
#[utoipa::path(post, path = "/api/v1/carts", operation_id = "create_cart", tag = "cart",
    request_body = NewCart,
    responses((status = 201, body = CartView), (status = "4XX", body = Problem)))]
pub(crate) async fn create_cart(
    State(carts): State<Carts>,
    key: Key,
    Json(new): Json<NewCart>,
) -> Result<Response, Error> {
    if new.lines.len() > carts.config.lines {
        let detail = format!("must be at most {} lines", carts.config.lines);
        return Err(Invalid::field("/lines", detail).into());
    }
    for (at, line) in new.lines.iter().enumerate() {
        check_line(line, &format!("/lines/{at}"), carts.config.quantity)?;
    }
    let ids: Vec<VariantId> = new.lines.iter().map(|line| line.variant_id.clone()).collect();
    let variants = carts.variants(&ids).await?;
    if let Some(customer_id) = &key.customer_id
        && let Some(mine) = cart_of(&carts, customer_id).await?
    {
        let cart = carts.change(&key, &mine.id, |cart| fill(&carts, cart, &new, &variants)).await?;
        return created(&carts.shown(&cart).await?);
    }
    let mut cart = Cart::new(key.customer_id.clone(), carts.clock.now());
    fill(&carts, &mut cart, &new, &variants)?;
    let row = cart.clone();
    let made = carts.db.write(move |tx| async move { store::insert(&tx, &row).await }).await?;
    if made {
        return created(&carts.shown_with(&cart, &variants)?);
    }
    // The customer made a cart elsewhere in this very moment: the lines go into that one.
    let mine = cart_of(&carts, cart.customer_id.as_deref().unwrap_or_default()).await?;
    let id = mine.ok_or(Error::Contended)?.id;
    let cart = carts.change(&key, &id, |cart| fill(&carts, cart, &new, &variants)).await?;
    created(&carts.shown(&cart).await?)
}

fn fill(carts: &Carts, cart: &mut Cart, new: &NewCart, variants: &Variants) -> Result<(), Error> {
    for line in &new.lines {
        let variant = find(variants, &line.variant_id)?;
        cart.add(line, variant.price, carts.limits())?;
        check_stock(cart, variant)?;
    }
    Ok(())
}

fn created(view: &CartView) -> Result<Response, Error> {
    let location = HeaderValue::try_from(format!("/api/v1/carts/{}", view.id));
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn cart_of(carts: &Carts, customer_id: &str) -> Result<Option<Cart>, Error> {
    let customer = customer_id.to_owned();
    Ok(carts.db.read(|tx| async move { store::cart_of(&tx, &customer).await }).await?)
}

/// The cart of the customer who is calling.
#[utoipa::path(get, path = "/api/v1/carts/mine", operation_id = "get_my_cart", tag = "cart",
    responses((status = 200, body = CartView), (status = "4XX", body = Problem)))]
pub(crate) async fn get_my_cart(
    State(carts): State<Carts>,
    key: Key,
    request: HeaderMap,
) -> Result<Response, Error> {
    let customer_id = key.customer_id.ok_or(Error::Unauthorized)?;
    let cart = cart_of(&carts, &customer_id).await?.ok_or(Error::NotFound)?;
    answer(&carts, &cart, &request).await
}

/// The cart of a customer, to be handed to them with what else is kept of them. Internal.
pub(crate) async fn get_cart_of(
    State(carts): State<Carts>,
    caller: Caller,
    Path(customer_id): Path<String>,
) -> Result<Json<CartView>, Error> {
    caller.require(Permission::CustomersWrite)?;
    let cart = cart_of(&carts, &customer_id).await?.ok_or(Error::NotFound)?;
    Ok(Json(carts.shown(&cart).await?))
}

/// A cart with today's prices. Opens to its token (`Cart-Token`, or the `emart_cart` cookie) or to its owner.
#[utoipa::path(get, path = "/api/v1/carts/{id}", operation_id = "get_cart", tag = "cart",
    params(("id" = CartId, Path), ("Cart-Token" = Option<String>, Header, description = "Opens a guest's cart")),
    responses((status = 200, body = CartView), (status = "4XX", body = Problem)))]
pub(crate) async fn get_cart(
    State(carts): State<Carts>,
    key: Key,
    Path(id): Path<CartId>,
    request: HeaderMap,
) -> Result<Response, Error> {
    let cart = carts.open(&key, &id).await?;
    answer(&carts, &cart, &request).await
}

async fn answer(carts: &Carts, cart: &Cart, request: &HeaderMap) -> Result<Response, Error> {
    let view = carts.shown(cart).await?;
    // Prices and stock change without the cart: they are part of the tag.
    let seen = view.lines.iter().map(|line| line.total.amount_minor).sum::<i64>();
    let notices = view.lines.iter().map(|line| line.notices.len()).sum::<usize>();
    let tag = ETag::new(format!("{}-{seen}-{notices}", view.version));
    let etag = [(header::ETAG, tag.header())];
    if tag.is_known_to(request) {
        return Ok((StatusCode::NOT_MODIFIED, etag).into_response());
    }
    Ok((etag, Json(view)).into_response())
}

/// Adds a guest's cart to that of the customer who is calling; the guest's cart is gone then. What does not fit is cut
/// to the limits. Again answers the customer's cart.
#[utoipa::path(post, path = "/api/v1/carts/{id}/merge", operation_id = "merge_cart", tag = "cart",
    params(("id" = CartId, Path), ("Cart-Token" = Option<String>, Header, description = "Opens the guest's cart")),
    responses((status = 200, body = CartView), (status = "4XX", body = Problem)))]
pub(crate) async fn merge_cart(
    State(carts): State<Carts>,
    key: Key,
    Path(id): Path<CartId>,
) -> Result<Json<CartView>, Error> {
    let customer_id = key.customer_id.clone().ok_or(Error::Unauthorized)?;
    for _ in 0..20 {
        let mine = cart_of(&carts, &customer_id).await?;
        let guest = match carts.open(&key, &id).await {
            Ok(cart) if cart.customer_id.is_none() => cart,
            Ok(_) | Err(Error::NotFound) => {
                // Merged before, or never there: the customer's own cart is the answer if there is one.
                return Ok(Json(carts.shown(&mine.ok_or(Error::NotFound)?).await?));
            }
            Err(error) => return Err(error),
        };
        let now = carts.clock.now();
        let mut merged = mine.clone().unwrap_or_else(|| Cart::new(Some(customer_id.clone()), now));
        merged.merge(&guest, carts.limits());
        merged.version += 1;
        merged.updated_at = now;
        if write_merged(&carts, mine, merged.clone(), guest).await? {
            return Ok(Json(carts.shown(&merged).await?));
        }
    }
    Err(Error::Contended)
}

/// Writes the merged cart and takes the guest's away, both or neither. `false` when either changed meanwhile.
async fn write_merged(
    carts: &Carts,
    mine: Option<Cart>,
    merged: Cart,
    guest: Cart,
) -> Result<bool, Error> {
    let written = carts
        .db
        .write(move |tx| async move {
            let gone = store::delete(&tx, &guest.id, guest.version).await?;
            let kept = match mine {
                Some(mine) => store::update(&tx, &merged, mine.version).await?,
                None => store::insert(&tx, &merged).await?,
            };
            // An error rolls both back.
            if gone && kept { Ok(()) } else { Err(Error::Contended) }
        })
        .await;
    match written {
        Ok(()) => Ok(true),
        Err(Error::Contended) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Carts, touched last first: to try promotions out on, and to help shoppers. Needs `orders:read`.
#[utoipa::path(get, path = "/api/v1/carts", operation_id = "list_carts", tag = "cart", params(PageQuery),
    responses((status = 200, body = Page<CartSummary>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_carts(
    State(carts): State<Carts>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<CartSummary>>, Error> {
    caller.require(Permission::OrdersRead)?;
    let (limit, before) = (query.limit()?, query.after::<(i64, String)>()?);
    let found = carts.db.read(|tx| async move { store::newest(&tx, before, limit + 1).await });
    let key = |cart: &Cart| (cart.updated_at.as_millis(), cart.id.to_string());
    let page = Page::from_rows(found.await?, limit, key);
    Ok(Json(page.map(|cart| summary(cart, carts.config.currency))))
}

fn summary(cart: Cart, currency: Currency) -> CartSummary {
    let seen = |line: &Line| i64::from(line.quantity).saturating_mul(line.seen_price.amount_minor);
    CartSummary {
        item_count: cart.lines.iter().map(|line| line.quantity).sum(),
        seen_total: Money::new(cart.lines.iter().map(seen).sum(), currency),
        id: cart.id,
        customer_id: cart.customer_id,
        coupons: cart.coupons,
        updated_at: cart.updated_at,
    }
}

/// Takes out what an order has bought. Internal.
pub(crate) async fn consume_cart(
    State(carts): State<Carts>,
    Path(id): Path<CartId>,
    Json(consumption): Json<Consumption>,
) -> Result<StatusCode, Error> {
    for _ in 0..20 {
        let wanted = id.clone();
        let found = carts.db.read(|tx| async move { store::cart(&tx, &wanted).await }).await?;
        // A cart that is gone holds nothing that was bought.
        let Some(mut cart) = found else { return Ok(StatusCode::NO_CONTENT) };
        let read_version = cart.version;
        if !cart.consume(&consumption) {
            return Ok(StatusCode::NO_CONTENT);
        }
        cart.version += 1;
        cart.updated_at = carts.clock.now();
        let done = carts
            .db
            .write(move |tx| async move { store::update(&tx, &cart, read_version).await })
            .await?;
        if done {
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(Error::Contended)
}
