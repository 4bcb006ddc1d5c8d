//! The books of a store, compared after whatever happened to it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use emart_tests::Store;
use serde_json::Value;

/// How long a store may take to finish what was begun.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until every checkout that was left open has ended, and every e-mail has gone out.
pub(crate) async fn settle(store: &Store) {
    let until = Instant::now() + PATIENCE;
    while let Err(open) = settled(store).await {
        assert!(Instant::now() < until, "the store did not settle: {open:?}\n{}", store.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn settled(store: &Store) -> anyhow::Result<()> {
    for (service, waiting) in [
        ("orders", "SELECT count(*) FROM checkouts WHERE state NOT IN ('completed', 'failed')"),
        ("orders", "SELECT count(*) FROM outbox"),
        ("orders", "SELECT count(*) FROM order_actions WHERE state = 'running'"),
        ("payments", "SELECT count(*) FROM payments WHERE due_at IS NOT NULL"),
        ("payments", "SELECT count(*) FROM refunds WHERE due_at IS NOT NULL"),
        ("notifications", "SELECT count(*) FROM inbox WHERE state <> 'done'"),
        ("notifications", "SELECT count(*) FROM emails WHERE state = 'queued'"),
    ] {
        let left = store.books().number(service, &format!("({waiting})")).await?;
        anyhow::ensure!(left == 0, "{left} of {waiting}");
    }
    // Between outbox and inbox an event is on the bus.
    let placed = store.books().number("orders", "(SELECT count(*) FROM orders)").await?;
    let told = "(SELECT count(*) FROM inbox WHERE type = 'orders.order_placed.v1')";
    let told = store.books().number("notifications", told).await?;
    anyhow::ensure!(placed == told, "of {placed} orders {told} were told of");
    Ok(())
}

/// An order as its row says it.
struct Row {
    id: String,
    checkout_id: String,
    number: i64,
    pieces: i64,
    total: i64,
    /// What was given back of it.
    refunded: i64,
    /// Pieces that came back and can be sold again, all of them: these tests restock.
    came_back: i64,
    cancelled: bool,
}

/// Checks that nothing is lost or doubled: orders, their numbers, stock, deliveries, money, e-mails. Returns the
/// orders' ids.
pub(crate) async fn check_the_books(store: &Store, pieces: u32) -> anyhow::Result<HashSet<String>> {
    let orders = orders(store).await?;
    let numbers: Vec<i64> = orders.iter().map(|order| order.number).collect();
    let expected: Vec<i64> = (1001..).take(orders.len()).collect();
    assert_eq!(numbers, expected, "order numbers have gaps");
    stock(store, &orders, pieces).await?;
    deliveries(store, &orders).await?;
    money(store, &orders).await?;
    gift_cards(store).await?;
    promotions(store, &orders).await?;
    confirmations(store, &orders);
    Ok(orders.into_iter().map(|order| order.id).collect())
}

async fn orders(store: &Store) -> anyhow::Result<Vec<Row>> {
    let sql = "SELECT id || ' ' || checkout_id || ' ' || number || ' ' || item_count || ' ' || body \
               FROM orders ORDER BY number";
    let row = |text: &String| {
        let mut words = text.splitn(5, ' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let (id, checkout_id) = (word(), word());
        let (number, pieces) = (word().parse()?, word().parse()?);
        let body: Value = serde_json::from_str(&word())?;
        let total = body["total"]["amount_minor"].as_i64().context("a total")?;
        let sum = |list: &Value, of: fn(&Value) -> i64| -> i64 {
            list.as_array().into_iter().flatten().map(of).sum()
        };
        let minor = |refund: &Value| refund["total"]["amount_minor"].as_i64().unwrap_or_default();
        let refunded = sum(&body["refunds"], minor);
        let back = |line: &Value| {
            ["removed", "returned"].iter().map(|name| line[name].as_i64().unwrap_or_default()).sum()
        };
        let came_back = sum(&body["lines"], back);
        let cancelled = body["state"] == "cancelled";
        Ok(Row { id, checkout_id, number, pieces, total, refunded, came_back, cancelled })
    };
    store.books().column("orders", sql).await?.iter().map(row).collect()
}

async fn stock(store: &Store, orders: &[Row], pieces: u32) -> anyhow::Result<()> {
    let sold: i64 = orders.iter().map(|order| order.pieces - order.came_back).sum();
    let on_hand = store.books().number("inventory", "(SELECT SUM(on_hand) FROM items)").await?;
    let reserved = store.books().number("inventory", "(SELECT SUM(reserved) FROM items)").await?;
    assert_eq!((on_hand + sold, reserved), (i64::from(pieces), 0), "stock + sold = initial");
    let moved = store.books().number("inventory", "(SELECT SUM(on_hand_delta) FROM movements)");
    assert_eq!(moved.await?, on_hand, "the ledger adds up to the stock");
    Ok(())
}

async fn deliveries(store: &Store, orders: &[Row]) -> anyhow::Result<()> {
    let sql = "SELECT reference FROM slot_bookings WHERE released_at IS NULL";
    let booked: HashSet<String> = store.books().column("pricing", sql).await?.into_iter().collect();
    let bought = orders.iter().filter(|order| !order.cancelled);
    let bought: HashSet<String> = bought.map(|order| order.checkout_id.clone()).collect();
    assert_eq!(booked, bought, "each order has its place in a day, and no day another");
    let counted = "(SELECT COALESCE(SUM(booked), 0) FROM delivery_days)";
    let counted = usize::try_from(store.books().number("pricing", counted).await?)?;
    assert_eq!(counted, booked.len(), "the days' counts are those of their bookings");
    Ok(())
}

/// The shop's payments and the provider's own charges are the orders', to the cent, what was given back included, and
/// no promise is left open.
async fn money(store: &Store, orders: &[Row]) -> anyhow::Result<()> {
    let mut bought: Vec<String> = orders
        .iter()
        .map(|order| format!("{} {} {}", order.checkout_id, order.total, order.refunded))
        .collect();
    bought.sort_unstable();
    for (whose, payments) in [
        ("the shop's", "payments"),
        (
            "the provider's",
            "(SELECT p.reference, c.amount_minor + COALESCE(p.gift_minor, 0) AS amount_minor, \
             c.refunded_minor + COALESCE((SELECT SUM(e.amount_minor) FROM gift_card_entries e \
             WHERE e.payment_id = p.id AND e.kind = 'returned'), 0) AS refunded_minor, c.state \
             FROM test_provider_charges c LEFT JOIN payments p ON p.id = c.reference UNION ALL \
             SELECT reference, amount_minor, refunded_minor, state FROM payments \
             WHERE provider = 'none') AS charges",
        ),
    ] {
        let sql = format!(
            "SELECT COALESCE(reference, '?') || ' ' || amount_minor || ' ' || refunded_minor \
             FROM {payments} WHERE state IN ('captured', 'refunded')"
        );
        let mut taken = store.books().column("payments", &sql).await?;
        taken.sort_unstable();
        assert_eq!(taken, bought, "{whose} captured payments have exactly one order each");
        let open = format!(
            "(SELECT count(*) FROM {payments} WHERE state IN ('pending', 'requires_action', 'authorized'))"
        );
        let open = store.books().number("payments", &open).await?;
        assert_eq!(open, 0, "{whose} promises of money were forgotten");
    }
    Ok(())
}

/// What is on each gift card is the sum of its ledger, and what they paid is what the payments say.
async fn gift_cards(store: &Store) -> anyhow::Result<()> {
    let off = "(SELECT count(*) FROM gift_cards c WHERE balance_minor < 0 OR balance_minor <> \
               (SELECT COALESCE(SUM(amount_minor), 0) FROM gift_card_entries e WHERE e.gift_card_id = c.id))";
    assert_eq!(store.books().number("payments", off).await?, 0, "gift cards and their ledgers");
    let paid = "(SELECT COALESCE(SUM(gift_minor), 0) FROM payments WHERE state = 'captured')";
    let spent = "(SELECT COALESCE(-SUM(amount_minor), 0) FROM gift_card_entries WHERE payment_id IS NOT NULL)";
    let (paid, spent) = (
        store.books().number("payments", paid).await?,
        store.books().number("payments", spent).await?,
    );
    assert_eq!(paid, spent, "gift cards paid what was captured, and nothing else");
    Ok(())
}

/// Each use of a promotion is an order's.
async fn promotions(store: &Store, orders: &[Row]) -> anyhow::Result<()> {
    let sql = "SELECT DISTINCT reference FROM promotion_claims";
    let claimed = store.books().column("pricing", sql).await?;
    let bought: HashSet<&str> = orders.iter().map(|order| order.checkout_id.as_str()).collect();
    assert!(claimed.iter().all(|id| bought.contains(id.as_str())), "claims without an order");
    let off = "(SELECT count(*) FROM promotions p WHERE uses <> \
               (SELECT count(*) FROM promotion_claims c WHERE c.promotion_id = p.id))";
    assert_eq!(store.books().number("pricing", off).await?, 0, "promotions and their claims");
    Ok(())
}

fn confirmations(store: &Store, orders: &[Row]) {
    let mails = store.mails();
    for Row { number, .. } in orders {
        let subject = format!("Subject: Your order {number} at E-Mart");
        let sent = mails.iter().filter(|mail| mail.contains(&subject)).count();
        assert_eq!(sent, 1, "confirmations of order {number}");
    }
}
