//! How others call `pricing`.

use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    AnyDayBooking, Country, DeliverySlot, NewDeliveredQuote, NewQuote, NewSlotBooking, Quote,
    SlotBooking,
};

/// A typed handle to `pricing`.
#[derive(Clone, Debug)]
pub struct Pricing(pub Peer);

impl Pricing {
    /// What a cart costs. `unknown-variant`, `not-for-sale`, `unknown-shipping-method`, `cannot-ship-there`.
    pub async fn quote(&self, quote: &NewQuote) -> Result<Quote, CallError> {
        Call::post(&self.0, "/api/v1/pricing/quotes").json(quote).send().await
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
