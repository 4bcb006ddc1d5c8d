//! Payments that were made elsewhere. Internal.

use axum::extract::State;
use emart_http::{Json, Staff};
use emart_payments_api::MovedPayment;
use emart_types::Invalid;
use http::StatusCode;

use crate::error::Error;
use crate::providers::Adopted;
use crate::{Payments, store};

/// The most at once.
const MOST: usize = 1000;

/// Takes payments in whose money was taken before they came here, and lets the provider know of them first: money that
/// it does not know of could not be given back.
pub(crate) async fn import_payments(
    _: Staff,
    State(payments): State<Payments>,
    Json(moved): Json<Vec<MovedPayment>>,
) -> Result<StatusCode, Error> {
    if moved.len() > MOST || moved.iter().any(|payment| payment.amount.amount_minor < 0) {
        let detail = format!("must be at most {MOST}, none of them below 0");
        return Err(Invalid::field("", detail).into());
    }
    let charges = moved
        .iter()
        .map(|payment| Adopted { reference: payment.reference.clone(), amount: payment.amount });
    let charges: Vec<Adopted> = charges.collect();
    payments.provider.adopt(&charges).await?;
    let provider = payments.provider.name();
    let write =
        move |tx| async move { store::imports::insert_captured(&tx, provider, &moved).await };
    payments.db.write(write).await?;
    Ok(StatusCode::NO_CONTENT)
}
