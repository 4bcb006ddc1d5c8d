//! How others call `orders`. A guest's order opens to its token, a customer's to the customer who is calling.

use bytes::Bytes;
use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    Checkout, CheckoutId, CheckoutOnTerms, Draft, DraftId, FailedPayment, FulfilmentId,
    MarkDraftPaid, NewCancellation, NewCheckout, NewEdit, NewFulfilment, NewOrderNote, NewRefund,
    NewSavedView, Order, OrderAction, OrderCount, OrderDetails, OrderId, OrderImport, OrderNote,
    OrderOutcome, OrderPatch, OrderStatistics, OrderSummary, OwnedOrder, PayDraft, PayableDraft,
    PersonalOrders, PersonalOrdersQuery, PutDraft, PutOrderTags, RefundPreview, Saga, SavedView,
    Tracking, ViewId, WholeOrdersQuery,
};

/// A typed handle to `orders`.
#[derive(Clone, Debug)]
pub struct Orders(pub Peer);

/// The header that opens a guest's order.
const TOKEN: &str = "order-token";
const KEY: &str = "idempotency-key";
/// The header that opens a draft.
const DRAFT_TOKEN: &str = "draft-token";

/// Something that gives money back.
#[derive(Debug, Clone, PartialEq)]
pub enum MoneyAction {
    /// A refund.
    Refund(NewRefund),
    /// The order is called off.
    Cancel(NewCancellation),
    /// Pieces are taken off it.
    Edit(NewEdit),
}

impl MoneyAction {
    const fn path(&self) -> &'static str {
        match self {
            Self::Refund(_) => "refunds",
            Self::Cancel(_) => "cancellation",
            Self::Edit(_) => "edits",
        }
    }

    fn body<'a>(&self, call: Call<'a>) -> Call<'a> {
        match self {
            Self::Refund(new) => call.json(new),
            Self::Cancel(new) => call.json(new),
            Self::Edit(new) => call.json(new),
        }
    }
}

impl Orders {
    /// Buys a cart. The same key again answers the same checkout.
    pub async fn create_checkout(
        &self,
        idempotency_key: &str,
        checkout: &NewCheckout,
    ) -> Result<Checkout, CallError> {
        Call::post(&self.0, "/api/v1/checkouts")
            .header("idempotency-key", idempotency_key)
            .json(checkout)
            .send()
            .await
    }

    /// Buys a cart on terms that the store grants. The same key again answers the same checkout.
    pub async fn create_checkout_on_terms(
        &self,
        idempotency_key: &str,
        checkout: &CheckoutOnTerms,
    ) -> Result<Checkout, CallError> {
        Call::post(&self.0, "/internal/orders/checkouts")
            .header("idempotency-key", idempotency_key)
            .json(checkout)
            .send()
            .await
    }

    /// Whole orders, newest first.
    pub async fn whole_orders(
        &self,
        query: &WholeOrdersQuery,
    ) -> Result<Vec<OwnedOrder>, CallError> {
        Call::post(&self.0, "/internal/orders/search").json(query).send().await
    }

    /// Orders and drafts of a person, to be handed to them. For those who may change customers. Internal.
    pub async fn personal_orders(
        &self,
        query: &PersonalOrdersQuery,
    ) -> Result<PersonalOrders, CallError> {
        Call::post(&self.0, "/internal/orders/personal-data").json(query).send().await
    }

    /// How many orders there are.
    pub async fn count(&self) -> Result<u64, CallError> {
        Call::get(&self.0, "/internal/orders/count").send().await
    }

    /// Takes orders in that were placed elsewhere; says of each what became of it, or would.
    pub async fn import_orders(
        &self,
        import: &OrderImport,
    ) -> Result<Vec<OrderOutcome>, CallError> {
        Call::post(&self.0, "/internal/orders/imports").json(import).send().await
    }

    /// A checkout; its id is a secret of who began it.
    pub async fn checkout(&self, id: &CheckoutId) -> Result<Option<Checkout>, CallError> {
        Call::get(&self.0, format!("/api/v1/checkouts/{id}")).optional().await
    }

    /// Goes on with a checkout after its payment was confirmed. Again answers the same.
    pub async fn continue_checkout(&self, id: &CheckoutId) -> Result<Checkout, CallError> {
        Call::post(&self.0, format!("/api/v1/checkouts/{id}/continue")).send().await
    }

    /// An order; `None` when there is none that the caller may see.
    pub async fn order(&self, id: &OrderId, token: &str) -> Result<Option<Order>, CallError> {
        Call::get(&self.0, format!("/api/v1/orders/{id}")).header(TOKEN, token).optional().await
    }

    /// The orders of the customer who is calling, newest first.
    pub async fn my_orders(&self, query: &str) -> Result<Page<OrderSummary>, CallError> {
        let query = format!("mine=true&{query}");
        Call::get(&self.0, "/api/v1/orders").query(&query).send().await
    }

