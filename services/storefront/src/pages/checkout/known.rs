//! What the checkout page shows besides the form: the cart, where it can go, what it costs there, and when it comes.

use emart_cart_api::CartView;
use emart_identity_api::SavedAddress;
use emart_pricing_api::{Country, DeliverySlot, Destination, NewQuote, Quote, QuoteLineRequest};

use super::CheckoutForm;
use crate::Storefront;
use crate::error::Error;
use crate::frame::Visitor;

/// Days of delivery to choose from.
const DAYS: u32 = 14;

/// Asked of the services each time.
pub(super) struct Known {
    pub(super) view: CartView,
    pub(super) countries: Vec<Country>,
    pub(super) saved: Vec<SavedAddress>,
    pub(super) quote: Option<Quote>,
    pub(super) slots: Vec<DeliverySlot>,
}

impl Known {
    pub(super) fn country(&self, code: &str) -> Option<&Country> {
        self.countries.iter().find(|country| country.code == code)
    }
}

/// The cart, when it can be bought as it is; the cart page says what is wrong with it otherwise.
pub(super) async fn ready_cart(
    storefront: &Storefront,
    visitor: &Visitor,
) -> Result<Option<CartView>, Error> {
    let view = storefront.cart_of(visitor).await?;
    Ok(view.filter(|view| view.can_be_bought))
}

pub(super) async fn saved_addresses(
    storefront: &Storefront,
    visitor: &Visitor,
) -> Result<Vec<SavedAddress>, Error> {
    if visitor.caller.user_id().is_none() {
        return Ok(Vec::new());
    }
    Ok(storefront.clients.identity.addresses().await?.items)
}

/// Asks what the cart costs where the form says it goes. What the form says and is not possible (any more) is
/// changed to what is.
pub(super) async fn gather(
    storefront: &Storefront,
    view: CartView,
    saved: Vec<SavedAddress>,
    form: &mut CheckoutForm,
) -> Result<Known, Error> {
    let pricing = &storefront.clients.pricing;
    let countries = pricing.countries().await?;
    if !saved.iter().any(|saved| saved.id.as_str() == form.saved_address) {
        form.saved_address.clear();
    }
    let quote = quote(storefront, &view, form.destination(&saved), form).await?;
    if form.address.country.is_empty() {
        let own = quote.as_ref().map(|quote| quote.country.clone());
        form.address.country =
            own.or_else(|| countries.first().map(|c| c.code.clone())).unwrap_or_default();
    }
    let to_be_sent = quote.as_ref().is_some_and(|quote| quote.shipping.is_some());
    let slots = if to_be_sent { pricing.delivery_slots(DAYS).await? } else { Vec::new() };
    Ok(Known { view, countries, saved, quote, slots })
}

/// `None` when nothing reaches that country.
async fn quote(
    storefront: &Storefront,
    view: &CartView,
    destination: Option<Destination>,
    form: &mut CheckoutForm,
) -> Result<Option<Quote>, Error> {
    let line = |line: &emart_cart_api::CartLine| QuoteLineRequest {
        variant_id: line.variant_id.clone(),
        quantity: line.quantity,
    };
    let mut ask = NewQuote {
        lines: view.lines.iter().map(line).collect(),
        destination,
        shipping_method_id: form.shipping_method.parse().ok(),
    };
    let pricing = &storefront.clients.pricing;
    let mut answer = pricing.quote(&ask).await;
    if ask.shipping_method_id.is_some()
        && answer.as_ref().is_err_and(emart_mesh::CallError::is_refusal)
    {
        // The method does not go there: the cheapest that does.
        ask.shipping_method_id = None;
        form.shipping_method.clear();
        answer = pricing.quote(&ask).await;
    }
    match answer {
        Ok(quote) => Ok(Some(quote)),
        Err(error) if error.is_refusal() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
