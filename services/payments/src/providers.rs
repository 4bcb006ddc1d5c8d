//! Who keeps the promises of money.
//!
//! A provider is a remote party: each call may be lost on the way there or back, so each carries the reference of the
//! charge it is about and can be repeated without doing anything twice.

pub(crate) mod none;
mod test;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use emart_payments_api::AuthenticationOutcome;
use emart_types::{Money, Secret};

pub use test::TestProvider;

/// What a provider answers, in time or not.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ProviderError>> + Send + 'a>>;

/// A payment provider.
///
/// Every call that changes something answers the charge as it stands *afterwards*, also when it changed nothing: who
/// asks to capture what was voided is told that it is voided. Voiding is final even for a charge that the provider
/// has not heard of: one that arrives later under the same reference is refused.
pub trait Provider: fmt::Debug + Send + Sync {
    /// The word it goes by in `Payment::provider`.
    fn name(&self) -> &'static str;

    /// Exchanges a card for the provider's own name of it, which tells nobody else anything.
    fn register_card<'a>(&'a self, card: &'a CardDetails) -> Answer<'a, Registered>;

    /// Asks for the promise of money. Once a reference; repeated, it answers what became of the first.
    fn authorize<'a>(
        &'a self,
        reference: &'a str,
        card: &'a str,
        amount: Money,
    ) -> Answer<'a, Charge>;

    /// Passes on what the card's holder says to their bank.
    fn authenticate<'a>(
        &'a self,
        reference: &'a str,
        outcome: AuthenticationOutcome,
    ) -> Answer<'a, Charge>;

    /// Takes the promised money.
    fn capture<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge>;

    /// Gives the promise back, and refuses it should it still be on its way.
    fn void<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge>;

    /// Gives all of the captured money back, where none was given back before.
    fn refund<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge>;

    /// Gives some of the captured money back, once a refund reference; repeated, it answers what became of the first.
    fn refund_part<'a>(
        &'a self,
        reference: &'a str,
        refund: &'a str,
        amount: Money,
    ) -> Answer<'a, RefundAnswer>;

    /// How a charge stands.
    fn status<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge>;

    /// Takes charges over that it is told were captured before this shop asked it for any. A provider with a book of its
    /// own knows them, or does not.
    fn adopt<'a>(&'a self, _charges: &'a [Adopted]) -> Answer<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A charge that was captured elsewhere.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// Its reference.
    pub reference: String,
    /// The money.
    pub amount: Money,
}

/// A charge as its provider sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// The provider has not heard of it.
    Unknown,
    /// The card's holder has to confirm it to their bank.
    RequiresAction,
    /// The money is promised.
    Authorized,
    /// The bank or the provider refused.
    Declined(Failure),
    /// The money was taken.
    Captured,
    /// It was given up.
    Voided {
        /// Whether money had been promised before.
        promised: bool,
    },
    /// The money was given back.
    Refunded,
}

/// What a provider says to a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundAnswer {
    /// The money is on its way back.
    Made,
    /// It says no, for good; the text is for staff.
    Refused(String),
}

/// Why a charge was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The bank does not say why.
    CardDeclined,
    /// There is not enough money behind the card.
    InsufficientFunds,
    /// The card's holder did not confirm it.
    AuthenticationFailed,
    /// The provider could not do it.
    ProviderError,
    /// The provider did not answer, and has not heard of it.
    ProviderTimeout,
}

impl Failure {
    const ALL: [Self; 5] = [
        Self::CardDeclined,
        Self::InsufficientFunds,
        Self::AuthenticationFailed,
        Self::ProviderError,
        Self::ProviderTimeout,
    ];

    /// The code in `Payment::failure`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CardDeclined => "card_declined",
            Self::InsufficientFunds => "insufficient_funds",
            Self::AuthenticationFailed => "authentication_failed",
            Self::ProviderError => "provider_error",
            Self::ProviderTimeout => "provider_timeout",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }
}

/// Why a provider gave no answer. Whether it did what it was asked is then not known.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// It did not answer in time.
    #[error("the payment provider did not answer in time")]
    Timeout,
    /// It could not be reached, or answered nonsense.
    #[error("the payment provider is not available: {0}")]
    Unavailable(String),
}

impl From<emart_store::Error> for ProviderError {
    fn from(error: emart_store::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// A card on its way to the provider. It lives as long as the request that brought it.
pub struct CardDetails {
    /// Digits only.
    pub number: Secret<String>,
    /// 1 to 12.
    pub exp_month: u8,
    /// Four digits.
    pub exp_year: u16,
    /// Three or four digits.
    pub cvc: Secret<String>,
}

impl fmt::Debug for CardDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardDetails(***)")
    }
}

/// What a provider says to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// The provider's own name for it.
    Card(String),
    /// It does not take such cards; the text is for the card's holder.
    Refused(&'static str),
}
