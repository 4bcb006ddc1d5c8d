//! Webhooks: which addresses are told of what, and what became of each delivery.

use std::fmt;
use std::str::FromStr;

use emart_types::{Timestamp, typed_id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

typed_id!(
    /// A webhook.
    WebhookId,
    "whk"
);

typed_id!(
    /// A delivery of one event to one webhook.
    DeliveryId,
    "dlv"
);

macro_rules! events {
    ($($name:ident $word:literal $means:literal)*) => {
        /// What a webhook may be told of. `docs/webhooks.md` says what each carries.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        pub enum WebhookEvent {
            $(#[doc = $means] #[serde(rename = $word)] $name,)*
        }

        impl WebhookEvent {
            /// Every type of event.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// When it is told, for people.
            #[must_use]
            pub const fn means(self) -> &'static str {
                match self { $(Self::$name => $means,)* }
            }
        }
    };
}

events! {
    OrderPlaced "order.placed" "An order was placed."
    OrderShipped "order.shipped" "A parcel of an order is on its way."
    OrderRefunded "order.refunded" "Money of an order was given back, or pieces were taken off it."
    OrderCancelled "order.cancelled" "An order was called off."
    PaymentCaptured "payment.captured" "The money of a payment became the shop's."
    PaymentFailed "payment.failed" "A bank or the payment provider refused a payment."
    PaymentRefunded "payment.refunded" "Some or all of a captured payment was given back."
    PaymentVoided "payment.voided" "A promise of money was given back."
    StockChanged "stock.changed" "How many of an item can be bought has changed."
    CustomerRegistered "customer.registered" "Somebody has an account now."
    WebhookTest "webhook.test" "Sent when somebody presses the button that tries a webhook."
}

impl fmt::Display for WebhookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for WebhookEvent {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|event| event.as_str() == text).ok_or(())
    }
}

/// An address that is told of what happens. Whoever may see connections sees it; nobody sees its secret again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    /// The webhook.
    pub id: WebhookId,
    /// Where it is told.
    pub url: String,
    /// What it is for, in the shop's own words.
    pub description: String,
    /// What it is told of.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told at all.
    pub enabled: bool,
    /// Why it was turned off by itself.
    #[schema(required)]
    pub off_because: Option<String>,
    /// Since when nothing has gone through.
    #[schema(required)]
    pub failing_since: Option<Timestamp>,
    /// The last characters of the secret, to tell secrets apart.
    pub secret_ends_with: String,
    /// Until when deliveries carry the signature of the secret before as well.
    #[schema(required)]
    pub old_secret_until: Option<Timestamp>,
    /// Counts the changes; also the ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A webhook with its new secret: shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WebhookWithSecret {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// `whsec_` and base64: what receivers check signatures with (<https://www.standardwebhooks.com>).
    pub secret: String,
}

/// Adds a webhook.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where it is told: an https address.
    #[schema(max_length = 2000)]
    pub url: String,
    /// What it is for.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub description: String,
    /// What it is told of; at least one.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told at all.
    #[serde(default = "yes")]
    pub enabled: bool,
}

const fn yes() -> bool {
    true
}

/// Changes what is named of a webhook.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookPatch {
    /// Where it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub url: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub description: Option<String>,
    /// What it is told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<WebhookEvent>>,
    /// Whether it is told at all. Turning it on forgets why it was turned off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Gives a webhook another secret.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhookSecret {
    /// For how long deliveries carry the old secret's signature as well; 0: it is out at once.
    #[serde(default = "a_day")]
    #[schema(maximum = 168, default = 24)]
    pub old_valid_hours: u32,
}

const fn a_day() -> u32 {
    24
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waiting for its first try, or for the next.
    Queued,
    /// The receiver has it: it answered with a 2xx.
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// A delivery in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// The delivery.
    pub id: DeliveryId,
    /// Whom it is for.
    pub webhook_id: WebhookId,
    /// `webhook-id`: the same however often it is sent.
    pub message_id: String,
    /// What happened.
    pub event: WebhookEvent,
    /// What became of it.
    pub state: DeliveryState,
    /// Tries so far.
    pub tries: u32,
    /// The status of the last answer.
    #[schema(required)]
    pub status: Option<u16>,
    /// How the last answer began.
    #[schema(required)]
    pub answer: Option<String>,
    /// Why the last try failed.
    #[schema(required)]
    pub error: Option<String>,
    /// How long the last try took.
    #[schema(required)]
    pub took_ms: Option<i64>,
    /// When it is tried next, while it is queued.
    #[schema(required)]
    pub next_try_at: Option<Timestamp>,
    /// When it happened.
    pub created_at: Timestamp,
    /// When it was tried last.
    #[schema(required)]
    pub tried_at: Option<Timestamp>,
}

/// A delivery with what is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryContent {
    /// Its head.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The body, to the byte.
    pub body: String,
}
