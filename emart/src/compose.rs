//! The system on one page: which services there are and who may call whom. A service may call only those above it;
//! what must flow the other way is an event. Those that do not run in this process are reached across the network.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use emart_books_api::Books;
use emart_cart_api::Cart;
use emart_catalog_api::Catalog;
use emart_content_api::Content;
use emart_desk::{Desk, with_desk};
use emart_events::Host;
use emart_gateway::{Behind, Reload};
use emart_identity_api::Identity;
use emart_inventory_api::Inventory;
use emart_mesh::{Faults, Mesh, Reach, ServiceTokens, UnknownPeer};
use emart_notifications_api::Notifications;
use emart_orders_api::Orders;
use emart_payments_api::Payments;
use emart_pricing_api::Pricing;

use crate::config::Config;
use crate::{backup, openapi};

/// A near call takes at most this long, unless its caller waits less.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Every service, in the order in which they start.
pub(crate) const SERVICES: [&str; 14] = [
    "identity",
    "inventory",
    "catalog",
    "pricing",
    "cart",
    "payments",
    "orders",
    "notifications",
    "books",
    "content",
    "classic",
    "storefront",
    "admin",
    "gateway",
];

/// Who calls whom; all others call nobody.
pub(crate) const CALLS: [(&str, &[&str]); 8] = [
    ("catalog", &["inventory"]),
    ("pricing", &["catalog"]),
    ("cart", &["catalog"]),
    ("orders", &["cart", "catalog", "inventory", "payments", "pricing"]),
    (
        "storefront",
        &["books", "cart", "catalog", "content", "identity", "orders", "payments", "pricing"],
    ),
    ("classic", &["cart", "catalog", "identity", "orders", "payments", "pricing"]),
    (
        "admin",
        &[
            "books",
            "cart",
            "catalog",
            "classic",
            "content",
            "identity",
            "inventory",
            "notifications",
            "orders",
            "payments",
            "pricing",
            "storefront",
        ],
    ),
    ("gateway", BEHIND_THE_GATEWAY),
];

const BEHIND_THE_GATEWAY: &[&str] = {
    let (behind, _gateway) = SERVICES.split_at(SERVICES.len() - 1);
    behind
};

/// Starts the services of this process, each after those it calls.
pub(crate) async fn compose(
    config: &Config,
    host: &Host,
) -> anyhow::Result<(Mesh, Option<Reload>)> {
    let faults = Faults::new(config.faults.on.clone(), host.clock.clone(), &host.metrics);
    let mut mesh = Mesh::new(CALL_TIMEOUT).with_faults(faults);
    if let Some(reach) = reach(config, host)? {
        mesh = mesh.reaching(reach);
    }
    #[cfg(feature = "fault-injection")]
    if let Some(folder) = &config.mesh.drop_replies {
        mesh = mesh.losing_replies(folder.clone());
    }

    if config.runs("identity") {
        let identity = emart_identity::service(&config.identity, host).await;
        mesh.add(with_desk(host, identity.context("identity")?));
    }
    if config.runs("inventory") {
        let inventory = emart_inventory::service(&config.inventory, host).await;
        mesh.add(with_desk(host, inventory.context("inventory")?));
    }
    if config.runs("catalog") {
        let clients = emart_catalog::Clients { inventory: Inventory(mesh.peer("inventory")?) };
        let catalog = emart_catalog::service(&config.catalog, host, clients).await;
        mesh.add(with_desk(host, catalog.context("catalog")?));
    }
    if config.runs("pricing") {
        let clients = emart_pricing::Clients { catalog: Catalog(mesh.peer("catalog")?) };
        let pricing = emart_pricing::service(&config.pricing, host, clients).await;
        mesh.add(with_desk(host, pricing.context("pricing")?));
    }
    if config.runs("cart") {
        let clients = emart_cart::Clients { catalog: Catalog(mesh.peer("catalog")?) };
        let cart = emart_cart::service(&config.cart, host, clients).await;
        mesh.add(with_desk(host, cart.context("cart")?));
    }
    if config.runs("payments") {
        let payments = emart_payments::service(&config.payments, host).await;
        mesh.add(with_desk(host, payments.context("payments")?));
    }
    if config.runs("orders") {
        let clients = emart_orders::Clients {
            cart: Cart(mesh.peer("cart")?),
            catalog: Catalog(mesh.peer("catalog")?),
            inventory: Inventory(mesh.peer("inventory")?),
            payments: Payments(mesh.peer("payments")?),
            pricing: Pricing(mesh.peer("pricing")?),
        };
        let orders = emart_orders::service(&config.orders, host, clients).await;
        mesh.add(with_desk(host, orders.context("orders")?));
    }
    if config.runs("notifications") {
        let notifications = emart_notifications::service(&config.notifications, host).await;
        mesh.add(with_desk(host, notifications.context("notifications")?));
    }
    if config.runs("books") {
        let books = emart_books::service(&config.books, host).await;
        mesh.add(with_desk(host, books.context("books")?));
    }
    if config.runs("content") {
        let content = emart_content::service(&config.content, host).await;
        mesh.add(with_desk(host, content.context("content")?));
    }
    if config.runs("classic") {
        let clients = emart_classic::Clients {
            cart: Cart(mesh.peer("cart")?),
            catalog: Catalog(mesh.peer("catalog")?),
            identity: Identity(mesh.peer("identity")?),
            orders: Orders(mesh.peer("orders")?),
            payments: Payments(mesh.peer("payments")?),
            pricing: Pricing(mesh.peer("pricing")?),
        };
        let classic = emart_classic::service(&config.classic, host, clients).await;
        mesh.add(with_desk(host, classic.context("classic")?));
    }
    if config.runs("storefront") {
        let clients = emart_storefront::Clients {
            books: Books(mesh.peer("books")?),
            cart: Cart(mesh.peer("cart")?),
            catalog: Catalog(mesh.peer("catalog")?),
            content: Content(mesh.peer("content")?),
            identity: Identity(mesh.peer("identity")?),
            orders: Orders(mesh.peer("orders")?),
            payments: Payments(mesh.peer("payments")?),
            pricing: Pricing(mesh.peer("pricing")?),
        };
        let storefront = emart_storefront::service(&config.storefront, host, clients).await;
        mesh.add(with_desk(host, storefront.context("storefront")?));
    }
    if config.runs("admin") {
        let clients = emart_admin::Clients {
            books: Books(mesh.peer("books")?),
            cart: Cart(mesh.peer("cart")?),
            catalog: Catalog(mesh.peer("catalog")?),
            content: Content(mesh.peer("content")?),
            identity: Identity(mesh.peer("identity")?),
            inventory: Inventory(mesh.peer("inventory")?),
            notifications: Notifications(mesh.peer("notifications")?),
            orders: Orders(mesh.peer("orders")?),
            payments: Payments(mesh.peer("payments")?),
            pricing: Pricing(mesh.peer("pricing")?),
            parts: parts(&mesh)?,
            backups: backup::of_this_store(config, host),
        };
        mesh.add(with_desk(host, emart_admin::service(&config.admin(), host, clients)));
    }
    let mut reload = None;
    if config.runs("gateway") {
        let clients = behind_the_gateway(&mesh)?;
        let (gateway, settings) = emart_gateway::open(&config.gateway, host, clients)?;
        mesh.add(gateway);
        reload = Some(settings);
    }
    Ok((mesh, reload))
}

