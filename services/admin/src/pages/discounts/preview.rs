//! What a promotion would do to a real cart, before it is switched on.

use emart_cart_api::CartSummary;
use emart_http::Permission;
use emart_pricing_api::{
    NewPreview, NewQuote, Preview, PromotionId, PutPromotion, Quote, QuoteLineRequest,
};

use super::form::{PromotionForm, told};
use crate::Admin;
use crate::error::Error;
use crate::forms::{Choice, Field, Problems, select};
use crate::table::{Cell, Column, Empty, Row, Table};
use crate::view::{Badge, Tone};
use crate::visitor::Visitor;
use crate::words;

/// What came of a try.
pub(super) struct Shown {
    pub(super) verdict: Badge,
    pub(super) reason: String,
    pub(super) table: Table,
}

/// The carts to choose from: those touched last that hold something.
pub(super) async fn carts(admin: &Admin, visitor: &Visitor, chosen: &str) -> Result<Field, Error> {
    let carts = if visitor.may(Permission::OrdersRead) {
        admin.clients.cart.carts("limit=50").await?.items
    } else {
        Vec::new()
    };
    let now = admin.clock.now();
    let choice = |cart: &CartSummary| {
        let pieces = words::count(i64::from(cart.item_count), "piece", "pieces");
        let at = words::ago(cart.updated_at, now);
        let label = format!("{} · {pieces} · {at}", cart.seen_total);
        Choice::new(cart.id.as_str(), &label, cart.id.as_str() == chosen)
    };
    let choices: Vec<Choice> =
        carts.iter().filter(|cart| cart.item_count > 0).take(20).map(choice).collect();
    Ok(select("cart", "A cart of this shop", choices).optional())
}

/// Tries a promotion out on the cart that was chosen.
pub(super) async fn tried(
    admin: &Admin,
    form: &PromotionForm,
    promotion: PutPromotion,
    replaces: Option<&PromotionId>,
) -> Result<(Option<Shown>, Problems), Error> {
    let mut problems = Problems::default();
    let cart = match form.cart.parse() {
        Ok(id) => admin.clients.cart.cart(&id, "").await?,
        Err(_) => None,
    };
    let Some(cart) = cart.filter(|cart| !cart.lines.is_empty()) else {
        problems.add("cart", "Choose a cart that holds something");
        return Ok((None, problems));
    };
    let line = |line: &emart_cart_api::CartLine| QuoteLineRequest {
        variant_id: line.variant_id.clone(),
        quantity: line.quantity,
    };
    let quote = NewQuote {
        lines: cart.lines.iter().map(line).collect(),
        destination: None,
        shipping_method_id: None,
        coupons: cart.coupons.clone(),
    };
    let new = NewPreview { promotion, replaces: replaces.cloned(), quote };
    match admin.clients.pricing.preview_promotion(&new).await {
        Ok(preview) => Ok((Some(shown(&preview)), problems)),
        Err(error) => Ok((None, told(error)?)),
    }
}

fn shown(preview: &Preview) -> Shown {
    let verdict = if preview.applied {
        Badge::new(Tone::Good, "It counts")
    } else {
        Badge::new(Tone::Warn, "It does not count")
    };
    let sent = |quote: &Quote| match &quote.shipping {
        Some(shipping) => shipping.total.to_string(),
        None => "nothing to send".to_owned(),
    };
    let off =
        |quote: &Quote| quote.discount_total.map_or_else(|| "–".to_owned(), |off| off.to_string());
    let pair = |label: &str, of: &dyn Fn(&Quote) -> String| {
        let cells = vec![
            Cell::text(label),
            Cell::number(of(&preview.before)),
            Cell::number(of(&preview.after)),
        ];
        Row::new("", label, cells)
    };
    let rows = vec![
        pair("Items", &|quote| quote.subtotal.to_string()),
        pair("Taken off", &off),
        pair("Delivery", &sent),
        pair("Tax", &|quote| quote.tax_total.to_string()),
        pair("Total", &|quote| quote.total.to_string()),
    ];
    let mut columns = vec![Column::new("")];
    columns.extend(["Without", "With"].map(|label| Column::new(label).number()));
    let caption = "The cart without and with this discount".to_owned();
    let table = Table { caption, columns, rows, bulk: None, empty: Empty::default() };
    Shown { verdict, reason: preview.reason.clone().unwrap_or_default(), table }
}
