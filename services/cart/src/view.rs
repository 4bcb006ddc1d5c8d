//! A cart as its shopper sees it: kept lines with today's names, prices and stock, and clear words on what changed.

use std::collections::HashMap;

use emart_cart_api::{CartLine, CartView, Notice};
use emart_catalog_api::{VariantId, VariantInfo};
use emart_types::{Currency, Money, MoneyError};

use crate::domain::{Cart, Line};

/// Variants by id.
pub(crate) type Variants = HashMap<VariantId, VariantInfo>;

/// Puts the view together. Lines whose variant is gone for good stay, marked as not for sale.
pub(crate) fn view(
    cart: &Cart,
    variants: &Variants,
    currency: Currency,
    token: Option<String>,
) -> Result<CartView, MoneyError> {
    let mut lines = Vec::with_capacity(cart.lines.len());
    for line in &cart.lines {
        lines.push(match variants.get(&line.variant_id) {
            Some(variant) => known(line, variant)?,
            None => unknown(line)?,
        });
    }
    let priced = lines.iter().filter(|line| !line.notices.contains(&Notice::NotForSale));
    let subtotal = Money::sum(currency, priced.map(|line| line.total))?;
    Ok(CartView {
        id: cart.id.clone(),
        token,
        item_count: lines.iter().map(|line| line.quantity).sum(),
        subtotal,
        can_be_bought: !lines.is_empty() && lines.iter().all(|line| line.can_be_bought),
        lines,
        coupons: cart.coupons.clone(),
        version: cart.version,
        updated_at: cart.updated_at,
    })
}

fn known(line: &Line, variant: &VariantInfo) -> Result<CartLine, MoneyError> {
    let mut notices = Vec::new();
    if variant.price != line.seen_price {
        notices.push(Notice::PriceChanged { from: line.seen_price, to: variant.price });
    }
    let mut can_be_bought = true;
    if !variant.for_sale {
        notices.push(Notice::NotForSale);
        can_be_bought = false;
    } else if !variant.in_stock {
        notices.push(Notice::SoldOut);
        can_be_bought = false;
    } else if let Some(available) = variant.available.filter(|n| *n < i64::from(line.quantity)) {
        notices.push(Notice::NotEnough { available });
        can_be_bought = false;
    }
    Ok(CartLine {
        id: line.id.clone(),
        variant_id: line.variant_id.clone(),
        quantity: line.quantity,
        unit_price: variant.price,
        total: variant.price.checked_mul(line.quantity)?,
        handle: variant.handle.clone(),
        title: variant.title.clone(),
        variant_title: variant.variant_title.clone(),
        sku: variant.sku.clone(),
        image: variant.image.clone(),
        stock_item_id: Some(variant.stock_item_id.clone()),
        can_be_bought,
        notices,
    })
}

/// A variant that catalog does not know any more: its last price is all that is left of it.
fn unknown(line: &Line) -> Result<CartLine, MoneyError> {
    Ok(CartLine {
        id: line.id.clone(),
        variant_id: line.variant_id.clone(),
        quantity: line.quantity,
        unit_price: line.seen_price,
        total: line.seen_price.checked_mul(line.quantity)?,
        handle: String::new(),
        title: "No longer available".to_owned(),
        variant_title: String::new(),
        sku: None,
        image: None,
        stock_item_id: None,
        can_be_bought: false,
        notices: vec![Notice::NotForSale],
    })
}
