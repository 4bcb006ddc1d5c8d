//! What more than one route needs: the shop, people with their carts, orders.

use std::sync::Arc;
use std::time::Duration;

use emart_cart_api::{CartLine, CartView};
use emart_catalog_api::VariantId;
use emart_http::{Caller, Context, Permissions, Role};
use emart_identity_api::UserId;
use emart_mesh::CallError;
use emart_orders_api::{OwnedOrder, WholeOrdersQuery};
use emart_types::Money;

use crate::Classic;
use crate::aliases::Aliases;
use crate::domain::cart::{Standing, Status};
use crate::domain::shapes::{Cart, Item, Order, OrderUser, User};
use crate::domain::{hex, money, order, person};
use crate::error::Error;
use crate::shop::Shop;
use crate::store::{carts, people};

/// How often it is looked for what has just been written, for what may have been, and how long it is waited in between.
pub(crate) const LOOKS_FOR_OWN: usize = 200;
pub(crate) const LOOKS: usize = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);
/// Orders read at once.
const ORDERS_AT_ONCE: u32 = 500;

impl Classic {
    /// Reads the ids of moved things again.
    pub(crate) async fn read_aliases(&self) -> Result<(), emart_store::Error> {
        self.aliases.store(Arc::new(Aliases::read(&self.db).await?));
        Ok(())
    }

    /// The id a client knows something by.
    pub(crate) fn hex(&self, kind: &str, id: &str) -> String {
        self.aliases.load().hex(kind, id)
    }

    /// Everything that is sold, as of now.
    pub(crate) async fn shop(&self) -> Result<Arc<Shop>, Error> {
        let aliases = self.aliases.load_full();
        let known = self.shop.load_full().filter(|shop| shop.is_of(&aliases));
        let etag = known.as_ref().map_or("", |shop| &shop.etag);
        let news = self.clients.catalog.listing(etag).await?;
        let Some(listing) = news else {
            let strange = || CallError::Malformed("nothing is not new".to_owned());
            return Ok(known.ok_or_else(strange)?);
        };
        let shop = Arc::new(Shop::new(listing, aliases));
        self.shop.store(Some(Arc::clone(&shop)));
        Ok(shop)
    }

