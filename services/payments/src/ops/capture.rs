//! Taking the promised money: once a payment, ever.

use emart_payments_api::{PaymentId, PaymentState};

use crate::Payments;
use crate::domain::payment::Kept;
use crate::error::Error;

impl Payments {
    /// Takes the money. The provider is asked under the payment's own reference, so it too takes it once.
    pub(crate) async fn capture(&self, id: &PaymentId) -> Result<Kept, Error> {
        let kept = self.payment(id).await?;
        match kept.state {
            PaymentState::Captured => return Ok(kept),
            PaymentState::Authorized if !kept.cancel_requested => {}
            state => return Err(Error::NotCapturable(state)),
        }
        let charge = self.ask(self.provider_of(&kept).capture(id.as_str())).await?;
        let kept = self.record(kept, charge).await?;
        if kept.state == PaymentState::Captured {
            return Ok(kept);
        }
        Err(Error::NotCapturable(kept.state))
    }
}
