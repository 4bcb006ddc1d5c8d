//! Payments.

use axum::extract::State;
use emart_http::{Caller, Json, Path, Permission, Problem};
use emart_payments_api::{Authentication, NewPayment, Payment, PaymentId};

use crate::domain::payment::Known;
use crate::error::Error;
use crate::{Payments, store};

/// A payment. For staff.
#[utoipa::path(get, path = "/api/v1/payments/{id}", operation_id = "get_payment",
    tag = "payments", params(("id" = PaymentId, Path)),
    responses((status = 200, body = Payment), (status = "4XX", body = Problem)))]
pub(crate) async fn get_payment(
    State(payments): State<Payments>,
    caller: Caller,
    Path(id): Path<PaymentId>,
) -> Result<Json<Payment>, Error> {
    caller.require(Permission::OrdersRead)?;
    Ok(Json(payments.payment(&id).await?.payment()))
}

/// Says what the card's holder said to their bank, where the payment is `requires_action`: the test provider's
/// stand-in for the bank's own page. Who knows the payment's id may.
#[utoipa::path(post, path = "/api/v1/payments/{id}/authentication",
    operation_id = "authenticate_payment", tag = "payments", params(("id" = PaymentId, Path)),
    request_body = Authentication,
    responses((status = 200, body = Payment), (status = "4XX", body = Problem)))]
pub(crate) async fn authenticate_payment(
    State(payments): State<Payments>,
    Path(id): Path<PaymentId>,
    Json(said): Json<Authentication>,
) -> Result<Json<Payment>, Error> {
    Ok(Json(payments.authenticate(&id, said.outcome).await?.payment()))
}

/// Asks for the promise of money. Internal.
pub(crate) async fn authorize(
    State(payments): State<Payments>,
    Json(new): Json<NewPayment>,
) -> Result<Json<Payment>, Error> {
    Ok(Json(payments.authorize(new).await?.payment()))
}

/// Takes the money. Internal.
pub(crate) async fn capture(
    State(payments): State<Payments>,
    Path(id): Path<PaymentId>,
) -> Result<Json<Payment>, Error> {
    Ok(Json(payments.capture(&id).await?.payment()))
}

/// The payment of a checkout. Internal.
pub(crate) async fn by_reference(
    State(payments): State<Payments>,
    Path(reference): Path<String>,
) -> Result<Json<Payment>, Error> {
    let read = |tx| async move { store::payments::by_reference(&tx, &reference).await };
    let known = payments.db.read(read).await?;
    let kept = known.and_then(Known::payment).ok_or(Error::NotFound)?;
    Ok(Json(kept.payment()))
}

/// Gives a payment up. 404 when there was none; it is stopped all the same. Internal.
pub(crate) async fn cancel(
    State(payments): State<Payments>,
    Path(reference): Path<String>,
) -> Result<Json<Payment>, Error> {
    let kept = payments.cancel(reference).await?.ok_or(Error::NotFound)?;
    Ok(Json(kept.payment()))
}
