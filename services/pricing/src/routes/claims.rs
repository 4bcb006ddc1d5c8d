//! Claims of checkouts on promotions. Internal.

use axum::extract::State;
use emart_http::{Json, Path};
use emart_pricing_api::PromotionClaim;
use emart_store::Tx;
use emart_types::Timestamp;
use http::StatusCode;

use crate::error::Error;
use crate::store::claims::{self, Begun};
use crate::{Pricing, store};

/// Claims a use of each promotion, of all or of none. Again does nothing. Internal.
pub(crate) async fn claim_promotions(
    State(pricing): State<Pricing>,
    Json(mut claim): Json<PromotionClaim>,
) -> Result<StatusCode, Error> {
    let now = pricing.clock.now();
    // The same order for everybody: nobody waits for somebody who waits for them.
    claim.promotions.sort();
    claim.promotions.dedup();
    pricing
        .db
        .write(move |tx| async move {
            match claims::begin(&tx, &claim.reference, now).await? {
                Begun::Known => Ok(()),
                Begun::Released => Err(Error::ClaimReleased),
                Begun::New => take_all(&tx, &claim, now).await,
            }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn take_all(tx: &Tx, claim: &PromotionClaim, now: Timestamp) -> Result<(), Error> {
    for id in &claim.promotions {
        let taken = claims::take(tx, id).await?;
        let kept = store::promotions::promotion(tx, id).await?.ok_or(Error::CouponEnded)?;
        let over = kept.body.ends_at.is_some_and(|end| end <= now);
        if over || !kept.body.active {
            return Err(Error::CouponEnded);
        }
        let title = kept.body.title;
        if !taken {
            return Err(Error::CouponUsedUp(title));
        }
        // First orders are once a shopper also when two of them come at once.
        let first = kept.body.conditions.first_order.then_some(1);
        let most = kept.body.limits.per_customer.into_iter().chain(first).min();
        if let Some(most) = most
            && claims::own_uses(tx, id, &claim.shopper).await? >= i64::from(most)
        {
            return Err(Error::CouponUsedUp(title));
        }
        claims::insert(tx, id, &claim.reference, &claim.shopper).await?;
    }
    Ok(())
}

/// Gives a checkout's claims back. Internal.
pub(crate) async fn release_promotions(
    State(pricing): State<Pricing>,
    Path(reference): Path<String>,
) -> Result<StatusCode, Error> {
    let now = pricing.clock.now();
    pricing.db.write(move |tx| async move { claims::release(&tx, &reference, now).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
