//! The traffic of the demo shop in "Towards Modern Development of Cloud Applications" (2023): of 19 steps 1 index,
//! 2 currency, 10 browse, 2 add to cart, 3 view cart, 1 checkout. This shop has one currency: the search page stands in for
//! changing it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::client::{Client, Refused};
use crate::guest::{Cart, NewCart, Placed};

/// One step of the mix after the other.
#[derive(Debug)]
pub struct Mix {
    carts: NewCart,
    /// Handles of products.
    products: Vec<String>,
    /// Words to search for, as a query has them.
    searches: Vec<String>,
    orders: AtomicU64,
    later: AtomicU64,
}

/// Somebody who shops.
#[derive(Debug)]
pub struct Shopper {
    client: Client,
    cart: Option<Cart>,
}

impl Shopper {
    /// Opens a connection.
    pub async fn come(addr: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self { client: Client::connect(addr).await?, cart: None })
    }
}

impl Mix {
    /// Of these products and searches, at least one each.
    #[must_use]
    pub const fn new(carts: NewCart, products: Vec<String>, searches: Vec<String>) -> Self {
        let (orders, later) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { carts, products, searches, orders, later }
    }

    /// Orders placed so far.
    pub fn orders(&self) -> u64 {
        self.orders.load(Ordering::Relaxed)
    }

    /// Checkouts that the store took in, and went on with by itself.
    pub fn later(&self) -> u64 {
        self.later.load(Ordering::Relaxed)
    }

    /// One step of somebody's.
    pub async fn step(&self, shopper: &mut Shopper) -> anyhow::Result<()> {
        match rand::random_range(0..19) {
            0 => see(shopper, "the first page", "/").await,
            1..3 => {
                let path = format!("/search?q={}", any(&self.searches));
                see(shopper, "a search", &path).await
            }
            3..13 => {
                let path = format!("/p/{}", any(&self.products));
                see(shopper, "a product", &path).await
            }
            13..15 => self.add_to_cart(shopper).await,
            15..18 => see_cart(shopper).await,
            _ => self.check_out(shopper).await,
        }
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

    async fn check_out(&self, shopper: &mut Shopper) -> anyhow::Result<()> {
        if shopper.cart.is_none() {
            self.add_to_cart(shopper).await?;
        }
        let Some(cart) = shopper.cart.take() else { return Ok(()) };
        let count = match cart.check_out(&mut shopper.client).await? {
            Placed::Now => &self.orders,
            Placed::Later => &self.later,
        };
        count.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

async fn see(shopper: &mut Shopper, what: &'static str, path: &str) -> anyhow::Result<()> {
    let answer = shopper.client.get(path).await?;
    Refused::unless_fine(what, answer)?;
    Ok(())
}

async fn see_cart(shopper: &mut Shopper) -> anyhow::Result<()> {
    let Some(Cart { id, token, .. }) = &shopper.cart else {
        return see(shopper, "the cart", "/cart").await;
    };
    let cookie = format!("emart_cart={id}.{token}");
    let answer = shopper.client.get_with("/cart", &cookie).await?;
    Refused::unless_fine("the cart", answer)?;
    Ok(())
}

fn any(of: &[String]) -> &str {
    &of[rand::random_range(0..of.len())]
}
