//! What others may know of `orders`: its bodies, its events, its client.

#![warn(missing_docs)]

mod client;
mod draft;
mod events;
mod failed;
mod import;

mod fulfilment;
mod personal;
mod refund;
mod saga;
mod staff;
mod statistics;
pub use client::{MoneyAction, Orders};
pub use draft::{
    Draft, DraftId, DraftLine, DraftState, MarkDraftPaid, PayDraft, PayableDraft, PayableLine,
    PutDraft,
};
pub use events::{
    Audited, ConfirmationRequested, OrderCancelled, OrderForgotten, OrderLineSold, OrderPlaced,
    OrderRefunded, OrderShipped,
};
pub use failed::{FailedPayment, UnsoldLine};
pub use fulfilment::{
    Fulfilment, FulfilmentId, FulfilmentState, LineQuantity, NewFulfilment, ShipmentState, Tracking,
};
pub use import::{MovedOrder, OrderImport, OrderOutcome};
pub use personal::{PersonalOrder, PersonalOrders, PersonalOrdersQuery};
pub use refund::{
    ActionId, ActionKind, ActionState, LineLeft, MoneyState, NewCancellation, NewEdit, NewRefund,
    OrderAction, OrderRefund, RefundLine, RefundPlan, RefundPreview,
};
pub use saga::{Saga, SagaKind, SagaStanding};
pub use staff::{
    NewOrderNote, NewSavedView, NoteId, OrderCount, OrderDetails, OrderNote, OrderPatch,
    OrderQuery, OrderSort, PutOrderTags, SavedView, ViewId,
};
pub use statistics::{
    DayStatistics, OrderStatistics, PeriodStatistics, Sales, TopProduct, WaitingOrders,
};

use emart_cart_api::CartId;
use emart_catalog_api::{Image, VariantId};
use emart_identity_api::Address;
use emart_payments_api::{CardToken, PaymentId};
use emart_pricing_api::{Discount, ShippingMethodId, TaxLine};
use emart_types::{Money, Rate, Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// An order.
    OrderId,
    "ord"
);
typed_id!(
    /// A checkout: the way from a cart to an order.
    CheckoutId,
    "chk"
);

/// Buys a cart. Needs an `Idempotency-Key`; the cart opens to `cart_token` or to its owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckout {
    /// The cart.
    pub cart_id: CartId,
    /// What opens a guest's cart.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub cart_token: Option<String>,
    /// Where the confirmation goes.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// Where it goes.
    pub shipping_address: Address,
    /// Whom it is billed to; the shipping address if absent.
    #[serde(default)]
    pub billing_address: Option<Address>,
    /// How it is sent; the cheapest way if absent.
    #[serde(default)]
    pub shipping_method_id: Option<ShippingMethodId>,
    /// The day of delivery, `2026-01-31`; the first with a place if absent.
    #[serde(default)]
    #[schema(format = "date", max_length = 10)]
    pub delivery_date: Option<String>,
    /// The card that pays; not needed where gift cards pay all of it, or there is nothing to pay.
    #[serde(default)]
    pub card_token: Option<CardToken>,
    /// Tokens of gift cards, which pay before the card does; at most 5.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 5)]
    pub gift_cards: Vec<String>,
    /// What the shopper was shown is left for the card. When it is not what is left now, nothing is bought:
    /// `gift-card-changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_to_pay: Option<Money>,
    /// What the shopper was shown. When it is not what the cart costs now, nothing is bought: `price-changed`.
    #[serde(default)]
    pub expected_total: Option<Money>,
    /// For the merchant: at most 1,000 characters.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// On which terms a checkout is made, beside those of everybody. They are the store's to grant, not the shopper's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Prices have delivery in them: no way to send it is chosen or charged.
    pub delivered: bool,
    /// The day of delivery may be any from today on that has a place left.
    pub any_day: bool,
}

/// Buys a cart on terms. Internal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckoutOnTerms {
    /// What everybody says.
    pub checkout: NewCheckout,
    /// What the store grants.
    pub terms: Terms,
}

/// Which orders, all of whom are wanted whole. Internal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WholeOrdersQuery {
    /// Only this customer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// Only those placed before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<OrderId>,
    /// At most so many, and at most 500.
    pub limit: u32,
}

/// An order and whose it is. Internal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnedOrder {
    /// The order.
    pub order: Order,
    /// Whose it is, when bought by a customer.
    pub customer_id: Option<String>,
}

/// Where a checkout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutState {
    /// On its way; ask again.
    Running,
    /// The card's holder has to confirm the payment: go to `action_path`, then `POST …/continue`.
    RequiresAction,
    /// There is an order.
    Completed,
    /// Nothing was bought; everything claimed on the way is being given back.
    Compensating,
    /// Nothing was bought; `failure` says why.
    Failed,
}

/// Why nothing was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckoutFailure {
    /// The slug of the problem: `card-declined`, `out-of-stock`, `slot-full`, `price-changed`, …
    pub code: String,
    /// For the shopper to read.
    pub detail: String,
}