    /// Something of the shop that is there, or will be in a moment: copies of `catalog` tell each other what is new.
    pub(crate) async fn find_soon<T>(
        &self,
        looks: usize,
        find: impl Fn(&Shop) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        for look in 1.. {
            let found = find(&*self.shop().await?);
            if found.is_some() || look >= looks {
                return Ok(found);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(None)
    }

    /// The cart of whoever is calling.
    pub(crate) async fn cart(&self) -> Result<Option<CartView>, Error> {
        Ok(self.clients.cart.my_cart().await?)
    }

    /// A person with their cart.
    pub(crate) async fn user(&self, id: &UserId, cart: Option<&CartView>) -> Result<User, Error> {
        let key = id.to_string();
        let read = self.db.read(|tx| async move {
            let person = people::person(&tx, &key).await?;
            Ok::<_, emart_store::Error>((person, carts::standing(&tx, &key).await?))
        });
        let asked = async { Ok::<_, Error>(self.clients.identity.user(id).await?) };
        let noted = async { Ok::<_, Error>(read.await?) };
        let (user, (known, standing)) = tokio::try_join!(asked, noted)?;
        let user = user.ok_or(Error::Unauthorized)?;
        let name = user.name.unwrap_or_default();
        let (fname, lname, card_id, city, street) = match known {
            Some(known) if name == format!("{} {}", known.fname, known.lname) => {
                (known.fname, known.lname, known.card_id, known.city, known.street)
            }
            Some(known) => {
                // They have changed in the storefront what they are called.
                let (fname, lname) = person::names(&name);
                (fname, lname, known.card_id, known.city, known.street)
            }
            None => {
                let (fname, lname) = person::names(&name);
                let (city, street) = self.address().await?;
                (fname, lname, String::new(), city, street)
            }
        };
        Ok(User {
            cart: self.shown_cart(id, cart, standing),
            role: u8::from(user.role >= Role::Staff),
            id: self.hex("user", id.as_str()),
            card_id,
            fname,
            lname,
            email: user.email,
            city,
            street,
            version: 0,
        })
    }

    /// City and street of whoever is calling, from the address book of the storefront.
    async fn address(&self) -> Result<(String, String), Error> {
        let saved = self.clients.identity.addresses().await?.items;
        let first = saved.iter().find(|saved| saved.is_default).or_else(|| saved.first());
        Ok(first
            .map(|saved| (saved.address.city.clone(), saved.address.line1.clone()))
            .unwrap_or_default())
    }

    fn shown_cart(&self, user: &UserId, cart: Option<&CartView>, standing: Standing) -> Cart {
        let lines = cart.map_or(&[][..], |cart| &cart.lines);
        let filled_at = cart.filter(|cart| !cart.lines.is_empty()).map(|cart| cart.updated_at);
        let Standing { status, created } = standing.shown(filled_at);
        Cart { status, items: lines.iter().map(|line| self.line(user, line)).collect(), created }
    }

    fn line(&self, user: &UserId, line: &CartLine) -> Item {
        let name = name(&line.title, &line.variant_title);
        self.item(user.as_str(), &line.variant_id, name, line.quantity, line.total)
    }

    fn item(
        &self,
        owner: &str,
        variant: &VariantId,
        prod_name: String,
        quantity: u32,
        total: Money,
    ) -> Item {
        Item {
            prod_total: money::number(total),
            // The same in somebody's cart and in their order.
            id: hex::of(&format!("item:{owner}"), variant.as_str()),
            product_id: self.hex("product", variant.as_str()),
            prod_name,
            quantity,
        }
    }

    /// Notes where somebody's cart stands.
    pub(crate) async fn note(&self, user: &UserId, standing: Standing) -> Result<(), Error> {
        let (user, now) = (user.to_string(), self.clock.now());
        let write =
            self.db.write(move |tx| async move { carts::put(&tx, &user, standing, now).await });
        Ok(write.await?)
    }

    /// Where somebody's cart stands.
    pub(crate) async fn standing(&self, user: &UserId) -> Result<Standing, Error> {
        let user = user.to_string();
        Ok(self.db.read(|tx| async move { carts::standing(&tx, &user).await }).await?)
    }

    /// Orders, newest first: of one person or of all.
    pub(crate) async fn orders(&self, customer: Option<&str>) -> Result<Vec<OwnedOrder>, Error> {
        let mut all: Vec<OwnedOrder> = Vec::new();
        loop {
            let query = WholeOrdersQuery {
                customer_id: customer.map(ToOwned::to_owned),
                before: all.last().map(|last| last.order.id.clone()),
                limit: ORDERS_AT_ONCE,
            };
            let page = self.clients.orders.whole_orders(&query).await?;
            let is_last = page.len() < ORDERS_AT_ONCE as usize;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// Whether somebody has ever ordered.
    pub(crate) async fn has_ordered(&self, user: &UserId) -> Result<bool, Error> {
        let customer_id = Some(user.to_string());
        let query = WholeOrdersQuery { customer_id, before: None, limit: 1 };
        Ok(!self.clients.orders.whole_orders(&query).await?.is_empty())
    }

    /// An order as clients see it.
    pub(crate) fn shown_order(&self, owned: &OwnedOrder) -> Order {
        let OwnedOrder { order: placed, customer_id } = owned;
        let owner = customer_id.as_deref().unwrap_or(placed.id.as_str());
        let lines = placed.lines.iter().map(|line| {
            let name = name(&line.title, &line.variant_title);
            self.item(owner, &line.variant_id, name, line.quantity, line.subtotal)
        });
        let day = placed.delivery_date.clone();
        let day = day.unwrap_or_else(|| placed.placed_at.to_string().chars().take(10).collect());
        Order {
            user: OrderUser {
                city: placed.shipping_address.city.clone(),
                street: placed.shipping_address.line1.clone(),
                credit: format!("************{}", placed.payment.last4),
                order: placed.placed_at,
                ship: order::first_moment(&day),
                user_id: self.hex("user", owner),
            },
            products: lines.collect(),
            total: money::number(placed.total),
            id: self.hex("order", placed.id.as_str()),
            created_at: placed.placed_at,
            updated_at: placed.placed_at,
            version: 0,
        }
    }

    /// The standing after an order.
    pub(crate) async fn close_cart(&self, user: &UserId) -> Result<(), Error> {
        let standing = self.standing(user).await?;
        self.note(user, standing.at(Status::Closed)).await
    }
}

fn name(title: &str, variant: &str) -> String {
    if variant.is_empty() { title.to_owned() } else { format!("{title} ({variant})") }
}

/// Does something of their own as a person who has just shown who they are.
pub(crate) async fn acting_as<F: Future>(role: Role, id: &UserId, work: F) -> F::Output {
    let context = Context::current().unwrap_or_default();
    let person = Caller::person(role, id.as_str()).allowed(Permissions::NONE);
    context.with_caller(person).scope(work).await
}