    /// All orders that a query finds. `query` is that of [`crate::OrderQuery`].
    pub async fn orders(&self, query: &str) -> Result<Page<OrderSummary>, CallError> {
        Call::get(&self.0, "/api/v1/orders").query(query).send().await
    }

    /// How many orders a query finds, as far as anybody counts.
    pub async fn count_orders(&self, query: &str) -> Result<OrderCount, CallError> {
        Call::get(&self.0, "/api/v1/orders/count").query(query).send().await
    }

    /// How the shop is doing.
    pub async fn statistics(&self) -> Result<OrderStatistics, CallError> {
        Call::get(&self.0, "/api/v1/orders/statistics").send().await
    }

    /// The lists that whoever is calling comes back to.
    pub async fn views(&self) -> Result<Page<SavedView>, CallError> {
        Call::get(&self.0, "/api/v1/orders/views").send().await
    }

    /// An order with all that staff know of it; `None` when there is none.
    pub async fn details(&self, id: &OrderId) -> Result<Option<OrderDetails>, CallError> {
        Call::get(&self.0, format!("/api/v1/orders/{id}/details")).optional().await
    }

    /// Corrects an order of the version that was read.
    pub async fn update_order(
        &self,
        id: &OrderId,
        version: i64,
        patch: &OrderPatch,
    ) -> Result<OrderDetails, CallError> {
        let call = Call::patch(&self.0, format!("/api/v1/orders/{id}"));
        call.header("if-match", &format!("\"{version}\"")).json(patch).send().await
    }

    /// Sets an order's tags.
    pub async fn put_tags(
        &self,
        id: &OrderId,
        tags: &PutOrderTags,
    ) -> Result<OrderDetails, CallError> {
        Call::put(&self.0, format!("/api/v1/orders/{id}/tags")).json(tags).send().await
    }

    /// Writes a note about an order.
    pub async fn create_note(
        &self,
        id: &OrderId,
        note: &NewOrderNote,
    ) -> Result<OrderNote, CallError> {
        Call::post(&self.0, format!("/api/v1/orders/{id}/notes")).json(note).send().await
    }

    /// Has the confirmation sent once more, once a key.
    pub async fn resend_confirmation(
        &self,
        id: &OrderId,
        key: &str,
    ) -> Result<OrderDetails, CallError> {
        let call = Call::post(&self.0, format!("/api/v1/orders/{id}/confirmations"));
        call.header(KEY, key).send().await
    }

    /// Sends a parcel, once a key.
    pub async fn fulfil(
        &self,
        id: &OrderId,
        key: &str,
        new: &NewFulfilment,
    ) -> Result<OrderDetails, CallError> {
        let call = Call::post(&self.0, format!("/api/v1/orders/{id}/fulfilments"));
        call.header(KEY, key).json(new).send().await
    }

    /// Corrects how a parcel is followed.
    pub async fn put_tracking(
        &self,
        id: &OrderId,
        parcel: &FulfilmentId,
        tracking: &Tracking,
    ) -> Result<OrderDetails, CallError> {
        let path = format!("/api/v1/orders/{id}/fulfilments/{parcel}/tracking");
        Call::put(&self.0, path).json(tracking).send().await
    }

    /// Notes that a parcel has arrived.
    pub async fn deliver(
        &self,
        id: &OrderId,
        parcel: &FulfilmentId,
    ) -> Result<OrderDetails, CallError> {
        let path = format!("/api/v1/orders/{id}/fulfilments/{parcel}/delivered");
        Call::post(&self.0, path).send().await
    }

    /// Calls a parcel off that never left.
    pub async fn cancel_fulfilment(
        &self,
        id: &OrderId,
        parcel: &FulfilmentId,
    ) -> Result<OrderDetails, CallError> {
        let path = format!("/api/v1/orders/{id}/fulfilments/{parcel}/cancel");
        Call::post(&self.0, path).send().await
    }

    /// What something that gives money back would do.
    pub async fn preview(
        &self,
        id: &OrderId,
        action: &MoneyAction,
    ) -> Result<RefundPreview, CallError> {
        let path = format!("/api/v1/orders/{id}/{}/preview", action.path());
        action.body(Call::post(&self.0, path)).send().await
    }

    /// Gives money back, once a key.
    pub async fn act(
        &self,
        id: &OrderId,
        key: &str,
        action: &MoneyAction,
    ) -> Result<OrderAction, CallError> {
        let call = Call::post(&self.0, format!("/api/v1/orders/{id}/{}", action.path()));
        action.body(call.header(KEY, key)).send().await
    }

    /// An order's invoice as a PDF. For staff.
    pub async fn invoice_pdf(&self, id: &OrderId) -> Result<Bytes, CallError> {
        let path = format!("/api/v1/orders/{id}/invoice.pdf");
        Ok(Call::get(&self.0, path).bytes().await?.1)
    }

