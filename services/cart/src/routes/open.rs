//! Who may open a cart, and how a change is written: read, change, write if nobody else has.

use axum::extract::FromRequestParts;
use emart_cart_api::{CartId, CartView};
use emart_catalog_api::VariantId;
use emart_http::{Caller, Permission};
use http::request::Parts;

use crate::domain::{Cart, Limits};
use crate::error::Error;
use crate::view::{Variants, view};
use crate::{Carts, store};

/// The cookie that holds a guest's cart: `<id>.<token>`. Pages set it; the API may use the header instead.
const COOKIE: &str = "emart_cart";

/// How often a change is tried again when others change the same cart at the same time.
const TRIES: usize = 20;

/// What a caller can show: who they are, and the token of a cart.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) customer_id: Option<String>,
    any: bool,
    token: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let header = parts.headers.get("cart-token").and_then(|value| value.to_str().ok());
        let token = header.filter(|token| !token.is_empty()).or_else(|| from_cookie(parts));
        Ok(Self {
            customer_id: caller.user_id().map(ToOwned::to_owned),
            any: caller.may(Permission::OrdersWrite),
            token: token.map(ToOwned::to_owned),
        })
    }
}

fn from_cookie(parts: &Parts) -> Option<&str> {
    let cookies = parts.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    let value = pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    value.split_once('.').map(|(_, token)| token)
}

impl Carts {
    /// Whether the key opens the cart: a customer's to its owner, a guest's to its token, any to who takes orders for others.
    pub(crate) fn opens(&self, key: &Key, cart: &Cart) -> bool {
        match &cart.customer_id {
            _ if key.any => true,
            Some(owner) => key.customer_id.as_ref() == Some(owner),
            None => {
                key.token.as_ref().is_some_and(|token| self.seal.opens(cart.id.as_str(), token))
            }
        }
    }

    /// A cart, opened.
    pub(crate) async fn open(&self, key: &Key, id: &CartId) -> Result<Cart, Error> {
        let wanted = id.clone();
        let cart = self.db.read(|tx| async move { store::cart(&tx, &wanted).await }).await?;
        cart.filter(|cart| self.opens(key, cart)).ok_or(Error::NotFound)
    }

    /// Changes an opened cart, again from the start when someone else wrote it meanwhile: no change is lost.
    pub(crate) async fn change<F>(&self, key: &Key, id: &CartId, change: F) -> Result<Cart, Error>
    where
        F: Fn(&mut Cart) -> Result<(), Error>,
    {
        for _ in 0..TRIES {
            let mut cart = self.open(key, id).await?;
            let read_version = cart.version;
            change(&mut cart)?;
            cart.version += 1;
            cart.updated_at = self.clock.now();
            let written = cart.clone();
            let done = self
                .db
                .write(move |tx| async move { store::update(&tx, &written, read_version).await })
                .await?;
            if done {
                return Ok(cart);
            }
        }
        Err(Error::Contended)
    }

    /// The variants of these ids as catalog knows them.
    pub(crate) async fn variants(&self, ids: &[VariantId]) -> Result<Variants, Error> {
        if ids.is_empty() {
            return Ok(Variants::new());
        }
        let found = self.catalog.variants(ids).await?;
        Ok(found.into_iter().map(|variant| (variant.id.clone(), variant)).collect())
    }

    /// The cart as its shopper sees it.
    pub(crate) async fn shown(&self, cart: &Cart) -> Result<CartView, Error> {
        let ids: Vec<VariantId> = cart.lines.iter().map(|line| line.variant_id.clone()).collect();
        let variants = self.variants(&ids).await?;
        self.shown_with(cart, &variants)
    }

    /// The same with variants that were asked for before.
    pub(crate) fn shown_with(&self, cart: &Cart, variants: &Variants) -> Result<CartView, Error> {
        let token = cart.customer_id.is_none().then(|| self.seal.token(cart.id.as_str()));
        Ok(view(cart, variants, self.config.currency, token)?)
    }

    /// How much a cart holds.
    pub(crate) fn limits(&self) -> Limits {
        Limits { lines: self.config.lines, quantity: self.config.quantity }
    }
}
