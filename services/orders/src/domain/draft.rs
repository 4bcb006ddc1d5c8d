//! What makes a cart of a draft.

use std::collections::HashSet;

use emart_cart_api::{CartId, CartLine, CartView, LineId};
use emart_catalog_api::VariantInfo;
use emart_orders_api::{DraftLine, NewCheckout, PutDraft};
use emart_payments_api::CardToken;
use emart_types::{Currency, Invalid, Money, Timestamp};

/// The version of the cart that a draft stands for: it is bought once, whatever was changed before.
pub(crate) const CART_VERSION: i64 = 1;
const MOST_LINES: usize = 100;

/// What is wrong with the lines of a draft.
pub(crate) fn check_lines(invalid: &mut Invalid, lines: &[DraftLine]) {
    invalid.require(lines.len() <= MOST_LINES, "/lines", "must be at most 100 lines");
    let mut seen = HashSet::new();
    for (at, line) in lines.iter().enumerate() {
        let counted = (1..=9999).contains(&line.quantity);
        let detail = "must be from 1 to 9999";
        invalid.require(counted, &format!("/lines/{at}/quantity"), detail);
        let once = seen.insert(&line.variant_id);
        invalid.require(once, &format!("/lines/{at}/variant_id"), "is there twice");
    }
}

/// What is missing before it can be paid.
pub(crate) fn missing(draft: &PutDraft, variants: &[VariantInfo]) -> Vec<String> {
    let mut missing = Vec::new();
    if draft.lines.is_empty() {
        missing.push("There is nothing in it yet.".to_owned());
    }
    if draft.email.is_none() {
        missing.push("An e-mail address is missing.".to_owned());
    }
    if draft.shipping_address.is_none() {
        missing.push("An address is missing.".to_owned());
    }
    for line in &draft.lines {
        match variants.iter().find(|variant| variant.id == line.variant_id) {
            Some(variant) if variant.for_sale => {}
            Some(variant) => missing.push(format!("{} is not sold any more.", variant.title)),
            None => missing.push("Something in it is not sold any more.".to_owned()),
        }
    }
    missing
}

/// The cart that a draft stands for. Variants that are not known are left out: it cannot be paid then.
pub(crate) fn cart(
    draft: &PutDraft,
    variants: &[VariantInfo],
    currency: Currency,
    now: Timestamp,
) -> CartView {
    let lines: Vec<CartLine> = draft
        .lines
        .iter()
        .filter_map(|line| {
            let variant = variants.iter().find(|variant| variant.id == line.variant_id)?.clone();
            Some(self::line(variant, line.quantity))
        })
        .collect();
    CartView {
        id: CartId::new(),
        token: None,
        item_count: lines.iter().map(|line| line.quantity).sum(),
        subtotal: Money::sum(currency, lines.iter().map(|line| line.total))
            .unwrap_or_else(|_| Money::zero(currency)),
        can_be_bought: !lines.is_empty(),
        lines,
        coupons: Vec::new(),
        version: CART_VERSION,
        updated_at: now,
    }
}

fn line(variant: VariantInfo, quantity: u32) -> CartLine {
    CartLine {
        id: LineId::new(),
        total: variant.price.checked_mul(quantity).unwrap_or(variant.price),
        variant_id: variant.id,
        quantity,
        unit_price: variant.price,
        handle: variant.handle,
        title: variant.title,
        variant_title: variant.variant_title,
        sku: variant.sku,
        image: variant.image,
        stock_item_id: Some(variant.stock_item_id),
        can_be_bought: variant.for_sale,
        notices: Vec::new(),
    }
}

/// What a draft asks of a checkout; `None` while something is missing.
pub(crate) fn request(
    draft: &PutDraft,
    cart: &CartView,
    card_token: CardToken,
    expected_total: Money,
) -> Option<NewCheckout> {
    Some(NewCheckout {
        cart_id: cart.id.clone(),
        cart_token: None,
        email: draft.email.clone()?,
        shipping_address: draft.shipping_address.clone()?,
        billing_address: None,
        shipping_method_id: draft.shipping_method_id.clone(),
        delivery_date: None,
        card_token: Some(card_token),
        gift_cards: Vec::new(),
        expected_to_pay: None,
        expected_total: Some(expected_total),
        note: draft.note.clone(),
    })
}