    /// The packing slips of some orders as one PDF. For staff.
    pub async fn packing_slips_pdf(&self, ids: &[OrderId]) -> Result<Bytes, CallError> {
        let ids: Vec<&str> = ids.iter().map(OrderId::as_str).collect();
        let query = format!("ids={}", ids.join(","));
        let call = Call::get(&self.0, "/api/v1/orders/packing-slips.pdf").query(&query);
        Ok(call.bytes().await?.1)
    }

    /// Drafts, the newest first; `query` takes `state`, `limit` and `cursor`.
    pub async fn drafts(&self, query: &str) -> Result<Page<Draft>, CallError> {
        Call::get(&self.0, "/api/v1/orders/drafts").query(query).send().await
    }

    /// A draft. For staff.
    pub async fn draft(&self, id: &DraftId) -> Result<Option<Draft>, CallError> {
        Call::get(&self.0, format!("/api/v1/orders/drafts/{id}")).optional().await
    }

    /// Makes a draft, once a key.
    pub async fn create_draft(&self, key: &str, draft: &PutDraft) -> Result<Draft, CallError> {
        let call = Call::post(&self.0, "/api/v1/orders/drafts").header(KEY, key);
        call.json(draft).send().await
    }

    /// Changes a draft of the version that was read.
    pub async fn put_draft(
        &self,
        id: &DraftId,
        version: i64,
        draft: &PutDraft,
    ) -> Result<Draft, CallError> {
        let call = Call::put(&self.0, format!("/api/v1/orders/drafts/{id}"));
        call.header("if-match", &format!("\"{version}\"")).json(draft).send().await
    }

    /// Forgets a draft.
    pub async fn delete_draft(&self, id: &DraftId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/orders/drafts/{id}")).done().await
    }

    /// What a draft costs today; `None` when the token does not open it.
    pub async fn payable_draft(
        &self,
        id: &DraftId,
        token: &str,
    ) -> Result<Option<PayableDraft>, CallError> {
        let call = Call::get(&self.0, format!("/api/v1/orders/drafts/{id}/payable"));
        call.header(DRAFT_TOKEN, token).optional().await
    }

    /// Pays a draft by card, once a key.
    pub async fn pay_draft(
        &self,
        id: &DraftId,
        token: &str,
        key: &str,
        pay: &PayDraft,
    ) -> Result<Checkout, CallError> {
        let call = Call::post(&self.0, format!("/api/v1/orders/drafts/{id}/payment"));
        call.header(DRAFT_TOKEN, token).header(KEY, key).json(pay).send().await
    }

    /// Makes an order of a draft that was paid another way, once a key.
    pub async fn mark_draft_paid(
        &self,
        id: &DraftId,
        key: &str,
        paid: &MarkDraftPaid,
    ) -> Result<Checkout, CallError> {
        let call = Call::post(&self.0, format!("/api/v1/orders/drafts/{id}/mark-paid"));
        call.header(KEY, key).json(paid).send().await
    }

    /// Payments that failed in the last 7 days, the latest first; `query` takes `limit` and `cursor`. For staff.
    pub async fn failed_payments(&self, query: &str) -> Result<Page<FailedPayment>, CallError> {
        Call::get(&self.0, "/api/v1/orders/failed-payments").query(query).send().await
    }

    /// Sagas, those that are stuck first; `query` takes `standing`, `limit` and `cursor`. For those who run the store.
    pub async fn sagas(&self, query: &str) -> Result<Page<Saga>, CallError> {
        Call::get(&self.0, "/api/v1/orders/sagas").query(query).send().await
    }

    /// Has a saga that is stuck tried again at once; `None` when there is no such saga.
    pub async fn retry_saga(&self, id: &str) -> Result<Option<Saga>, CallError> {
        // An id that is no path is nobody's.
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let id: String = id.chars().filter(|c| plain(*c)).collect();
        Call::post(&self.0, format!("/api/v1/orders/sagas/{id}/retry")).optional().await
    }

    /// Keeps a list.
    pub async fn create_view(&self, view: &NewSavedView) -> Result<SavedView, CallError> {
        Call::post(&self.0, "/api/v1/orders/views").json(view).send().await
    }

    /// Forgets a list.
    pub async fn delete_view(&self, id: &ViewId) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/orders/views/{id}")).done().await
    }

    /// An order's receipt as a PDF; `None` when there is no order that the caller may see.
    pub async fn receipt_pdf(&self, id: &OrderId, token: &str) -> Result<Option<Bytes>, CallError> {
        let path = format!("/api/v1/orders/{id}/receipt.pdf");
        match Call::get(&self.0, path).header(TOKEN, token).bytes().await {
            Ok((_, body)) => Ok(Some(body)),
            Err(error) if error.problem().is_some_and(|p| p.status == 404) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
