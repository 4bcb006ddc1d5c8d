//! Cards become tokens. Nothing here outlives the request but what may be shown.

use std::time::Duration;

use emart_payments_api::{Card, CardToken, NewCardToken};
use emart_types::Invalid;

use crate::domain::card;
use crate::error::Error;
use crate::providers::Registered;
use crate::store::card_tokens::NewToken;
use crate::{Payments, store};

const LIFETIME: Duration = Duration::from_secs(30 * 60);

impl Payments {
    /// Exchanges a card for a token.
    pub(crate) async fn tokenize(&self, new: &NewCardToken) -> Result<Card, Error> {
        let now = self.clock.now();
        let (details, shown) = card::check(new, now)?;
        let card = match self.ask(self.provider.register_card(&details)).await? {
            Registered::Card(card) => card,
            Registered::Refused(reason) => return Err(Invalid::field("/number", reason).into()),
        };
        let new = NewToken {
            token: CardToken::new(),
            provider: self.provider.name(),
            card,
            shown,
            expires_at: now.plus(LIFETIME),
            created_at: now,
        };
        let card = Card {
            token: new.token.clone(),
            brand: new.shown.brand.to_owned(),
            last4: new.shown.last4.clone(),
            expires_at: new.expires_at,
        };
        let insert = move |tx| async move { store::card_tokens::insert(&tx, &new).await };
        self.db.write(insert).await?;
        Ok(card)
    }
}
