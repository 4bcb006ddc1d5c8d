//! The test provider: no money moves. Its cards behave as their numbers say, and it keeps a book of its own, in
//! transactions of its own, so that a lost answer leaves the two sides apart as with a provider across the network.

use emart_payments_api::AuthenticationOutcome;
use emart_store::Db;
use emart_types::Money;

use super::{
    Adopted, Answer, CardDetails, Charge, Failure, Provider, ProviderError, RefundAnswer,
    Registered,
};
use crate::store::test_provider::{self as book, NewCharge, NewRefund};

/// What a card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    Succeeds,
    Declines(Failure),
    /// Its holder is asked first; then it succeeds, or does not even so.
    Authenticates {
        succeeds: bool,
    },
    /// The promise is made, the answer is lost.
    LosesAnswer,
    /// The question is lost, each time.
    LosesQuestion,
    /// The first capture fails, the next works.
    FailsFirstCapture,
}

/// Every card there is: its number, the provider's name for it, what it does.
const CARDS: [(&str, &str, Behaviour); 19] = [
    ("4242424242424242", "test_visa", Behaviour::Succeeds),
    ("4111111111111111", "test_visa_classic", Behaviour::Succeeds),
    ("4000056655665556", "test_visa_debit", Behaviour::Succeeds),
    ("5555555555554444", "test_mastercard", Behaviour::Succeeds),
    ("2223003122003222", "test_mastercard_2_series", Behaviour::Succeeds),
    ("378282246310005", "test_amex", Behaviour::Succeeds),
    ("6011111111111117", "test_discover", Behaviour::Succeeds),
    ("3566002020360505", "test_jcb", Behaviour::Succeeds),
    ("3056930009020004", "test_diners", Behaviour::Succeeds),
    ("6200000000000005", "test_unionpay", Behaviour::Succeeds),
    ("4000000000000002", "test_declined", Behaviour::Declines(Failure::CardDeclined)),
    ("4000000000009995", "test_insufficient", Behaviour::Declines(Failure::InsufficientFunds)),
    ("4000000000000119", "test_error", Behaviour::Declines(Failure::ProviderError)),
    ("4000002500003155", "test_authentication", Behaviour::Authenticates { succeeds: true }),
    (
        "4000008400001629",
        "test_authentication_declined",
        Behaviour::Authenticates { succeeds: false },
    ),
    ("4000000000004087", "test_timeout_promised", Behaviour::LosesAnswer),
    ("4000000000005043", "test_timeout_lost", Behaviour::LosesQuestion),
    ("4000000000005035", FAILS_FIRST_CAPTURE, Behaviour::FailsFirstCapture),
    ("4000000000005126", REFUSES_REFUNDS, Behaviour::Succeeds),
];

/// The card that charges are made with that were made elsewhere.
const PAYS: &str = "test_visa";
/// Pays like any other; no money goes back to it in parts.
const REFUSES_REFUNDS: &str = "test_refuses_refunds";
const FAILS_FIRST_CAPTURE: &str = "test_capture_fails_once";

/// The provider `test`.
#[derive(Debug, Clone)]
pub struct TestProvider {
    db: Db,
}