/// The way to the other processes, where there is one.
pub(crate) fn reach(config: &Config, host: &Host) -> anyhow::Result<Option<Reach>> {
    let Some(tokens) = tokens(config, host) else { return Ok(None) };
    let caller = SERVICES.into_iter().filter(|service| config.runs(service));
    let caller = caller.collect::<Vec<_>>().join("+");
    let reach = Reach::new(&caller, &config.peers, config.mesh.far(), tokens, &host.metrics);
    let reach = reach.map_err(anyhow::Error::msg)?;
    Ok(Some(match config.mesh.tls.open()? {
        Some(mutual) => reach.by_tls(mutual),
        None => reach,
    }))
}

/// What calls between processes are signed with.
pub(crate) fn tokens(config: &Config, host: &Host) -> Option<Arc<ServiceTokens>> {
    let secret = config.mesh.secret.as_ref()?;
    ServiceTokens::new(secret, host.clock.clone()).map(Arc::new)
}

/// The services that the back office looks after.
fn parts(mesh: &Mesh) -> Result<Vec<emart_admin::Part>, UnknownPeer> {
    let looked_after = SERVICES.into_iter().filter(|name| !matches!(*name, "admin" | "gateway"));
    let part = |name| {
        let desk = Desk(mesh.peer(name)?);
        Ok(emart_admin::Part { name, desk, copies: mesh.copies(name) })
    };
    looked_after.map(part).collect()
}

fn behind_the_gateway(mesh: &Mesh) -> anyhow::Result<emart_gateway::Clients> {
    let behind = |name: &&'static str| {
        let here = mesh.services().find(|service| service.name == *name);
        let openapi = match here {
            Some(service) => service.openapi.clone(),
            None => openapi::contract(name)?,
        };
        let peer = mesh.peer(name)?;
        Ok(Behind { name, peer, openapi, ready: mesh.ready(name)?, here: here.is_some() })
    };
    let services = BEHIND_THE_GATEWAY.iter().map(behind).collect::<anyhow::Result<_>>()?;
    let identity =
        mesh.peer("identity").map_err(|error: UnknownPeer| anyhow::Error::from(error))?;
    Ok(emart_gateway::Clients { identity: Identity(identity), services })
}
