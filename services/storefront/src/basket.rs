//! Which cart is the visitor's: a customer's is theirs by name, a guest's opens to the token in a cookie.

use axum::response::Response;
use emart_cart_api::{
    CartId, CartLine, CartView, LineId, LinePatch, NewCart, NewCoupon, NewLine, Notice,
};
use emart_http::{Caller, Context};
use emart_mesh::CallError;
use emart_pricing_api::{NewQuote, Quote, QuoteLineRequest, Shopper, ShopperQuote};

use crate::Storefront;
use crate::cards;
use crate::cookies;
use crate::error::spoken;
use crate::frame::{Visitor, YEAR};
use crate::view::{CouponRow, Line, Note};
use crate::words;

/// What opens a guest's cart: its id and its token, as they stand in the cookie.
pub(crate) fn guest_key(visitor: &Visitor) -> Option<(CartId, String)> {
    let (id, token) = visitor.cookie(cookies::CART)?.split_once('.')?;
    Some((id.parse().ok()?, token.to_owned()))
}

/// The token that opens the visitor's cart; a customer needs none.
pub(crate) fn token(visitor: &Visitor) -> String {
    let signed_in = visitor.caller.user_id().is_some();
    guest_key(visitor).filter(|_| !signed_in).map(|(_, token)| token).unwrap_or_default()
}

impl Storefront {
    /// The visitor's cart, if they have one.
    pub(crate) async fn cart_of(&self, visitor: &Visitor) -> Result<Option<CartView>, CallError> {
        if visitor.caller.user_id().is_some() {
            return self.clients.cart.my_cart().await;
        }
        match guest_key(visitor) {
            Some((id, token)) => refused_is_none(self.clients.cart.cart(&id, &token).await),
            None => Ok(None),
        }
    }

    /// Puts something into the visitor's cart, and makes one where there is none.
    pub(crate) async fn put_in(
        &self,
        visitor: &Visitor,
        line: &NewLine,
    ) -> Result<CartView, CallError> {
        let cart = &self.clients.cart;
        if let Some(view) = self.cart_of(visitor).await? {
            return cart.create_line(&view.id, &token(visitor), line).await;
        }
        cart.create_cart(&NewCart { lines: vec![line.clone()] }).await
    }

    /// Changes how many of a line the visitor's cart holds; 0 takes it out.
    pub(crate) async fn change_line(
        &self,
        visitor: &Visitor,
        line: &LineId,
        quantity: u32,
    ) -> Result<Option<CartView>, CallError> {
        let Some(view) = self.cart_of(visitor).await? else { return Ok(None) };
        let (cart, token) = (&self.clients.cart, token(visitor));
        let changed = if quantity == 0 {
            cart.delete_line(&view.id, &token, line).await
        } else {
            cart.patch_line(&view.id, &token, line, &LinePatch { quantity }).await
        };
        match changed {
            // Taken out elsewhere meanwhile: then it is as the visitor wants, or they see that it is gone.
            Err(error) if error.problem().is_some_and(|p| p.status == 404) => Ok(Some(view)),
            changed => changed.map(Some),
        }
    }

    /// What the visitor's cart costs them, as far as it is known where it goes and who they are.
    pub(crate) async fn priced(
        &self,
        visitor: &Visitor,
        quote: NewQuote,
        email: &str,
    ) -> Result<Quote, CallError> {
        let shopper = Shopper {
            customer_id: visitor.caller.user_id().map(ToOwned::to_owned),
            email: Some(email.trim().to_owned()).filter(|email| !email.is_empty()),
        };
        let asked = ShopperQuote { quote, shopper, delivered: false };
        self.clients.pricing.shopper_quote(&asked).await
    }

    /// Puts a code into the visitor's cart if it takes something off; otherwise says why not.
    pub(crate) async fn put_coupon(
        &self,
        visitor: &Visitor,
        view: &CartView,
        code: &str,
    ) -> Result<Result<CartView, String>, CallError> {
        let code = code.trim().to_uppercase();
        let known = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if code.is_empty() || code.len() > 40 || !code.chars().all(known) {
            return Ok(Err("Enter a code of letters and digits.".to_owned()));
        }
        let mut quote = question(view);
        if !quote.coupons.contains(&code) {
            quote.coupons.push(code.clone());
        }
        let quote = match self.priced(visitor, quote, "").await {
            Err(error) => return spoken(&error).map_or(Err(error), |text| Ok(Err(text))),
            Ok(quote) => quote,
        };
        if let Some(coupon) = quote.coupons.iter().find(|c| c.code == code && !c.applied) {
            return Ok(Err(coupon.detail.clone().unwrap_or_default()));
        }
        let coupon = NewCoupon { code };
        match self.clients.cart.create_coupon(&view.id, &token(visitor), &coupon).await {
            Err(error) => spoken(&error).map_or(Err(error), |text| Ok(Err(text))),
            Ok(view) => Ok(Ok(view)),
        }
    }

