//! Drafts: what they cost today, and how one becomes an order, once: by a checkout whose cart it stands for.

use emart_catalog_api::VariantInfo;
use emart_orders_api::{DraftId, DraftState, PayableDraft, PayableLine, PutDraft};
use emart_payments_api::CardToken;
use emart_pricing_api::{Destination, NewQuote, Quote, QuoteLineRequest, Shopper, ShopperQuote};
use emart_types::Money;

use crate::domain::draft;
use crate::domain::progress::Manual;
use crate::error::Error;
use crate::store::drafts::Kept;
use crate::{Orders, store};

/// How a draft is paid.
pub(crate) struct Paid {
    /// The card, or one that nobody asks for.
    pub(crate) card_token: CardToken,
    /// The way the money came, when not by card.
    pub(crate) manual: Option<Manual>,
    pub(crate) expected_total: Money,
}

impl Orders {
    pub(crate) async fn draft(&self, id: &DraftId) -> Result<Kept, Error> {
        let id = id.clone();
        let read = self.db.read(|tx| async move { store::drafts::draft(&tx, &id).await });
        read.await?.ok_or(Error::NotFound)
    }

    pub(crate) async fn variants_of(&self, draft: &PutDraft) -> Result<Vec<VariantInfo>, Error> {
        if draft.lines.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = draft.lines.iter().map(|line| line.variant_id.clone()).collect();
        Ok(self.clients.catalog.variants(&ids).await?)
    }

    /// A draft as whoever pays sees it.
    pub(crate) async fn payable(&self, kept: Kept) -> Result<PayableDraft, Error> {
        let variants = self.variants_of(&kept.body).await?;
        let mut missing = match kept.state {
            DraftState::Open => draft::missing(&kept.body, &variants),
            DraftState::Completed => Vec::new(),
        };
        let mut quote = None;
        if missing.is_empty() && kept.state == DraftState::Open {
            match self.quote_of(&kept.body).await? {
                Ok(quoted) => quote = Some(quoted),
                Err(why) => missing.push(why),
            }
        }
        let priced = quote.as_ref().map(|quote| quote.lines.clone()).unwrap_or_default();
        let lines = priced.into_iter().filter_map(|line| {
            let variant = variants.iter().find(|variant| variant.id == line.variant_id)?;
            Some(PayableLine {
                handle: variant.handle.clone(),
                title: variant.title.clone(),
                variant_title: variant.variant_title.clone(),
                sku: variant.sku.clone(),
                quantity: line.quantity,
                subtotal: line.subtotal,
            })
        });
        Ok(PayableDraft {
            id: kept.id,
            state: kept.state,
            lines: lines.collect(),
            quote,
            missing,
            email: kept.body.email,
            shipping_address: kept.body.shipping_address,
            note: kept.body.note,
            order_id: kept.order_id,
        })
    }

    /// What a draft costs, or why it cannot be sold like this.
    async fn quote_of(&self, body: &PutDraft) -> Result<Result<Quote, String>, Error> {
        let lines = body.lines.iter().map(|line| QuoteLineRequest {
            variant_id: line.variant_id.clone(),
            quantity: line.quantity,
        });
        let destination = body.shipping_address.as_ref().map(|address| Destination {
            country: address.country.clone(),
            region: address.region.clone().filter(|region| !region.is_empty()),
        });
        let shipping_method_id = body.shipping_method_id.clone();
        let quote = NewQuote {
            lines: lines.collect(),
            destination,
            shipping_method_id,
            coupons: Vec::new(),
        };
        let (customer_id, email) = (body.customer_id.clone(), body.email.clone());
        let shopper = Shopper { customer_id, email };
        let asked = ShopperQuote { quote, shopper, delivered: false };
        match self.clients.pricing.shopper_quote(&asked).await {
            Ok(quote) => Ok(Ok(quote)),
            Err(error) => match error.problem().filter(|_| error.is_refusal()) {
                Some(problem) => {
                    Ok(Err(problem.detail.clone().unwrap_or_else(|| problem.title.clone())))
                }
                None => Err(error.into()),
            },
        }
    }
}
