//! Two copies of the service that write the same at the same time: the database decides.

use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::copies::until;
use crate::products::{PRODUCTS, as_put, path};
use crate::{Shop, eur, mug};

const CATEGORIES: &str = "/api/v1/catalog/categories";

/// The same number of each, taking turns.
fn alternating(copies: &[Shop; 2], times: usize) -> impl Iterator<Item = (usize, &Shop)> {
    copies.iter().cycle().take(times).enumerate()
}

#[tokio::test]
async fn of_many_who_change_the_same_version_through_both_copies_one_succeeds() {
    let copies = Shop::twice().await;
    let made = copies[0].product(|_| {}).await;
    for version in 1..6 {
        let tries = alternating(&copies, 8).map(|(n, copy)| {
            let editor = copy.staff.header("if-match", &format!("\"{version}\""));
            let (mut body, path) = (as_put(&made), path(&made));
            body["title"] = json!(format!("Title {version} {n}"));
            async move { editor.put(&path, &body).await }
        });
        let answers = join_all(tries).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        let winners: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(winners.len(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 412].contains(status)), "{statuses:?}");
        let winner = winners[0].expect(200);
        assert_eq!(winner["version"], version + 1);
        for copy in &copies {
            until("the winner is seen", async || {
                copy.guest.get(&path(&made)).await.expect(200) == winner
            })
            .await;
        }
    }
}

#[tokio::test]
async fn a_handle_that_both_copies_give_is_one_product_s() {
    let copies = Shop::twice().await;
    let tries = alternating(&copies, 8).map(|(_, copy)| copy.product(|_| {}));
    let mut handles: Vec<_> =
        join_all(tries).await.iter().map(|made| made["handle"].to_string()).collect();
    handles.sort();
    handles.dedup();
    assert_eq!(handles.len(), 8, "{handles:?}");
    let mut chosen = mug();
    chosen["handle"] = json!("mine");
    let tries = alternating(&copies, 8).map(|(_, copy)| copy.staff.post(PRODUCTS, &chosen));
    let mut statuses: Vec<_> = join_all(tries).await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn a_slug_that_both_copies_give_is_one_category_s() {
    let copies = Shop::twice().await;
    let tries = alternating(&copies, 8).map(|(_, copy)| copy.category("Mugs", None));
    let mut slugs: Vec<_> =
        join_all(tries).await.iter().map(|made| made["slug"].to_string()).collect();
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), 8, "{slugs:?}");
    for copy in &copies {
        until("all are there", async || {
            let tree = copy.guest.get(CATEGORIES).await.expect(200);
            tree["items"].as_array().unwrap().len() == 8
        })
        .await;
    }
}

#[tokio::test]
async fn two_moves_that_are_fine_alone_make_no_cycle_together() {
    let [a, b] = Shop::twice().await;
    for round in 0..6 {
        let one = a.category(&format!("One {round}"), None).await;
        let two = b.category(&format!("Two {round}"), None).await;
        let below = async |copy: &Shop, category: &Value, parent: &Value| {
            let body = json!({"name": category["name"], "parent_id": parent["id"]});
            let id = category["id"].as_str().unwrap();
            copy.staff.put(&format!("{CATEGORIES}/{id}"), body).await.status
        };
        let (first, second) = tokio::join!(below(&a, &one, &two), below(&b, &two, &one));
        assert!(matches!((first, second), (200, 422) | (422, 200)), "{first} {second}");
    }
}

#[tokio::test]
async fn a_file_that_both_copies_import_at_once_is_there_once() {
    let copies = Shop::twice().await;
    let rows = (0..600).map(|n| format!("p{n},Thing {n},Kind {},{n}.00\n", n % 7));
    let csv: String =
        ["Handle,Title,Type,Variant Price\n".to_owned()].into_iter().chain(rows).collect();
    let imports =
        copies.iter().map(|copy| {
            let (path, csv) = ("/api/v1/catalog/imports", csv.clone());
            async move {
                copy.staff.raw(Method::POST, path, Some("text/csv"), csv.into()).await.expect(200)
            }
        });
    let reports = join_all(imports).await;
    let sum = |what: &str| reports.iter().map(|report| report[what].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("created"), sum("unchanged")), (600, 600), "{reports:?}");
    for copy in &copies {
        until("all are there", async || {
            let found = copy.guest.get("/api/v1/catalog/search?q=thing").await.expect(200);
            let tree = copy.guest.get(CATEGORIES).await.expect(200);
            found["total"] == 600 && tree["items"].as_array().unwrap().len() == 7
        })
        .await;
    }
}

#[tokio::test]
async fn inventory_is_told_of_no_count_twice_and_of_the_newest_last() {
    let copies = Shop::twice().await;
    let made = copies[0].product(|_| {}).await;
    for (version, count) in (1..).zip(0..20) {
        let (writer, other) = (&copies[count % 2], &copies[1 - count % 2]);
        let mut body = as_put(&made);
        body["variants"][0]["on_hand"] = json!(count);
        let editor = writer.staff.header("if-match", &format!("\"{version}\""));
        let path = path(&made);
        let one =
            json!([{"option_values": ["S"], "price": eur(1), "track_stock": true, "on_hand": 1}]);
        let (put, _) =
            tokio::join!(editor.put(&path, &body), other.product(|body| body["variants"] = one),);
        put.expect(200);
    }
    let item = made["variants"][0]["stock_item_id"].as_str().unwrap().parse().unwrap();
    until("the last count is there", async || {
        let warehouse = copies[0].warehouse.lock().unwrap();
        warehouse.items[&item].on_hand == Some(19)
    })
    .await;
    // Two of the first product, twenty of its counts (or fewer, when one came before the last was told), one of each
    // other: nothing twice.
    assert!(copies[0].warehouse.lock().unwrap().told <= 2 + 20 + 20);
}

#[tokio::test]
async fn what_a_dead_copy_was_telling_inventory_another_tells_when_its_time_is_over() {
    let [a, b] = Shop::twice().await;
    a.warehouse.lock().unwrap().closed = true;
    a.product(|_| {}).await;
    a.warehouse.lock().unwrap().closed = false;
    let until = b.clock.now().as_millis() + 90_000;
    let taken = format!("UPDATE stock_puts SET told_until = {until}");
    a.postgres().await.batch_execute(&taken).await.unwrap();
    b.product(|_| {}).await;
    assert_eq!(b.warehouse.lock().unwrap().told, 2);
    b.clock.advance(Duration::from_secs(91));
    b.product(|_| {}).await;
    assert_eq!(b.warehouse.lock().unwrap().told, 6);
}