/// The way from a cart to an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Checkout {
    /// The checkout.
    pub id: CheckoutId,
    /// Where it stands.
    pub state: CheckoutState,
    /// The order, once there is one.
    pub order_id: Option<OrderId>,
    /// Opens the order to a guest: send it as `Order-Token`. Only in answers to who bought.
    pub order_token: Option<String>,
    /// The order's number for people.
    pub order_number: Option<i64>,
    /// Where the card's holder confirms the payment.
    pub action_path: Option<String>,
    /// The payment, once there is one.
    pub payment_id: Option<PaymentId>,
    /// Why nothing was bought.
    pub failure: Option<CheckoutFailure>,
    /// When it was begun.
    pub created_at: Timestamp,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Placed; the money is promised.
    Placed,
    /// The money is ours and the stock is sold: to be packed.
    Confirmed,
    /// Called off.
    Cancelled,
}

/// A line of an order: as it was when it was bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    /// The variant.
    pub variant_id: VariantId,
    /// The product's name in URLs.
    pub handle: String,
    /// The product's name.
    pub title: String,
    /// The variant's name.
    pub variant_title: String,
    /// The merchant's number.
    pub sku: Option<String>,
    /// A picture of it.
    pub image: Option<Image>,
    /// How many.
    pub quantity: u32,
    /// One of it, as the catalogue said.
    pub unit_price: Money,
    /// `unit_price × quantity`.
    pub subtotal: Money,
    /// What promotions took off it; absent when nothing.
    #[serde(default)]
    pub discount: Option<Money>,
    /// Tax.
    pub tax: Money,
    /// With tax.
    pub total: Money,
    /// In parts per million.
    pub tax_rate: Rate,
    /// Pieces that were sent.
    #[serde(default)]
    pub fulfilled: u32,
    /// Pieces that were taken off the order before they were sent.
    #[serde(default)]
    pub removed: u32,
    /// Pieces that were sent and came back.
    #[serde(default)]
    pub returned: u32,
}

impl OrderLine {
    /// Pieces that are still to be sent.
    #[must_use]
    pub const fn to_send(&self) -> u32 {
        self.quantity.saturating_sub(self.removed).saturating_sub(self.fulfilled)
    }

    /// Pieces that the customer has or will have.
    #[must_use]
    pub const fn kept(&self) -> u32 {
        self.quantity.saturating_sub(self.removed).saturating_sub(self.returned)
    }
}

/// How an order is paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderPayment {
    /// The payment.
    pub id: PaymentId,
    /// `visa`, …; `gift_card` where no card pays, `none` where there is nothing to pay.
    pub brand: String,
    /// The card's last four digits.
    pub last4: String,
    /// Whether the money is ours.
    pub captured: bool,
    /// What of the total gift cards paid; absent when nothing.
    #[serde(default)]
    pub gift_card_amount: Option<Money>,
    /// The last four characters of their codes.
    #[serde(default)]
    pub gift_card_last4: Vec<String>,
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// `placed`, `payment_captured`, `confirmed`, …
    pub kind: String,
    /// For people.
    pub text: String,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// Its number for people; without gaps.
    pub number: i64,
    /// Where it stands.
    pub state: OrderState,
    /// Where the confirmation went.
    pub email: String,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// Where it goes.
    pub shipping_address: Address,
    /// Whom it is billed to.
    pub billing_address: Address,
    /// How it is sent: the way's name; `None` when nothing has to be sent.
    pub shipping_method: Option<String>,
    /// The day of delivery.
    pub delivery_date: Option<String>,
    /// Sum of the lines' subtotals.
    pub subtotal: Money,
    /// The promotions that counted, and what each took off.
    #[serde(default)]
    pub discounts: Vec<Discount>,
    /// What they took off the lines together; absent when nothing.
    #[serde(default)]
    pub discount_total: Option<Money>,
    /// What sending costs, with tax.
    pub shipping_total: Money,
    /// Tax by rate.
    pub taxes: Vec<TaxLine>,
    /// All tax.
    pub tax_total: Money,
    /// What was paid.
    pub total: Money,
    /// Whether prices have tax in them.
    pub prices_include_tax: bool,
    /// How it is paid.
    pub payment: OrderPayment,
    /// For the merchant.
    pub note: Option<String>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// How it stands with the money.
    #[serde(default)]
    pub payment_state: MoneyState,
    /// How much of it is on its way.
    #[serde(default)]
    pub fulfilment_state: FulfilmentState,
    /// Its parcels, the oldest first.
    #[serde(default)]
    pub fulfilments: Vec<Fulfilment>,
    /// What was given back, the oldest first.
    #[serde(default)]
    pub refunds: Vec<OrderRefund>,
}

impl Order {
    /// All that was given back.
    #[must_use]
    pub fn refunded(&self) -> Money {
        let minor = self.refunds.iter().map(|refund| refund.total.amount_minor).sum();
        Money::new(minor, self.total.currency)
    }
}

/// An order in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// Its number for people.
    pub number: i64,
    /// Where it stands.
    pub state: OrderState,
    /// Where the confirmation went.
    pub email: String,
    /// Pieces.
    pub item_count: u32,
    /// What was paid.
    pub total: Money,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// How it stands with the money.
    #[serde(default)]
    pub payment_state: MoneyState,
    /// How much of it is on its way.
    #[serde(default)]
    pub fulfilment_state: FulfilmentState,
    /// Who gets it.
    #[serde(default)]
    pub name: String,
    /// For finding it; empty for customers.
    #[serde(default)]
    pub tags: Vec<String>,
}
