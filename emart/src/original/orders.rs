//! Orders, with their dates, prices and totals as they were. Of a card's number the last four digits are kept.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use anyhow::ensure;
use emart_catalog_api::{VariantId, VariantInfo};
use emart_classic_api::{Kind, KnownId};
use emart_identity_api::Address;
use emart_orders_api::{
    CheckoutId, FulfilmentState, MoneyState, MovedOrder, Order, OrderId, OrderImport, OrderLine,
    OrderOutcome, OrderPayment, OrderState, TimelineEntry,
};
use emart_payments_api::PaymentId;
use emart_pricing_api::AnyDayBooking;
use emart_types::{Money, Rate, Timestamp};
use serde_json::Value;

use super::goods::{known_product, variant_of};
use super::json::{self, Record};
use super::people::Person;
use super::report::Tally;
use super::{BATCH, Move};

const A_DAY: Duration = Duration::from_secs(86_400);

/// Things as the store knows them now, for their pictures and addresses.
type Variants = HashMap<VariantId, VariantInfo>;

/// A record, read.
struct Draft {
    number: usize,
    hex: String,
    /// The ids that its products had.
    products: Vec<String>,
    moved: MovedOrder,
}

impl Move<'_> {
    /// Moves orders in, the oldest first: they are numbered here in that order.
    pub(super) async fn orders(&mut self, records: &[Record]) -> anyhow::Result<()> {
        let mut tally = Tally::of("orders");
        let owners = records.iter().filter_map(|record| json::oid(&record.get("user")["userId"]));
        self.find_people(&owners.collect()).await?;
        let mut drafts = Vec::new();
        for record in records {
            match self.draft_order(record) {
                Ok(draft) => drafts.push(draft),
                Err(why) => {
                    tally.skipped += 1;
                    let id = record.id().unwrap_or_default();
                    self.report.say("order", record.number, &id, format!("skipped: {why}"));
                }
            }
        }
        drafts.sort_by(|one, other| one.moved.order.id.cmp(&other.moved.order.id));
        let mut rest = drafts.into_iter();
        loop {
            let batch: Vec<Draft> = rest.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            self.bar.inc(batch.len() as u64);
            self.take_orders(batch, &mut tally).await?;
        }
        self.report.add(tally);
        Ok(())
    }

    fn draft_order(&mut self, record: &Record) -> Result<Draft, &'static str> {
        let hex = record.id().ok_or("its _id cannot be read")?;
        let user = record.get("user");
        let owner = json::oid(&user["userId"]).ok_or("it has no userId")?;
        let owner = self.people.get(&owner).ok_or("its customer was not moved in")?.clone();
        let placed_at = json::date(record.get("createdAt"))
            .or_else(|| json::date(&user["order"]))
            .unwrap_or_else(|| json::born(&hex));
        // What was to be delivered before today has been.
        let is_sent = json::date(&user["ship"]).is_some_and(|day| self.now.since(day) > A_DAY);
        let fulfilment_state =
            if is_sent { FulfilmentState::Fulfilled } else { FulfilmentState::Unfulfilled };
        let items = record.get("products").as_array().map_or(&[][..], Vec::as_slice);
        let lines = items.iter().map(|item| self.line(item, is_sent)).collect::<Option<Vec<_>>>();
        let lines = lines.filter(|lines| !lines.is_empty());
        let lines = lines.ok_or("one of its products cannot be read, or it has none")?;
        let products = items.iter().filter_map(|item| json::oid(&item["productId"])).collect();
        let sum = Money::sum(self.currency, lines.iter().map(|line| line.total));
        let sum = sum.map_err(|_| "its total is too large")?;
        let total = json::money(record.get("total"), self.currency).unwrap_or(sum);
        if total != sum {
            let said = format!("its total of {total} is kept, though its products come to {sum}");
            self.report.say("order", record.number, &hex, said);
        }
        let name = json::name_of("order", &hex);
        let order = Order {
            id: OrderId::derived(placed_at, name),
            number: 0,
            state: OrderState::Confirmed,
            email: owner.email.clone(),
            lines,
            shipping_address: self.address(user, &owner),
            billing_address: self.address(user, &owner),
            shipping_method: None,
            delivery_date: day(&user["ship"]),
            subtotal: sum,
            discounts: Vec::new(),
            discount_total: None,
            shipping_total: Money::zero(self.currency),
            taxes: Vec::new(),
            tax_total: Money::zero(self.currency),
            total,
            prices_include_tax: true,
            payment: payment(PaymentId::derived(placed_at, name), &user["credit"]),
            note: None,
            timeline: timeline(placed_at, self.now),
            placed_at,
            payment_state: MoneyState::Paid,
            fulfilment_state,
            fulfilments: Vec::new(),
            refunds: Vec::new(),
        };
        let checkout_id = CheckoutId::derived(placed_at, name);
        let customer_id = Some(owner.id.to_string());
        let moved = MovedOrder { order, checkout_id, customer_id };
        Ok(Draft { number: record.number, hex, products, moved })
    }

    fn line(&self, item: &Value, is_sent: bool) -> Option<OrderLine> {
        let quantity = json::count(&item["quantity"])?;
        let total = json::money(&item["prod_total"], self.currency)?;
        let unit_price = Money::new(total.amount_minor / i64::from(quantity), self.currency);
        let title = json::text(&item["prod_name"]);
        Some(OrderLine {
            variant_id: variant_of(&json::oid(&item["productId"])?),
            handle: String::new(),
            title,
            variant_title: String::new(),
            sku: None,
            image: None,
            quantity,
            unit_price,
            subtotal: total,
            discount: None,
            tax: Money::zero(self.currency),
            total,
            tax_rate: Rate(0),
            fulfilled: if is_sent { quantity } else { 0 },
            removed: 0,
            returned: 0,
        })
    }

    fn address(&self, user: &Value, owner: &Person) -> Address {
        let name = if owner.name.trim().is_empty() { &owner.email } else { &owner.name };
        Address {
            name: name.chars().take(100).collect(),
            line1: json::text(&user["street"]).chars().take(200).collect(),
            line2: None,
            city: json::text(&user["city"]).chars().take(100).collect(),
            postal_code: self.postal_code.to_owned(),
            region: None,
            country: self.country.to_owned(),
            phone: None,
        }
    }

    async fn take_orders(&mut self, drafts: Vec<Draft>, tally: &mut Tally) -> anyhow::Result<()> {
        let mut orders: Vec<MovedOrder> = drafts.iter().map(|draft| draft.moved.clone()).collect();
        self.dress(&mut orders).await?;
        let import = OrderImport { orders, dry_run: self.dry_run };
        let outcomes = self.orders.import_orders(&import).await?;
        ensure!(outcomes.len() == drafts.len(), "`orders` did not answer for every order");
        let mut ids: HashMap<(Kind, String), KnownId> = HashMap::new();
        let mut here = Vec::new();
        for (draft, outcome) in drafts.into_iter().zip(outcomes) {
            match outcome {
                OrderOutcome::Created => tally.created += 1,
                OrderOutcome::Unchanged => tally.unchanged += 1,
                OrderOutcome::Refused { reason } => {
                    tally.skipped += 1;
                    let said = format!("skipped: {reason}");
                    self.report.say("order", draft.number, &draft.hex, said);
                    continue;
                }
            }
            let id = draft.moved.order.id.to_string();
            let known = KnownId { kind: Kind::Order, hex: draft.hex.clone(), id };
            ids.insert((Kind::Order, draft.hex.clone()), known);
            // What was deleted since keeps its id in the orders that have it.
            for hex in &draft.products {
                ids.insert((Kind::Product, hex.clone()), known_product(hex));
            }
            here.push(draft);
        }
        if self.dry_run {
            return Ok(());
        }
        let ids: Vec<KnownId> = ids.into_values().collect();
        for ids in ids.chunks(BATCH) {
            self.classic.put_ids(ids).await?;
        }
        self.take_places(&here).await
    }

    /// Gives lines the pictures and addresses of what the store has of them now.
    async fn dress(&self, orders: &mut [MovedOrder]) -> anyhow::Result<()> {
        let lines = orders.iter().flat_map(|moved| &moved.order.lines);
        let ids: HashSet<VariantId> = lines.map(|line| line.variant_id.clone()).collect();
        let ids: Vec<VariantId> = ids.into_iter().collect();
        let mut variants = Variants::new();
        for ids in ids.chunks(BATCH) {
            let found = self.catalog.variants(ids).await?;
            variants.extend(found.into_iter().map(|variant| (variant.id.clone(), variant)));
        }
        for line in orders.iter_mut().flat_map(|moved| &mut moved.order.lines) {
            if let Some(variant) = variants.get(&line.variant_id) {
                line.handle.clone_from(&variant.handle);
                line.image.clone_from(&variant.image);
            }
        }
        Ok(())
    }

    /// Takes the places of what is still to be delivered.
    async fn take_places(&mut self, drafts: &[Draft]) -> anyhow::Result<()> {
        let today = self.now.to_string().chars().take(10).collect::<String>();
        for draft in drafts {
            let Some(date) = draft.moved.order.delivery_date.clone() else { continue };
            if date < today {
                continue;
            }
            let reference = draft.moved.checkout_id.to_string();
            let booking = AnyDayBooking { reference, date };
            match self.pricing.book_any_day(&booking).await {
                Err(error) if error.is("slot-full") => {
                    let said = format!("takes no place on {}, which is full", booking.date);
                    self.report.say("order", draft.number, &draft.hex, said);
                }
                Err(error) if !error.is_refusal() => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The day of a moment, or of a text that begins with one.
fn day(value: &Value) -> Option<String> {
    json::date(value).map(|at| at.to_string().chars().take(10).collect())
}

/// How it was paid, for all the original says.
fn payment(id: PaymentId, credit: &Value) -> OrderPayment {
    OrderPayment {
        id,
        brand: "card".to_owned(),
        last4: last_four(&json::text(credit)),
        captured: true,
        gift_card_amount: None,
        gift_card_last4: Vec::new(),
    }
}

/// The last four digits of a card's number. No more of it is kept, or said.
fn last_four(credit: &str) -> String {
    let digits: Vec<char> = credit.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(4)..].iter().collect()
}

fn timeline(placed_at: Timestamp, now: Timestamp) -> Vec<TimelineEntry> {
    let entry = |at, kind: &str, text: &str| TimelineEntry {
        at,
        kind: kind.to_owned(),
        text: text.to_owned(),
    };
    vec![
        entry(placed_at, "placed", "Order placed"),
        entry(now, "moved_in", "Moved here from the store before this one"),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_card_four_digits_are_left() {
        assert_eq!(last_four("4242424242424242"), "4242");
        assert_eq!(last_four("************1881"), "1881");
        assert_eq!((last_four("18"), last_four("")), ("18".to_owned(), String::new()));
    }

    #[test]
    fn a_day_is_that_of_the_moment_in_utc() {
        let ship = json!({"$date": "2026-11-24T00:00:00.000Z"});
        assert_eq!(day(&ship).as_deref(), Some("2026-11-24"));
        assert_eq!(day(&json!(null)), None);
    }
}
