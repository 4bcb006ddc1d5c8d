//! `emart top --once`: a table of what runs, in one process and in many.

use std::process::Command;

use emart_tests::{Engine, Store};

use crate::GOOD_CARD;

/// The cells of its table, line by line.
fn table(command: &mut Command) -> Vec<Vec<String>> {
    let output = command.args(["top", "--once", "--every", "1"]).output().unwrap();
    let (text, error) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}\n{error}");
    let cells = |line: &str| {
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    text.lines().map(cells).collect()
}

fn row<'a>(table: &'a [Vec<String>], service: &str) -> &'a [String] {
    let row = table.iter().find(|row| row[0] == service);
    row.unwrap_or_else(|| panic!("{service} is not in {table:#?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_service_of_a_store_in_one_process_has_a_line_and_without_a_store_there_is_none() {
    let mut store = Store::with_tea(5).await.unwrap();
    let mut client = store.client().await.unwrap();
    let cart = client.cart(&store.tea().await.unwrap(), 1).await.unwrap();
    client.buy_patiently(&cart, GOOD_CARD, "one").await.unwrap();
    let table = table(&mut store.command());
    assert_eq!(table[0][..4], ["SERVICE", "COPIES", "RATE", "ERRORS"]);
    for service in ["identity", "orders", "gateway", "all"] {
        let row = row(&table, service);
        assert_eq!((row.len(), &*row[1]), (11, "1/1"), "{table:#?}");
    }
    assert_eq!(row(&table, "notifications")[8], "0", "nothing is parked");
    assert!(row(&table, "all")[10].ends_with(" MiB"), "{table:#?}");
    store.kill().unwrap();
    let output = store.command().args(["top", "--once"]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains("no store runs"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_split_store_copies_that_are_away_are_told_and_the_path_of_a_checkout_is_one_trace() {
    let collector = crate::traces::Collector::open().await;
    let endpoint = collector.endpoint();
    let settings = [("EMART_TELEMETRY__OTLP_ENDPOINT", &*endpoint)];
    let mut store = Store::on(Engine::Split, 5, &settings).await.unwrap();
    crate::traces::one_checkout_is_one_trace(&store, &collector).await;

    store.kill_one("books-2").unwrap();
    let gateway = store.internal_addr("gateway-1").unwrap().to_string();
    let table = table(&mut store.command());
    assert_eq!(row(&table, "orders")[1], "2/2", "{table:#?}");
    assert_eq!(row(&table, "books")[1], "1/2", "{table:#?}");
    assert!(row(&table, "cart")[6].contains('+'), "{table:#?}");
    let away = store.internal_addr("books-2").unwrap();
    let told = |row: &Vec<String>| row[0] == format!("{away} does not answer");
    assert!(table.iter().any(told), "{table:#?}");
    assert!(table.iter().all(|row| row[0] != "gateway"), "nobody calls it: {table:#?}");
    let output =
        store.command().args(["top", "--once", "--every", "1", &gateway]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().any(|line| line.starts_with("gateway")), "{text}");
}
