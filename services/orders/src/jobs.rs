//! What `orders` does by itself: it takes checkouts up again whose driver is gone or that wait for their next try,
//! gives up those whose payment nobody confirmed, and forgets those that bought nothing. Orders of a version that did
//! not index them are indexed.

use std::time::Duration;

use emart_http::{Caller, Context};
use emart_telemetry::{Kind, Span, TraceContext};
use futures_util::future::join_all;

use crate::domain::progress::{Ended, Record, State};
use crate::error::Error;
use crate::{Orders, store};

const TICK: Duration = Duration::from_millis(500);
const AT_ONCE: i64 = 16;
/// How long a checkout that bought nothing is kept, and with it the answer to its idempotency key.
const FAILED_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
const SWEEP: Duration = Duration::from_secs(3600);
const SWEPT_AT_ONCE: i64 = 500;
const INDEXED_AT_ONCE: i64 = 200;
const BREATH: Duration = Duration::from_millis(5);

/// Looks for them now and every half second.
pub(crate) async fn resume(orders: Orders) {
    loop {
        if let Err(error) = pass(&orders).await {
            tracing::warn!(%error, "open checkouts could not be read; trying again");
        }
        tokio::time::sleep(TICK).await;
    }
}

async fn pass(orders: &Orders) -> Result<(), Error> {
    loop {
        let now = orders.clock.now();
        let lease = now.plus(orders.config.lease());
        let due = orders
            .db
            .write(move |tx| async move { store::claim_due(&tx, now, lease, AT_ONCE).await })
            .await?;
        if due.is_empty() {
            return Ok(());
        }
        join_all(due.into_iter().map(|record| take_up(orders, record))).await;
    }
}

async fn take_up(orders: &Orders, mut record: Record) {
    let checkout = record.id.to_string();
    let (context, span) = context_of(&record);
    let driven = context.scope(Box::pin(async {
        if record.state == State::RequiresAction {
            record.fail(
                Ended::Payment,
                "authentication-expired",
                "the payment was not confirmed in time; nothing was charged",
            );
        }
        orders.drive(record).await
    }));
    let driven = driven.await;
    if let Some(mut span) = span {
        span.name("take a checkout up");
        span.end(driven.is_err().then_some("it could not be taken up"));
    }
    match driven {
        Ok(_) | Err(Error::DrivenElsewhere) => {}
        Err(error) => tracing::warn!(checkout, %error, "a checkout could not be taken up"),
    }
}

/// Looks for money actions that nobody drives, now and every half second.
pub(crate) async fn resume_actions(orders: Orders) {
    loop {
        if let Err(error) = actions_pass(&orders).await {
            tracing::warn!(%error, "running refunds could not be read; trying again");
        }
        tokio::time::sleep(TICK).await;
    }
}

async fn actions_pass(orders: &Orders) -> Result<(), Error> {
    let now = orders.clock.now();
    let lease = now.plus(orders.config.lease());
    let claim = move |tx| async move { store::actions::claim_due(&tx, now, lease, AT_ONCE).await };
    let due = orders.db.write(claim).await?;
    join_all(due.into_iter().map(|record| async {
        let action = record.id.to_string();
        let context = Context::new(Caller::service("orders"));
        match context.scope(Box::pin(orders.drive_action(record))).await {
            Ok(_) | Err(Error::DrivenElsewhere) => {}
            Err(error) => tracing::warn!(action, %error, "a refund could not be taken up"),
        }
    }))
    .await;
    Ok(())
}

/// Work for a checkout, as part of the trace in which it began.
fn context_of(record: &Record) -> (Context, Option<Span>) {
    let context = Context::new(Caller::service("orders"));
    let began = record.progress.traceparent.as_deref().and_then(TraceContext::parse);
    let context = began.map_or_else(|| context.clone(), |trace| context.with_trace(trace));
    let span = Span::begin("orders", Kind::Internal, context.trace());
    let context =
        span.as_ref().map_or_else(|| context.clone(), |span| context.with_trace(span.trace()));
    (context, span)
}

/// Forgets what failed long ago, now and every hour.
pub(crate) async fn forget(orders: Orders) {
    loop {
        if let Err(error) = sweep(&orders).await {
            tracing::warn!(%error, "failed checkouts could not be forgotten; trying again");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

async fn sweep(orders: &Orders) -> Result<(), Error> {
    let before = orders.clock.now().minus(FAILED_KEPT);
    while store::forget_failed(&orders.db, before, SWEPT_AT_ONCE).await? > 0 {}
    Ok(())
}

/// Indexes orders that an older version wrote, or that were moved here: now, when some have come in, and again later, for
/// a copy of that version may still run.
pub(crate) async fn index(orders: Orders) {
    loop {
        match index_pass(&orders).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "more orders can be searched now"),
            Err(error) => tracing::warn!(%error, "orders could not be indexed; trying again"),
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            () = orders.to_index.notified() => {}
        }
    }
}

async fn index_pass(orders: &Orders) -> Result<usize, Error> {
    let mut count = 0;
    loop {
        let days = orders.days.clone();
        let some =
            move |tx| async move { store::index::index_some(&tx, &days, INDEXED_AT_ONCE).await };
        match orders.db.write(some).await? {
            0 => return Ok(count),
            indexed => count += indexed,
        }
        // Checkouts have to get a word in.
        tokio::time::sleep(BREATH).await;
    }
}
