//! What the checkout form sends, and the part of it that the browser keeps until the order is placed.

use emart_identity_api::{Address, SavedAddress};
use emart_pricing_api::Destination;
use serde::{Deserialize, Serialize};

use crate::forms::AddressForm;

/// What a cookie holds in any browser.
const COOKIE_LIMIT: usize = 3500;

/// The form. What is skipped when it is written never goes into the draft.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CheckoutForm {
    pub(super) email: String,
    /// One of the customer's addresses; empty for the one typed in.
    pub(super) saved_address: String,
    #[serde(flatten)]
    pub(super) address: AddressForm,
    pub(super) shipping_method: String,
    pub(super) slot: String,
    #[serde(skip_serializing)]
    pub(super) save_address: String,
    #[serde(skip_serializing)]
    pub(super) card_number: String,
    #[serde(skip_serializing)]
    pub(super) card_expiry: String,
    #[serde(skip_serializing)]
    pub(super) card_cvc: String,
    #[serde(skip_serializing)]
    pub(super) password: String,
    /// The address an account has been asked for already, so that a second try does not ask again.
    pub(super) registered: String,
    /// The `Idempotency-Key` of the order.
    #[serde(skip_serializing)]
    pub(super) key: String,
    /// The total the shopper was shown, in minor units.
    #[serde(skip_serializing)]
    pub(super) expected_total: String,
    /// A gift card's code that is being put in.
    #[serde(skip_serializing)]
    pub(super) gift: String,
    /// What the shopper was shown is left for the card, in minor units.
    #[serde(skip_serializing)]
    pub(super) expected_to_pay: String,
    /// Tokens of the gift cards that are to pay: from their cookie, not from the form.
    #[serde(skip)]
    pub(super) gifts: Vec<String>,
    /// A code that is being put in.
    #[serde(skip_serializing)]
    pub(super) coupon: String,
    #[serde(skip_serializing)]
    pub(super) action: String,
}

impl CheckoutForm {
    /// Whether no code was typed that is still to be looked at.
    pub(super) fn has_no_code(&self) -> bool {
        self.coupon.trim().is_empty() && self.gift.trim().is_empty()
    }

    /// The form as the browser has kept it; empty when it has not.
    pub(super) fn draft(cookie: Option<&str>) -> Self {
        cookie.and_then(|text| serde_html_form::from_str(text).ok()).unwrap_or_default()
    }

    /// What the browser keeps: no card, no password.
    pub(super) fn to_draft(&self) -> String {
        let draft = serde_html_form::to_string(self).unwrap_or_default();
        if draft.len() > COOKIE_LIMIT { String::new() } else { draft }
    }

    /// Where it goes.
    pub(super) fn shipping_address(&self, saved: &[SavedAddress]) -> Address {
        let chosen = saved.iter().find(|saved| saved.id.as_str() == self.saved_address);
        chosen.map_or_else(|| self.address.address(), |saved| saved.address.clone())
    }

    /// Where it goes, as far as the totals depend on it.
    pub(super) fn destination(&self, saved: &[SavedAddress]) -> Option<Destination> {
        let address = self.shipping_address(saved);
        let Address { country, region, .. } = address;
        (country.len() == 2).then_some(Destination { country, region })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draft_keeps_what_was_typed_but_neither_card_nor_password() {
        let address = AddressForm { city: "Köln".to_owned(), ..AddressForm::default() };
        let form = CheckoutForm {
            email: "ada@example.com".to_owned(),
            address,
            card_number: "4242424242424242".to_owned(),
            card_cvc: "987".to_owned(),
            password: "correct horse".to_owned(),
            ..CheckoutForm::default()
        };
        let draft = form.to_draft();
        assert!(!draft.contains("4242") && !draft.contains("987") && !draft.contains("horse"));
        let read = CheckoutForm::draft(Some(&draft));
        assert_eq!((read.email.as_str(), read.address.city.as_str()), ("ada@example.com", "Köln"));
    }
}