    /// Takes a code out of the visitor's cart.
    pub(crate) async fn take_coupon(
        &self,
        visitor: &Visitor,
        view: CartView,
        code: &str,
    ) -> Result<CartView, CallError> {
        if !view.coupons.iter().any(|held| held == code) {
            return Ok(view);
        }
        self.clients.cart.delete_coupon(&view.id, &token(visitor), code).await
    }

    /// Adds the guest's cart to that of the person who has just signed in.
    pub(crate) async fn bring_cart(&self, visitor: &Visitor, caller: Caller) -> Option<u32> {
        let context = Context::current().unwrap_or_default().with_caller(caller);
        let cart = &self.clients.cart;
        context
            .scope(async {
                let brought = match guest_key(visitor) {
                    Some((id, token)) => cart.merge(&id, &token).await.ok(),
                    None => None,
                };
                match brought {
                    Some(view) => Some(view.item_count),
                    None => Some(cart.my_cart().await.ok()?.map_or(0, |view| view.item_count)),
                }
            })
            .await
    }

    /// Lets the browser know of the cart: its key, where it is a guest's, and the number on the badge.
    pub(crate) fn remember_cart(&self, response: &mut Response, view: Option<&CartView>) {
        if let Some(view) = view
            && let Some(token) = &view.token
        {
            let key = format!("{}.{token}", view.id);
            self.set_cookie(response, cookies::CART, &key, YEAR);
        }
        self.set_badge(response, view.map_or(0, |view| view.item_count));
    }

    pub(crate) fn set_badge(&self, response: &mut Response, count: u32) {
        self.set_cookie(response, cookies::BADGE, &count.to_string(), YEAR);
    }

    /// The cookie's cart is a customer's or gone: another one is to be made when something is put in.
    pub(crate) fn forget_cart(&self, response: &mut Response) {
        self.set_cookie(response, cookies::CART, "", 0);
    }
}

/// Asks what a cart costs, wherever it goes.
pub(crate) fn question(view: &CartView) -> NewQuote {
    let line = |line: &CartLine| QuoteLineRequest {
        variant_id: line.variant_id.clone(),
        quantity: line.quantity,
    };
    NewQuote {
        lines: view.lines.iter().map(line).collect(),
        destination: None,
        shipping_method_id: None,
        coupons: view.coupons.clone(),
    }
}

/// The codes of a cart, with why one does not count.
pub(crate) fn coupons(view: &CartView, quote: Option<&Quote>) -> Vec<CouponRow> {
    let row = |code: &String| {
        let said = quote.and_then(|quote| quote.coupons.iter().find(|said| said.code == *code));
        let why = said.filter(|said| !said.applied).and_then(|said| said.detail.clone());
        CouponRow { code: code.clone(), why: why.unwrap_or_default() }
    };
    view.coupons.iter().map(row).collect()
}

fn refused_is_none(
    answer: Result<Option<CartView>, CallError>,
) -> Result<Option<CartView>, CallError> {
    match answer {
        Err(error) if error.is_refusal() => Ok(None),
        answer => answer,
    }
}

/// A line of the cart as the templates print it.
pub(crate) fn line(line: &CartLine) -> Line {
    Line {
        id: line.id.to_string(),
        href: format!("/p/{}?variant={}", line.handle, line.variant_id),
        title: line.title.clone(),
        variant: line.variant_title.clone(),
        picture: line.image.as_ref().and_then(|image| cards::picture(image, &line.title)),
        quantity: line.quantity,
        each: words::money(line.unit_price),
        total: words::money(line.total),
        notes: line.notices.iter().map(note).collect(),
    }
}

fn note(notice: &Notice) -> Note {
    match notice {
        Notice::PriceChanged { from, to } => {
            let way = if to.amount_minor > from.amount_minor { "went up" } else { "went down" };
            let (from, to) = (words::money(*from), words::money(*to));
            let text = format!("The price {way} from {from} to {to} since you put it in.");
            Note { text, bad: false }
        }
        Notice::NotEnough { available } => {
            Note { text: format!("Only {available} left. Please lower the quantity."), bad: true }
        }
        Notice::SoldOut => {
            Note { text: "Sold out meanwhile. Please take it out.".to_owned(), bad: true }
        }
        Notice::NotForSale => {
            Note { text: "Not sold any more. Please take it out.".to_owned(), bad: true }
        }
    }
}
