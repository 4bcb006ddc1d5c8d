//! Who keeps payments that need no provider: gift cards pay them, or there is nothing to pay.

use emart_payments_api::AuthenticationOutcome;
use emart_types::Money;

use super::{Answer, CardDetails, Charge, Provider, RefundAnswer, Registered};

/// Promises, takes and gives back nothing, at once.
#[derive(Debug)]
pub(crate) struct NoProvider;

fn at_once<'a, T: Send + 'a>(answer: T) -> Answer<'a, T> {
    Box::pin(async move { Ok(answer) })
}

impl Provider for NoProvider {
    fn name(&self) -> &'static str {
        "none"
    }

    fn register_card<'a>(&'a self, _: &'a CardDetails) -> Answer<'a, Registered> {
        at_once(Registered::Refused("no card is needed"))
    }

    fn authorize<'a>(&'a self, _: &'a str, _: &'a str, _: Money) -> Answer<'a, Charge> {
        at_once(Charge::Authorized)
    }

    fn authenticate<'a>(&'a self, _: &'a str, _: AuthenticationOutcome) -> Answer<'a, Charge> {
        at_once(Charge::Authorized)
    }

    fn capture<'a>(&'a self, _: &'a str) -> Answer<'a, Charge> {
        at_once(Charge::Captured)
    }

    fn void<'a>(&'a self, _: &'a str) -> Answer<'a, Charge> {
        at_once(Charge::Voided { promised: true })
    }

    fn refund<'a>(&'a self, _: &'a str) -> Answer<'a, Charge> {
        at_once(Charge::Refunded)
    }

    fn refund_part<'a>(&'a self, _: &'a str, _: &'a str, _: Money) -> Answer<'a, RefundAnswer> {
        at_once(RefundAnswer::Made)
    }

    fn status<'a>(&'a self, _: &'a str) -> Answer<'a, Charge> {
        at_once(Charge::Authorized)
    }
}
