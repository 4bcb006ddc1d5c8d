//! Neighbours that keep books, are idempotent by reference as the real ones are, and fail when they are told to:
//! before they do anything, or after (the reply is lost).

mod cart;
mod catalog;
mod inventory;
mod payments;
mod pricing;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_cart_api::{Cart, CartId, CartLine, CartView, LineId};
use emart_catalog_api::{Catalog, VariantId};
use emart_http::{Problem, Service};
use emart_inventory_api::{Inventory, StockItemId};
use emart_mesh::Mesh;
use emart_orders::Clients;
use emart_payments_api::{Payment, PaymentState, Payments};
use emart_pricing_api::Pricing;
use emart_telemetry::Metrics;
use emart_types::{Currency, Money, Timestamp};
use http::StatusCode;
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;

/// How an operation fails, once.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Nothing was done.
    Before,
    /// It was done, and nobody heard of it.
    After,
    /// It says no.
    Refuse(u16, &'static str),
}

/// What the neighbours have done.
#[derive(Debug, Default)]
pub(crate) struct Books {
    faults: HashMap<&'static str, VecDeque<Fault>>,
    gates: HashMap<&'static str, Arc<Gate>>,
    /// `held`, `committed` or `released`, by checkout.
    pub(crate) stock: HashMap<String, &'static str>,
    /// Booked or given back, by checkout.
    pub(crate) slots: HashMap<String, bool>,
    /// Claimed promotions or given back, by checkout.
    pub(crate) claims: HashMap<String, bool>,
    /// Whether a promotion counts for every cart.
    pub(crate) promoted: bool,
    /// Codes in the cart.
    pub(crate) coupons: Vec<String>,
    pub(crate) payments: HashMap<String, Payment>,
    /// Checkouts that may not pay any more.
    cancelled: HashSet<String>,
    pub(crate) captures: usize,
    pub(crate) refunds: usize,
    /// What was given back, by refund reference.
    pub(crate) given_back: HashMap<String, i64>,
    /// Pieces that came back, by restock reference.
    pub(crate) restocked: HashMap<String, u64>,
    pub(crate) consumed: Vec<String>,
    /// What was taken out of the cart: variant and quantity.
    pub(crate) taken: Vec<(String, u64)>,
    /// How the next authorisation ends.
    pub(crate) card: Option<PaymentState>,
    pub(crate) cart_version: i64,
    pub(crate) lines: u32,
    /// Pieces of each line.
    pub(crate) quantity: u32,
}

/// Where a call stands until it is let go.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    reached: Notify,
    opened: Notify,
}

impl Gate {
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    pub(crate) fn open(&self) {
        self.opened.notify_one();
    }
}

/// The neighbours.
#[derive(Debug)]
pub(crate) struct Neighbours {
    pub(crate) books: Mutex<Books>,
    cart: CartView,
}

impl Default for Neighbours {
    fn default() -> Self {
        let eur = |minor| Money::new(minor, Currency::EUR);
        let line = CartLine {
            id: LineId::new(),
            variant_id: VariantId::new(),
            quantity: 2,
            unit_price: eur(500),
            total: eur(1000),
            handle: "tea".to_owned(),
            title: "Green tea".to_owned(),
            variant_title: "100 g".to_owned(),
            sku: Some("TEA".to_owned()),
            image: None,
            stock_item_id: Some(StockItemId::new()),
            can_be_bought: true,
            notices: Vec::new(),
        };
        let cart = CartView {
            id: CartId::new(),
            token: None,
            lines: vec![line],
            item_count: 2,
            coupons: Vec::new(),
            subtotal: eur(1000),
            can_be_bought: true,
            version: 3,
            updated_at: Timestamp::from_millis(0),
        };
        let books =
            Books { cart_version: 3, lines: 1, quantity: 2, promoted: true, ..Books::default() };
        Self { books: Mutex::new(books), cart }
    }
}

impl Neighbours {
    /// What the cart's first line is of.
    pub(crate) fn variant_id(&self) -> &VariantId {
        &self.cart.lines[0].variant_id
    }

    pub(crate) fn cart_id(&self) -> &CartId {
        &self.cart.id
    }

    /// Makes an operation fail the next time.
    pub(crate) fn fail(&self, operation: &'static str, fault: Fault) {
        self.books.lock().unwrap().faults.entry(operation).or_default().push_back(fault);
    }

    /// Makes the next call of an operation stand still before it does anything.
    pub(crate) fn hold(&self, operation: &'static str) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        self.books.lock().unwrap().gates.insert(operation, gate.clone());
        gate
    }

    /// Whether anything is claimed for a checkout that has not become an order.
    pub(crate) fn is_holding(&self) -> bool {
        let books = self.books.lock().unwrap();
        let promised =
            |p: &Payment| matches!(p.state, PaymentState::Authorized | PaymentState::Pending);
        books.stock.values().any(|state| *state == "held") || books.payments.values().any(promised)
    }

    /// Does an operation's work unless it is to fail.
    async fn work<T: IntoResponse>(
        &self,
        operation: &'static str,
        effect: impl FnOnce(&mut Books) -> T + Send,
    ) -> Response {
        let gate = self.books.lock().unwrap().gates.remove(operation);
        if let Some(gate) = gate {
            gate.reached.notify_one();
            gate.opened.notified().await;
        }
        let mut books = self.books.lock().unwrap();
        let fault = books.faults.get_mut(operation).and_then(VecDeque::pop_front);
        match fault {
            None => effect(&mut books).into_response(),
            Some(Fault::Before) => Problem::unavailable().into_response(),
            Some(Fault::After) => {
                let _lost = effect(&mut books).into_response();
                Problem::unavailable().into_response()
            }
            Some(Fault::Refuse(status, slug)) => {
                let status = StatusCode::from_u16(status).unwrap();
                Problem::new(status, slug, "No").detail("because").into_response()
            }
        }
    }

    pub(crate) fn clients(self: &Arc<Self>) -> Clients {
        let mut mesh = Mesh::new(Duration::from_secs(5));
        let mut add = |name, routes: OpenApiRouter<Arc<Self>>| {
            let routes = routes.with_state(self.clone());
            mesh.add(Service::new(name, &Metrics::new(), routes));
        };
        add("cart", cart::routes());
        add("catalog", catalog::routes());
        add("inventory", inventory::routes());
        add("payments", payments::routes());
        add("pricing", pricing::routes());
        Clients {
            cart: Cart(mesh.peer("cart").unwrap()),
            catalog: Catalog(mesh.peer("catalog").unwrap()),
            inventory: Inventory(mesh.peer("inventory").unwrap()),
            payments: Payments(mesh.peer("payments").unwrap()),
            pricing: Pricing(mesh.peer("pricing").unwrap()),
        }
    }
}

type Near = State<Arc<Neighbours>>;
