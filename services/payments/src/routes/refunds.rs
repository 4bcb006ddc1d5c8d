//! Refunds, and payments that came another way.

use axum::extract::State;
use emart_http::{Caller, Json, Page, Path, Permission, Problem};
use emart_payments_api::{NewManualPayment, NewPaymentRefund, Payment, PaymentId, Refund};

use crate::Payments;
use crate::error::Error;

/// What was given back of a payment, the oldest first. For staff.
#[utoipa::path(get, path = "/api/v1/payments/{id}/refunds", operation_id = "list_payment_refunds",
    tag = "payments", params(("id" = PaymentId, Path)),
    responses((status = 200, body = Page<Refund>), (status = "4XX", body = Problem)))]
pub(crate) async fn list_payment_refunds(
    State(payments): State<Payments>,
    caller: Caller,
    Path(id): Path<PaymentId>,
) -> Result<Json<Page<Refund>>, Error> {
    caller.require(Permission::OrdersRead)?;
    Ok(Json(Page { items: payments.refunds(&id).await?, next_cursor: None }))
}

/// Gives some of a payment back, once a reference. Internal.
pub(crate) async fn refund(
    State(payments): State<Payments>,
    Path(id): Path<PaymentId>,
    Json(new): Json<NewPaymentRefund>,
) -> Result<Json<Refund>, Error> {
    Ok(Json(payments.refund(&id, new).await?))
}

/// Writes a payment that was made already, once a reference. Internal.
pub(crate) async fn record_manual(
    State(payments): State<Payments>,
    Json(new): Json<NewManualPayment>,
) -> Result<Json<Payment>, Error> {
    Ok(Json(payments.record_manual(new).await?.payment()))
}