impl TestProvider {
    /// A provider that keeps its book in this database.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    async fn charge(&self, charge: NewCharge) -> Result<Charge, ProviderError> {
        let Some((_, _, behaviour)) = CARDS.iter().find(|(_, name, _)| *name == charge.card) else {
            return Err(ProviderError::Unavailable("no such card".to_owned()));
        };
        let (first, loses_answer) = match behaviour {
            Behaviour::Succeeds | Behaviour::FailsFirstCapture => (Charge::Authorized, false),
            Behaviour::LosesAnswer => (Charge::Authorized, true),
            Behaviour::Declines(failure) => (Charge::Declined(*failure), false),
            Behaviour::Authenticates { .. } => (Charge::RequiresAction, false),
            Behaviour::LosesQuestion => {
                let known = self.known(charge.reference).await?;
                return if known == Charge::Unknown {
                    Err(ProviderError::Timeout)
                } else {
                    Ok(known)
                };
            }
        };
        let (is_new, charge) =
            self.db.write(move |tx| async move { book::insert(&tx, &charge, first).await }).await?;
        if is_new && loses_answer { Err(ProviderError::Timeout) } else { Ok(charge) }
    }

    async fn known(&self, reference: String) -> Result<Charge, ProviderError> {
        let charge = self.db.read(|tx| async move { book::charge(&tx, &reference).await }).await?;
        Ok(charge.map_or(Charge::Unknown, |(charge, _)| charge))
    }

    /// Moves a charge on if it stands in `from`; answers how it then stands.
    async fn advance(
        &self,
        reference: &str,
        from: Charge,
        to: Charge,
    ) -> Result<Charge, ProviderError> {
        let reference = reference.to_owned();
        let charge = self
            .db
            .write(move |tx| async move { book::advance(&tx, &reference, from, to).await })
            .await?;
        Ok(charge.unwrap_or(Charge::Unknown))
    }

    async fn take(&self, reference: &str) -> Result<Charge, ProviderError> {
        let reference = reference.to_owned();
        let charge = self
            .db
            .write(
                move |tx| async move { book::capture(&tx, &reference, FAILS_FIRST_CAPTURE).await },
            )
            .await?;
        let failed = || ProviderError::Unavailable("this card's first capture fails".to_owned());
        charge.ok_or_else(failed)
    }

    async fn give(&self, refund: NewRefund) -> Result<RefundAnswer, ProviderError> {
        let made = self
            .db
            .write(move |tx| async move { book::refund(&tx, &refund, REFUSES_REFUNDS).await });
        let refused = || RefundAnswer::Refused("the bank does not take the money back".to_owned());
        Ok(if made.await? { RefundAnswer::Made } else { refused() })
    }

    async fn confirm(
        &self,
        reference: &str,
        outcome: AuthenticationOutcome,
    ) -> Result<Charge, ProviderError> {
        let key = reference.to_owned();
        let known = self.db.read(|tx| async move { book::charge(&tx, &key).await }).await?;
        let Some((known, card)) = known else { return Ok(Charge::Unknown) };
        let succeeds = behaviour_of(&card) == Some(Behaviour::Authenticates { succeeds: true });
        let next = match outcome {
            AuthenticationOutcome::Approved if succeeds => Charge::Authorized,
            AuthenticationOutcome::Approved => Charge::Declined(Failure::CardDeclined),
            AuthenticationOutcome::Rejected => Charge::Declined(Failure::AuthenticationFailed),
        };
        if known != Charge::RequiresAction {
            return Ok(known);
        }
        self.advance(reference, Charge::RequiresAction, next).await
    }
}

fn behaviour_of(card: &str) -> Option<Behaviour> {
    CARDS.iter().find(|(_, name, _)| *name == card).map(|(_, _, behaviour)| *behaviour)
}

impl Provider for TestProvider {
    fn name(&self) -> &'static str {
        "test"
    }

    fn register_card<'a>(&'a self, card: &'a CardDetails) -> Answer<'a, Registered> {
        let known = CARDS.iter().find(|(number, _, _)| number == card.number.expose());
        // A real card must not be typed into a shop that takes test cards.
        let refused = "this shop takes test cards only, such as 4242 4242 4242 4242";
        let registered = known.map_or(Registered::Refused(refused), |(_, name, _)| {
            Registered::Card((*name).to_owned())
        });
        Box::pin(async move { Ok(registered) })
    }

    fn authorize<'a>(
        &'a self,
        reference: &'a str,
        card: &'a str,
        amount: Money,
    ) -> Answer<'a, Charge> {
        let (reference, card) = (reference.to_owned(), card.to_owned());
        Box::pin(self.charge(NewCharge { reference, card, amount }))
    }

    fn authenticate<'a>(
        &'a self,
        reference: &'a str,
        outcome: AuthenticationOutcome,
    ) -> Answer<'a, Charge> {
        Box::pin(self.confirm(reference, outcome))
    }

    fn capture<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge> {
        Box::pin(self.take(reference))
    }

    fn void<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge> {
        let reference = reference.to_owned();
        let void = self.db.write(move |tx| async move { book::void(&tx, &reference).await });
        Box::pin(async move { Ok(void.await?) })
    }

    fn refund<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge> {
        Box::pin(self.advance(reference, Charge::Captured, Charge::Refunded))
    }

    fn refund_part<'a>(
        &'a self,
        reference: &'a str,
        refund: &'a str,
        amount: Money,
    ) -> Answer<'a, RefundAnswer> {
        let (charge, reference) = (reference.to_owned(), refund.to_owned());
        Box::pin(self.give(NewRefund { reference, charge, amount }))
    }

    fn status<'a>(&'a self, reference: &'a str) -> Answer<'a, Charge> {
        Box::pin(self.known(reference.to_owned()))
    }

    fn adopt<'a>(&'a self, charges: &'a [Adopted]) -> Answer<'a, ()> {
        let new = |Adopted { reference, amount }: &Adopted| NewCharge {
            reference: reference.clone(),
            card: PAYS.to_owned(),
            amount: *amount,
        };
        let new: Vec<NewCharge> = charges.iter().map(new).collect();
        let write = self.db.write(move |tx| async move {
            for charge in &new {
                book::insert(&tx, charge, Charge::Captured).await?;
            }
            Ok::<_, emart_store::Error>(())
        });
        Box::pin(async move { Ok(write.await?) })
    }
}
