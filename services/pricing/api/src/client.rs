//! How others call `pricing`.

use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    AnyDayBooking, CalendarDay, Country, DeliverySlot, NewDeliveredQuote, NewPreview, NewQuote,
    NewSlotBooking, Preview, Promotion, PromotionClaim, PromotionId, PromotionUse, PutDeliverySlot,
    PutPromotion, PutShippingMethod, PutTaxRate, Quote, ShippingMethod, ShippingMethodId,
    ShopperQuote, SlotBooking, TaxRate, TaxRateId,
};

/// A typed handle to `pricing`.
#[derive(Clone, Debug)]
pub struct Pricing(pub Peer);

impl Pricing {
    /// What a cart costs. `unknown-variant`, `not-for-sale`, `unknown-shipping-method`, `cannot-ship-there`.
    pub async fn quote(&self, quote: &NewQuote) -> Result<Quote, CallError> {
        Call::post(&self.0, "/api/v1/pricing/quotes").json(quote).send().await
    }

    /// What a cart costs somebody who is known, with the promotions that count for them.
    pub async fn shopper_quote(&self, quote: &ShopperQuote) -> Result<Quote, CallError> {
        Call::post(&self.0, "/internal/pricing/shopper-quotes").json(quote).send().await
    }

    /// Claims a use of promotions for a checkout. Again does nothing. `coupon-used-up`, `coupon-ended`.
    pub async fn claim_promotions(&self, claim: &PromotionClaim) -> Result<(), CallError> {
        let call = Call::post(&self.0, "/internal/pricing/promotion-claims");
        call.once(&claim.reference).json(claim).done().await
    }

    /// Gives a checkout's claims back. Again, and for claims that never were, does nothing; it also stops those still on
    /// their way.
    pub async fn release_promotions(&self, reference: &str) -> Result<(), CallError> {
        let path = format!("/internal/pricing/promotion-claims/{reference}");
        Call::delete(&self.0, path).done().await
    }

    /// What a cart costs whose prices have delivery in them.
    pub async fn delivered_quote(&self, quote: &NewDeliveredQuote) -> Result<Quote, CallError> {
        Call::post(&self.0, "/internal/pricing/delivered-quotes").json(quote).send().await
    }

    /// The days from today on that have no place left, days of delivery or not.
    pub async fn full_days(&self) -> Result<Vec<String>, CallError> {
        Call::get(&self.0, "/internal/pricing/full-days").send().await
    }

    /// Takes a place on any day from today on; `slot-full` when it has none left, `slot-closed` when it is past or no
    /// day.
    pub async fn book_any_day(&self, booking: &AnyDayBooking) -> Result<SlotBooking, CallError> {
        let call = Call::post(&self.0, "/internal/pricing/any-day-bookings");
        call.once(&booking.reference).json(booking).send().await
    }

    /// The days on which the store delivers, from the first possible one; at most 60.
    pub async fn delivery_slots(&self, days: u32) -> Result<Vec<DeliverySlot>, CallError> {
        let path = format!("/api/v1/pricing/delivery-slots?days={days}");
        let page: Page<DeliverySlot> = Call::get(&self.0, path).send().await?;
        Ok(page.items)
    }

    /// The countries the store sends to.
    pub async fn countries(&self) -> Result<Vec<Country>, CallError> {
        let page: Page<Country> = Call::get(&self.0, "/api/v1/pricing/countries").send().await?;
        Ok(page.items)
    }

    /// Takes a place on a day; `slot-full` when the day has none left, `slot-closed` when it takes no orders.
    pub async fn book_slot(&self, booking: &NewSlotBooking) -> Result<SlotBooking, CallError> {
        let call = Call::post(&self.0, "/internal/pricing/slot-bookings");
        call.once(&booking.reference).json(booking).send().await
    }

    /// Gives a place back. Again, and for a booking that never was, does nothing; it also stops one still on its way.
    pub async fn release_slot(&self, reference: &str) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/internal/pricing/slot-bookings/{reference}")).done().await
    }
}

/// What staff do. The version is that of the ETag.
impl Pricing {
    /// Promotions, newest first. `query` is that of the list.
    pub async fn promotions(&self, query: &str) -> Result<Page<Promotion>, CallError> {
        Call::get(&self.0, "/api/v1/pricing/promotions").query(query).send().await
    }

    /// A promotion with its figures.
    pub async fn promotion(&self, id: &PromotionId) -> Result<Option<Promotion>, CallError> {
        Call::get(&self.0, format!("/api/v1/pricing/promotions/{id}")).optional().await
    }

    /// Makes a promotion. `coupon-code-taken`.
    pub async fn create_promotion(&self, body: &PutPromotion) -> Result<Promotion, CallError> {
        Call::post(&self.0, "/api/v1/pricing/promotions").json(body).send().await
    }

    /// Changes a promotion.
    pub async fn put_promotion(
        &self,
        id: &PromotionId,
        version: i64,
        body: &PutPromotion,
    ) -> Result<Promotion, CallError> {
        let call = Call::put(&self.0, format!("/api/v1/pricing/promotions/{id}"));
        call.header(IF_MATCH, &tag(version)).json(body).send().await
    }

