//! `emart load` and `emart faults`: anyone can watch the store survive.

use std::process::Command;

use emart_tests::{Engine, Store};

use crate::SHORT_LEASES;

fn output(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

fn faults(store: &Store, arguments: &[&str]) -> (bool, String) {
    output(store.command().arg("faults").args(arguments))
}

fn load(store: &Store) -> String {
    let url = format!("http://{}", store.addr);
    let arguments = ["load", &url, "--seconds", "3", "--rate", "40", "--clients", "4"];
    let (done, text) = output(store.command().args(arguments));
    assert!(done, "{text}");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_is_borne_and_faults_that_are_switched_on_are_seen_and_end() {
    let store = Store::with_tea(100_000).await.unwrap();
    let text = load(&store);
    assert!(text.contains("; 0 errors"), "{text}");

    let (done, text) = faults(&store, &["set", "payments", "--errors", "100", "--latency", "1"]);
    assert!(done && text.contains("switched on"), "{text}");
    let (_, text) = faults(&store, &[]);
    assert!(text.contains("the store: payments  errors 100 %  latency 1 ms  until "), "{text}");
    let mut client = store.client().await.unwrap();
    let answer = client.get("/api/v1/payments/payments").await.unwrap();
    assert_eq!(answer.json()["type"], "/problems/fault-injected", "{answer:?}");

    for (wrong, why) in [
        (&["set", "payment", "--stop"][..], "there is no service `payment`"),
        (&["set", "gateway", "--stop"], "calls of these can be made to fail here"),
        (&["set", "cart"], "nothing is wrong"),
        (&["set", "cart", "--errors", "101"], "at most 100"),
    ] {
        let (done, text) = faults(&store, wrong);
        assert!(!done && text.contains(why), "{text}");
    }
    faults(&store, &["clear"]);
    let (_, text) = faults(&store, &[]);
    assert!(text.contains("no fault is switched on"), "{text}");
    let text = load(&store);
    assert!(text.contains("; 0 errors"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_others_may_be_shopping_no_fault_is_switched_on() {
    let settings = [("EMART_FAULTS__ALLOWED", "never")];
    let store = Store::on(Engine::Sqlite, 5, &settings).await.unwrap();
    let (done, text) = faults(&store, &["set", "cart", "--stop"]);
    assert!(!done && text.contains("faults.allowed"), "{text}");
    let mut refused = store.command();
    refused.args(["config", "--check"]).env("EMART_PUBLIC_URL", "https://shop.example");
    refused.env("EMART_FAULTS__ON", "[{service=\"cart\", stop=true}]");
    let (done, text) = output(&mut refused);
    assert!(!done && text.contains("others may be shopping"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_split_store_every_copy_is_told() {
    let store = Store::on(Engine::Split, 1000, SHORT_LEASES).await.unwrap();
    let (done, text) = faults(&store, &["set", "books", "--stop"]);
    assert!(done && text.matches("switched on").count() == 2, "{text}");
    let (_, text) = faults(&store, &[]);
    assert_eq!(text.matches("books  stopped").count(), 2, "{text}");
    let mut client = store.client().await.unwrap();
    assert_eq!(client.get("/api/v1/books").await.unwrap().status, 502);
    faults(&store, &["clear", "books"]);
    store.ready().await.unwrap();
    let mut client = store.client().await.unwrap();
    assert_eq!(client.get("/api/v1/books").await.unwrap().status, 200);
}
