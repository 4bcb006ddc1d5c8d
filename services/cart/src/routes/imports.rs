//! Carts that were filled elsewhere. Internal.

use axum::extract::State;
use emart_cart_api::{MovedCart, NewLine};
use emart_http::{Json, Staff};
use emart_types::Invalid;

use crate::domain::Cart;
use crate::error::Error;
use crate::{Carts, store};

/// The most at once.
const MOST: usize = 1000;

/// Takes carts in, and says of each whether it was: not where the customer has one here. What does not fit into a cart
/// is left out.
pub(crate) async fn import_carts(
    _: Staff,
    State(carts): State<Carts>,
    Json(moved): Json<Vec<MovedCart>>,
) -> Result<Json<Vec<bool>>, Error> {
    if moved.len() > MOST {
        return Err(Invalid::field("", format!("must be at most {MOST}")).into());
    }
    let (limits, db) = (carts.limits(), carts.db);
    let write = db.write(move |tx| async move {
        let mut taken = Vec::with_capacity(moved.len());
        for MovedCart { customer_id, lines, updated_at } in moved {
            let mut cart = Cart::new(Some(customer_id), updated_at);
            for line in lines {
                let price = line.seen_price;
                let line = NewLine { variant_id: line.variant_id, quantity: line.quantity };
                // A line that is refused has changed nothing.
                let _ = cart.add(&line, price, limits);
            }
            taken.push(store::insert(&tx, &cart).await?);
        }
        Ok::<_, emart_store::Error>(taken)
    });
    Ok(Json(write.await?))
}
