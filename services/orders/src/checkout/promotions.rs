//! Step `promotions`: a use of each promotion that the quote counts is claimed for this checkout.

use emart_mesh::CallError;
use emart_pricing_api::PromotionClaim;

use crate::Orders;
use crate::checkout::Stop;
use crate::domain::progress::Record;

pub(crate) async fn run(orders: &Orders, record: &mut Record) -> Result<(), Stop> {
    let Some(quote) = &record.progress.quote else {
        return Err(Stop::Later("there is no quote".to_owned()));
    };
    let promotions = quote.discounts.iter().map(|discount| discount.promotion_id.clone());
    let claim = PromotionClaim {
        reference: record.id.to_string(),
        promotions: promotions.collect(),
        shopper: record.progress.shopper(),
    };
    if claim.promotions.is_empty() {
        return Ok(());
    }
    Ok(orders.clients.pricing.claim_promotions(&claim).await?)
}

pub(crate) async fn undo(orders: &Orders, record: &Record) -> Result<(), CallError> {
    // Without a quote, or with one of no promotion, nothing was ever asked for.
    let quote = record.progress.quote.as_ref();
    if quote.is_none_or(|quote| quote.discounts.is_empty()) {
        return Ok(());
    }
    orders.clients.pricing.release_promotions(record.id.as_str()).await
}
