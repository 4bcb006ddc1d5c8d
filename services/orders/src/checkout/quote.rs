//! Step `quote`: what the cart costs now. Leaves nothing behind.

use emart_pricing_api::{Destination, NewQuote, Quote, QuoteLineRequest, ShopperQuote};

use crate::Orders;
use crate::checkout::Stop;
use crate::domain::progress::Record;

/// Finds the quote, or asks and writes it down: whatever happens later, this is what will be paid.
pub(crate) async fn run(orders: &Orders, record: &mut Record) -> Result<(), Stop> {
    if record.progress.quote.is_some() {
        return Ok(());
    }
    ask(orders, record).await?;
    orders.save(record).await.map_err(|error| Stop::Later(error.to_string()))
}

/// Asks for the quote of a checkout that is not written down yet.
pub(crate) async fn ask(orders: &Orders, record: &mut Record) -> Result<(), Stop> {
    let request = &record.progress.request;
    let lines = record.progress.cart.lines.iter().map(|line| QuoteLineRequest {
        variant_id: line.variant_id.clone(),
        quantity: line.quantity,
    });
    let address = &request.shipping_address;
    let quote = NewQuote {
        lines: lines.collect(),
        destination: Some(Destination {
            country: address.country.clone(),
            region: address.region.clone().filter(|region| !region.is_empty()),
        }),
        shipping_method_id: request.shipping_method_id.clone(),
        coupons: record.progress.cart.coupons.clone(),
    };
    let (shopper, delivered) = (record.progress.shopper(), record.progress.terms.delivered);
    let asked = ShopperQuote { quote, shopper, delivered };
    let quote = orders.clients.pricing.shopper_quote(&asked).await?;
    refuse_coupons(&quote)?;
    let wanted = record.progress.cart.lines.iter().map(|line| (&line.variant_id, line.quantity));
    let priced = quote.lines.iter().map(|line| (&line.variant_id, line.quantity));
    if wanted.ne(priced) {
        return Err(Stop::Later("the quote is not for the lines of the cart".to_owned()));
    }
    if let Some(expected) = request.expected_total.filter(|expected| *expected != quote.total) {
        return Err(Stop::Refused {
            code: "price-changed".to_owned(),
            detail: format!("it costs {} now, not {expected}", quote.total),
        });
    }
    record.progress.quote = Some(quote);
    Ok(())
}

/// Nobody pays more than they expect: what a code does not do (any more) is said before anything is bought. One that is
/// beaten by something better does no harm.
fn refuse_coupons(quote: &Quote) -> Result<(), Stop> {
    let harmless = |reason: &str| matches!(reason, "better_offer" | "nothing_off");
    let refused = quote
        .coupons
        .iter()
        .find(|coupon| !coupon.applied && !coupon.reason.as_deref().is_some_and(harmless));
    let Some(refused) = refused else { return Ok(()) };
    let why = refused.detail.as_deref().unwrap_or("It cannot be used.");
    let detail = format!("the code {} does not count: {why}", refused.code);
    Err(Stop::Refused { code: "coupon-refused".to_owned(), detail })
}
