//! What a checkout may be asked with.

use emart_identity_api::Address;
use emart_orders_api::{NewCheckout, OrderPatch, PutDraft};
use emart_pricing_api::Country;
use emart_types::Invalid;

use crate::domain::draft::check_lines;

/// Checks everything that can be checked without asking anyone but for the countries.
pub(crate) fn check(new: &NewCheckout, countries: &[Country]) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    check_email(&mut invalid, &new.email);
    check_address(&mut invalid, "/shipping_address", &new.shipping_address, countries);
    if let Some(billing) = &new.billing_address {
        check_address(&mut invalid, "/billing_address", billing, countries);
    }
    if let Some(note) = &new.note {
        check_note(&mut invalid, note);
    }
    // It is handed on in a header, which carries nothing else.
    let token = new.cart_token.as_deref().unwrap_or_default();
    let carried = token.len() <= 200 && token.bytes().all(|b| b.is_ascii_graphic());
    invalid.require(carried, "/cart_token", "must be at most 200 visible ASCII characters");
    let cards = &new.gift_cards;
    let few = cards.len() <= 5 && cards.iter().all(|token| token.len() <= 200);
    invalid.require(few, "/gift_cards", "must be at most 5 tokens of gift cards");
    let day = new.delivery_date.as_deref().unwrap_or_default();
    invalid.require(day.len() <= 10, "/delivery_date", "must be a day like 2026-01-31");
    invalid.finish()
}

/// Checks a correction.
pub(crate) fn check_patch(patch: &OrderPatch, countries: &[Country]) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    if let Some(email) = &patch.email {
        check_email(&mut invalid, email);
    }
    if let Some(address) = &patch.shipping_address {
        check_address(&mut invalid, "/shipping_address", address, countries);
    }
    if let Some(address) = &patch.billing_address {
        check_address(&mut invalid, "/billing_address", address, countries);
    }
    if let Some(note) = &patch.note {
        check_note(&mut invalid, note);
    }
    invalid.finish()
}

/// Checks a draft, as far as it is filled in.
pub(crate) fn check_draft(draft: &PutDraft, countries: &[Country]) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    check_lines(&mut invalid, &draft.lines);
    if let Some(email) = &draft.email {
        check_email(&mut invalid, email);
    }
    let id = draft.customer_id.as_deref().unwrap_or("usr_");
    let plain = id.len() <= 64 && id.bytes().all(|b| b.is_ascii_graphic());
    invalid.require(plain && id.starts_with("usr_"), "/customer_id", "must be a customer's id");
    if let Some(address) = &draft.shipping_address {
        check_address(&mut invalid, "/shipping_address", address, countries);
    }
    if let Some(note) = &draft.note {
        check_note(&mut invalid, note);
    }
    invalid.finish()
}

fn check_note(invalid: &mut Invalid, note: &str) {
    let plain = !note.chars().any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t');
    let short = note.chars().count() <= 1000;
    invalid.require(plain && short, "/note", "must be at most 1000 characters");
}

fn check_email(invalid: &mut Invalid, email: &str) {
    let well_formed = email.len() <= 254
        && !email.chars().any(|c| c.is_control() || c.is_whitespace())
        && email.split_once('@').is_some_and(|(local, domain)| {
            (1..=64).contains(&local.len())
                && domain.contains('.')
                && !domain.contains('@')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        });
    invalid.require(well_formed, "/email", "must be an e-mail address");
}

fn check_address(invalid: &mut Invalid, at: &str, address: &Address, countries: &[Country]) {
    let mut text = |field: &str, value: &str, least: usize, most: usize| {
        let length = value.trim().chars().count();
        if !(least..=most).contains(&length) || value.chars().any(char::is_control) {
            let detail = if least == 0 {
                format!("must be at most {most} characters")
            } else {
                format!("must be {least} to {most} characters")
            };
            invalid.push(format!("{at}/{field}"), detail);
        }
    };
    text("name", &address.name, 1, 100);
    text("line1", &address.line1, 1, 200);
    text("line2", address.line2.as_deref().unwrap_or_default(), 0, 200);
    text("city", &address.city, 1, 100);
    text("phone", address.phone.as_deref().unwrap_or_default(), 0, 40);
    let Some(country) = countries.iter().find(|country| country.code == address.country) else {
        invalid.push(format!("{at}/country"), "must be a country the store sends to");
        return;
    };
    let least = usize::from(country.postal_code_required);
    text("postal_code", &address.postal_code, least, 20);
    let region = address.region.as_deref().unwrap_or_default();
    let known = country.regions.iter().any(|known| known.code == region);
    if !country.regions.is_empty() && !known {
        invalid.push(format!("{at}/region"), format!("must be a region of {}", country.name));
    } else if country.regions.is_empty() {
        text("region", region, 0, 60);
    }
}
