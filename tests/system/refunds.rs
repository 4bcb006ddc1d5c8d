//! SIGKILL at each step of a refund: it is finished after the next start, once, and the books agree.

use emart_tests::{Engine, Store};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use crate::audit::{check_the_books, settle};
use crate::steps::stands_still;
use crate::{GOOD_CARD, SHORT_LEASES};

const PIECES: u32 = 20;
const PASSWORD: &str = "correct horse battery staple";

/// Where a refund can be stopped (`services/orders/src/checkout/pause.rs`).
pub(crate) const PLACES: [&str; 3] = ["refund-money", "refund-restock", "refund-finish"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_that_is_killed_between_its_steps_is_made_once_and_written_down() {
    each(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_on_postgresql_that_is_killed_between_its_steps_is_made_once_and_written_down() {
    each(Engine::Postgres).await;
}

async fn each(engine: Engine) {
    let killed = stream::iter(PLACES).map(|place| async move {
        killed_at(engine, place).await.map_err(|error| error.context(place))
    });
    killed.buffer_unordered(3).try_collect::<Vec<()>>().await.unwrap();
}

async fn killed_at(engine: Engine, place: &str) -> anyhow::Result<()> {
    let pause = [SHORT_LEASES, &[("EMART_ORDERS__PAUSE_BEFORE_STEP", place)]].concat();
    let mut store = Store::on(engine, PIECES, &pause).await?;
    let mut client = store.client().await?;
    let cart = client.cart(&store.tea().await?, 3).await?;
    let bought = client.buy(&cart, GOOD_CARD, "k").await?.json();
    let order = format!("/api/v1/orders/{}", bought["order_id"].as_str().unwrap_or_default());
    let session = staff(&store).await?;
    let refund = json!({
        "lines": [{"line": 0, "quantity": 2}], "restock": true, "reason": "dented", "notify": true,
    });
    let headers = [("authorization", session.as_str()), ("idempotency-key", "r")];
    let path = format!("{order}/refunds");
    tokio::select! {
        answer = client.post(&path, &headers, &refund) => anyhow::bail!("it did not stop: {answer:?}"),
        stopped = stands_still(&store, 0) => stopped?,
    }
    store.kill_and_restart(SHORT_LEASES).await?;
    let mut client = store.client().await?;
    let again = client.post_patiently(&path, &headers, &refund).await?;
    anyhow::ensure!(again.status == 201, "answered {again:?}");
    settle(&store).await;
    let orders = check_the_books(&store, PIECES).await?;
    anyhow::ensure!(orders.len() == 1, "there are {orders:?}");
    let details = client.send("GET", &format!("{order}/details"), &headers, "").await?.json();
    let refunds = &details["order"]["refunds"];
    anyhow::ensure!(refunds.as_array().map(Vec::len) == Some(1), "refunded: {refunds}");
    anyhow::ensure!(refunds[0]["total"] == again.json()["plan"]["total"], "{refunds}, {again:?}");
    Ok(())
}

/// A session of somebody who works there, as the header that opens it.
async fn staff(store: &Store) -> anyhow::Result<String> {
    use std::io::Write as _;
    let mut command = store.command();
    command.args(["admin", "create", "--email", "boss@example.com", "--password-stdin"]);
    command.stdin(std::process::Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(PASSWORD.as_bytes())?;
    }
    anyhow::ensure!(child.wait()?.success(), "admin create");
    let login = json!({"email": "boss@example.com", "password": PASSWORD});
    let mut client = store.client().await?;
    let tokens: Value = client.post("/api/v1/identity/tokens", &[], &login).await?.json();
    let token = tokens["access_token"].as_str();
    token.map(|token| format!("Bearer {token}")).ok_or_else(|| anyhow::anyhow!("{tokens}"))
}
