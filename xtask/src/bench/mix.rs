//! The traffic of the demo shop in "Towards Modern Development of Cloud Applications" (2023): of 19 steps 1 index,
//! 2 currency, 10 browse, 2 add to cart, 3 view cart, 1 checkout. This shop has one currency: the search page stands in for
//! changing it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;

use super::guest::{Cart, NewCart};
use super::load::{AsyncWork, Client};

const SEARCHES: [&str; 6] = ["oak", "lamp", "linen+chair", "copper+kettle", "walnut", "ember+mug"];

/// One step of the mix after the other.
pub(crate) struct Mix {
    carts: NewCart,
    products: usize,
    orders: AtomicU64,
}

/// Somebody who shops.
pub(crate) struct Shopper {
    client: Client,
    cart: Option<Cart>,
}

impl Shopper {
    pub(crate) async fn come(addr: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self { client: Client::connect(addr).await?, cart: None })
    }
}

impl Mix {
    pub(crate) const fn new(carts: NewCart, products: usize) -> Self {
        Self { carts, products, orders: AtomicU64::new(0) }
    }

    /// Orders placed so far.
    pub(crate) fn orders(&self) -> u64 {
        self.orders.load(Ordering::Relaxed)
    }

    async fn add_to_cart(&self, shopper: &mut Shopper) -> anyhow::Result<()> {
        match &shopper.cart {
            Some(cart) => self.carts.add_to(&mut shopper.client, cart).await,
            None => {
                shopper.cart = Some(self.carts.make(&mut shopper.client).await?);
                Ok(())
            }
        }
    }
}

impl AsyncWork<Shopper> for Mix {
    async fn once(&self, shopper: &mut Shopper) -> anyhow::Result<()> {
        let product = format!("/p/product-{}", rand::random_range(0..self.products));
        let search = format!("/search?q={}", SEARCHES[rand::random_range(0..SEARCHES.len())]);
        let page = match rand::random_range(0..19) {
            0 => "/",
            1..3 => &search,
            3..13 => &product,
            13..15 => return self.add_to_cart(shopper).await,
            15..18 => "/cart",
            _ => {
                if shopper.cart.is_none() {
                    self.add_to_cart(shopper).await?;
                }
                if let Some(cart) = shopper.cart.take() {
                    cart.check_out(&mut shopper.client).await?;
                    self.orders.fetch_add(1, Ordering::Relaxed);
                }
                return Ok(());
            }
        };
        let answer = match &shopper.cart {
            Some(Cart { id, token }) if page == "/cart" => {
                shopper.client.get_with(page, &format!("emart_cart={id}.{token}")).await?
            }
            _ => shopper.client.get(page).await?,
        };
        ensure!(answer.status() == 200, "{page}: {}", answer.status());
        Ok(())
    }
}

impl AsyncWork<Shopper> for std::sync::Arc<Mix> {
    async fn once(&self, shopper: &mut Shopper) -> anyhow::Result<()> {
        self.as_ref().once(shopper).await
    }
}
