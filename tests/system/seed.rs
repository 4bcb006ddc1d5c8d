//! `emart seed`: a store full of things, whose books are in order.

use emart_tests::{ENGINES, Store};

fn seed(store: &Store, more: &[&str]) -> (bool, String) {
    let mut command = store.command();
    command.args(["seed", "--products", "40", "--customers", "30", "--orders", "120"]).args(more);
    let output = command.output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seeded_store_has_what_was_asked_for_and_its_books_are_in_order() {
    for engine in ENGINES {
        let store = Store::stocked(engine, &[], 0, &[]).await.unwrap();
        let (done, said) = seed(&store, &[]);
        assert!(done, "{engine:?}: {said}");
        for line in ["30 customers in", "40 products in", "120 orders in", "a second"] {
            assert!(said.contains(line), "{engine:?}: {line} in\n{said}");
        }
        let books = store.books();
        for (service, sql, expected) in [
            ("identity", "(SELECT count(*) FROM users)", 30),
            ("catalog", "(SELECT count(*) FROM products)", 40),
            ("orders", "(SELECT count(*) FROM orders)", 120),
            ("orders", "(SELECT max(number) - min(number) FROM orders)", 119),
            ("orders", "(SELECT count(*) FROM outbox)", 0),
            ("payments", "(SELECT count(*) FROM payments WHERE state = 'captured')", 120),
            ("payments", "(SELECT count(*) FROM payment_entries)", 240),
            ("inventory", "(SELECT count(*) FROM items)", 40),
            ("inventory", "(SELECT count(*) FROM items WHERE reserved <> 0)", 0),
        ] {
            assert_eq!(books.number(service, sql).await.unwrap(), expected, "{engine:?}: {sql}");
        }
        let paid = "(SELECT CAST(sum(amount_minor) AS BIGINT) FROM payments)";
        let paid = books.number("payments", paid).await.unwrap();
        let bodies =
            books.column("orders", "SELECT body FROM orders ORDER BY number").await.unwrap();
        let orders: Vec<serde_json::Value> =
            bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
        let minor = |value: &serde_json::Value| value["amount_minor"].as_i64().unwrap();
        assert_eq!(orders.iter().map(|order| minor(&order["total"])).sum::<i64>(), paid);
        for order in &orders {
            let lines = order["lines"].as_array().unwrap();
            let sum: i64 = lines.iter().map(|line| minor(&line["subtotal"])).sum();
            assert_eq!(sum, minor(&order["subtotal"]));
            assert_eq!(sum + minor(&order["shipping_total"]), minor(&order["total"]));
            let tax = &order["taxes"][0];
            assert_eq!(minor(&tax["base"]) + minor(&tax["amount"]), minor(&order["total"]));
        }
        assert!(orders.is_sorted_by_key(|order| order["placed_at"].as_str().unwrap().to_owned()));
        assert!(store.mails().is_empty(), "nobody is written to");
        let (done, said) = seed(&store, &[]);
        assert!(!done && said.contains("has products or orders"), "{said}");
        let (done, said) = seed(&store, &["--add", "--variation", "2"]);
        assert!(done, "{said}");
        assert_eq!(books.number("orders", "(SELECT count(*) FROM orders)").await.unwrap(), 240);
    }
}
