//! What the checkout page shows besides the form: the cart, where it can go, what it costs there, and when it comes.

use emart_cart_api::CartView;
use emart_identity_api::SavedAddress;
use emart_pricing_api::{Country, DeliverySlot, Destination, NewQuote, Quote};

use super::CheckoutForm;
use super::gifts::{Paid, paid};
use crate::Storefront;
use crate::basket;
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
    /// What gift cards pay, once it is known what there is to pay.
    pub(super) paid: Option<Paid>,
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
    visitor: &Visitor,
    view: CartView,
    saved: Vec<SavedAddress>,
    form: &mut CheckoutForm,
) -> Result<Known, Error> {
    let pricing = &storefront.clients.pricing;
    let countries = pricing.countries().await?;
    if !saved.iter().any(|saved| saved.id.as_str() == form.saved_address) {
        form.saved_address.clear();
    }
    let quote = quote(storefront, visitor, &view, form.destination(&saved), form).await?;
    if form.address.country.is_empty() {
        let own = quote.as_ref().map(|quote| quote.country.clone());
        form.address.country =
            own.or_else(|| countries.first().map(|c| c.code.clone())).unwrap_or_default();
    }
    let to_be_sent = quote.as_ref().is_some_and(|quote| quote.shipping.is_some());
    let slots = if to_be_sent { pricing.delivery_slots(DAYS).await? } else { Vec::new() };
    let cards = storefront.clients.payments.gift_card_balances(&form.gifts).await?;
    let paid = quote.as_ref().map(|quote| paid(cards, quote.total));
    Ok(Known { view, countries, saved, quote, slots, paid })
}

/// `None` when nothing reaches that country.
async fn quote(
    storefront: &Storefront,
    visitor: &Visitor,
    view: &CartView,
    destination: Option<Destination>,
    form: &mut CheckoutForm,
) -> Result<Option<Quote>, Error> {
    let mut ask = NewQuote {
        destination,
        shipping_method_id: form.shipping_method.parse().ok(),
        ..basket::question(view)
    };
    let mut answer = storefront.priced(visitor, ask.clone(), &form.email).await;
    if ask.shipping_method_id.is_some()
        && answer.as_ref().is_err_and(emart_mesh::CallError::is_refusal)
    {
        // The method does not go there: the cheapest that does.
        ask.shipping_method_id = None;
        form.shipping_method.clear();
        answer = storefront.priced(visitor, ask, &form.email).await;
    }
    match answer {
        Ok(quote) => Ok(Some(quote)),
        Err(error) if error.is_refusal() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
