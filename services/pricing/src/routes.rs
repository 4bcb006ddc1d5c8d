//! All routes of `pricing`.

mod claims;
mod promotions;
mod quotes;
mod shipping_methods;
mod slots;
mod tax_rates;

use axum::routing::{delete, get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Pricing;

pub(crate) fn routes(pricing: Pricing) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(quotes::create_quote))
        .routes(routes!(quotes::list_countries))
        .routes(routes!(promotions::list_promotions, promotions::create_promotion))
        .routes(routes!(
            promotions::get_promotion,
            promotions::put_promotion,
            promotions::delete_promotion
        ))
        .routes(routes!(promotions::list_promotion_uses))
        .routes(routes!(promotions::preview_promotion))
        .routes(routes!(slots::list_delivery_slots))
        .routes(routes!(slots::put_delivery_slot, slots::delete_delivery_slot))
        .routes(routes!(slots::list_delivery_days))
        .routes(routes!(tax_rates::list_tax_rates, tax_rates::create_tax_rate))
        .routes(routes!(
            tax_rates::get_tax_rate,
            tax_rates::put_tax_rate,
            tax_rates::delete_tax_rate
        ))
        .routes(routes!(
            shipping_methods::list_shipping_methods,
            shipping_methods::create_shipping_method
        ))
        .routes(routes!(
            shipping_methods::get_shipping_method,
            shipping_methods::put_shipping_method,
            shipping_methods::delete_shipping_method
        ))
        .route("/internal/pricing/slot-bookings", post(slots::book_slot))
        .route("/internal/pricing/slot-bookings/{reference}", delete(slots::release_slot))
        .route("/internal/pricing/any-day-bookings", post(slots::book_any_day))
        .route("/internal/pricing/full-days", get(slots::full_days))
        .route("/internal/pricing/delivered-quotes", post(quotes::create_delivered_quote))
        .route("/internal/pricing/shopper-quotes", post(quotes::create_shopper_quote))
        .route("/internal/pricing/promotion-claims", post(claims::claim_promotions))
        .route("/internal/pricing/promotion-claims/{reference}", delete(claims::release_promotions))
        .with_state(pricing)
}
