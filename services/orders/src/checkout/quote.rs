//! Step `quote`: what the cart costs now. Leaves nothing behind.

use emart_pricing_api::{Destination, NewDeliveredQuote, NewQuote, QuoteLineRequest};

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
    };
    let quote = if record.progress.terms.delivered {
        orders.clients.pricing.delivered_quote(&NewDeliveredQuote { quote }).await?
    } else {
        orders.clients.pricing.quote(&quote).await?
    };
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