    /// Takes a promotion away.
    pub async fn delete_promotion(&self, id: &PromotionId, version: i64) -> Result<(), CallError> {
        let call = Call::delete(&self.0, format!("/api/v1/pricing/promotions/{id}"));
        call.header(IF_MATCH, &tag(version)).done().await
    }

    /// The orders that were placed with a promotion.
    pub async fn promotion_uses(
        &self,
        id: &PromotionId,
        query: &str,
    ) -> Result<Page<PromotionUse>, CallError> {
        let path = format!("/api/v1/pricing/promotions/{id}/uses");
        Call::get(&self.0, path).query(query).send().await
    }

    /// What a promotion would do to a cart.
    pub async fn preview_promotion(&self, new: &NewPreview) -> Result<Preview, CallError> {
        Call::post(&self.0, "/api/v1/pricing/promotion-previews").json(new).send().await
    }

    /// Tax rates, a page at a time.
    pub async fn tax_rates(&self, query: &str) -> Result<Page<TaxRate>, CallError> {
        Call::get(&self.0, "/api/v1/pricing/tax-rates").query(query).send().await
    }

    /// A tax rate.
    pub async fn tax_rate(&self, id: &TaxRateId) -> Result<Option<TaxRate>, CallError> {
        Call::get(&self.0, format!("/api/v1/pricing/tax-rates/{id}")).optional().await
    }

    /// Adds a tax rate. `tax-rate-exists`.
    pub async fn create_tax_rate(&self, body: &PutTaxRate) -> Result<TaxRate, CallError> {
        Call::post(&self.0, "/api/v1/pricing/tax-rates").json(body).send().await
    }

    /// Changes a tax rate.
    pub async fn put_tax_rate(
        &self,
        id: &TaxRateId,
        version: i64,
        body: &PutTaxRate,
    ) -> Result<TaxRate, CallError> {
        let call = Call::put(&self.0, format!("/api/v1/pricing/tax-rates/{id}"));
        call.header(IF_MATCH, &tag(version)).json(body).send().await
    }

    /// Takes a tax rate away.
    pub async fn delete_tax_rate(&self, id: &TaxRateId, version: i64) -> Result<(), CallError> {
        let call = Call::delete(&self.0, format!("/api/v1/pricing/tax-rates/{id}"));
        call.header(IF_MATCH, &tag(version)).done().await
    }

    /// All ways to send things.
    pub async fn shipping_methods(&self) -> Result<Vec<ShippingMethod>, CallError> {
        let path = "/api/v1/pricing/shipping-methods";
        let page: Page<ShippingMethod> = Call::get(&self.0, path).send().await?;
        Ok(page.items)
    }

    /// A way to send things.
    pub async fn shipping_method(
        &self,
        id: &ShippingMethodId,
    ) -> Result<Option<ShippingMethod>, CallError> {
        Call::get(&self.0, format!("/api/v1/pricing/shipping-methods/{id}")).optional().await
    }

    /// Adds a way to send things.
    pub async fn create_shipping_method(
        &self,
        body: &PutShippingMethod,
    ) -> Result<ShippingMethod, CallError> {
        Call::post(&self.0, "/api/v1/pricing/shipping-methods").json(body).send().await
    }

    /// Changes a way to send things.
    pub async fn put_shipping_method(
        &self,
        id: &ShippingMethodId,
        version: i64,
        body: &PutShippingMethod,
    ) -> Result<ShippingMethod, CallError> {
        let call = Call::put(&self.0, format!("/api/v1/pricing/shipping-methods/{id}"));
        call.header(IF_MATCH, &tag(version)).json(body).send().await
    }

    /// Takes a way to send things away.
    pub async fn delete_shipping_method(
        &self,
        id: &ShippingMethodId,
        version: i64,
    ) -> Result<(), CallError> {
        let call = Call::delete(&self.0, format!("/api/v1/pricing/shipping-methods/{id}"));
        call.header(IF_MATCH, &tag(version)).done().await
    }

    /// All days of a month, `2026-01`.
    pub async fn delivery_days(&self, month: &str) -> Result<Vec<CalendarDay>, CallError> {
        let call = Call::get(&self.0, "/api/v1/pricing/delivery-days");
        let page: Page<CalendarDay> = call.query(&format!("month={month}")).send().await?;
        Ok(page.items)
    }

    /// Sets how many orders a day takes.
    pub async fn put_delivery_slot(
        &self,
        date: &str,
        body: &PutDeliverySlot,
    ) -> Result<DeliverySlot, CallError> {
        let path = format!("/api/v1/pricing/delivery-slots/{date}");
        Call::put(&self.0, path).json(body).send().await
    }

    /// Lets a day take as many orders as any other.
    pub async fn delete_delivery_slot(&self, date: &str) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/pricing/delivery-slots/{date}")).done().await
    }
}

const IF_MATCH: &str = "if-match";

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}
