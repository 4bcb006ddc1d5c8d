//! Archives: taken of a store that sells, put in place elsewhere, damaged, refused.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use emart_tests::{Books, Engine, Settings, Store, program};
use tempfile::TempDir;

use crate::audit::{check_the_books, settle};
use crate::crash::{Promised, shop};
use crate::{GOOD_CARD, SHORT_LEASES};

const PIECES: u32 = 100_000;
const SHOPPERS: usize = 6;

/// What a command says, whether it worked or not.
fn words(output: &Output) -> String {
    String::from_utf8_lossy(&[&*output.stdout, &output.stderr].concat()).into_owned()
}

fn restore(archive: &Path, data: &Path) -> Command {
    let mut command = program();
    command.current_dir(archive.parent().unwrap());
    command.arg("restore").arg(archive).arg("--data").arg(data);
    command
}

/// Orders, stock, money and deliveries are five services' databases: one moment for all of them, or they disagree.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_store_that_sells_is_a_store_whose_books_agree() {
    let doubts: Settings<'_> = &[
        ("EMART_PAYMENTS__PENDING_SECONDS", "2"),
        ("EMART_PAYMENTS__RECONCILE_SECONDS", "1"),
        ("EMART_PAYMENTS__PROVIDER_TIMEOUT_MS", "1000"),
    ];
    let settings = [SHORT_LEASES, doubts].concat();
    let store = Store::on(Engine::Sqlite, PIECES, &settings).await.unwrap();
    let (tea, promised) = (store.tea().await.unwrap(), Promised::default());
    let shoppers: Vec<_> = (0..SHOPPERS)
        .map(|n| {
            let (addr, tea, promised) = (store.addr, tea.clone(), promised.clone());
            #[expect(clippy::disallowed_methods, reason = "it ends when the store is killed")]
            tokio::spawn(async move { shop(addr, &tea, &n.to_string(), &promised).await })
        })
        .collect();
    let dir = TempDir::new().unwrap();
    let mut before = 0;
    let mut archives = Vec::new();
    for n in 0..3 {
        before = more_than(before, &promised).await;
        let archive = dir.path().join(format!("{n}.tar.zst"));
        let promised = promised.lock().unwrap().clone();
        let done = store.command().arg("backup").arg(&archive).output().unwrap();
        assert!(done.status.success() && words(&done).contains("checked"), "{}", words(&done));
        archives.push((archive, promised));
    }
    drop(store);
    for shopper in shoppers {
        let _ = shopper.await;
    }
    for (archive, promised) in archives {
        let elsewhere = TempDir::new().unwrap();
        let data = elsewhere.path().join("data");
        let done = restore(&archive, &data).output().unwrap();
        assert!(done.status.success(), "{}", words(&done));
        let store = Store::on_data(elsewhere, Books::Files(data), &settings).await.unwrap();
        settle(&store).await;
        let orders = check_the_books(&store, PIECES).await.unwrap();
        assert!(promised.is_subset(&orders), "an order answered before the backup is not in it");
        let mut client = store.client().await.unwrap();
        let cart = client.cart(&tea, 1).await.unwrap();
        assert_eq!(client.buy_patiently(&cart, GOOD_CARD, "afterwards").await.unwrap().status, 201);
    }
}

/// Waits until a few more orders are placed.
async fn more_than(before: usize, promised: &Promised) -> usize {
    for _ in 0..600 {
        let now = promised.lock().unwrap().len();
        if now > before + 5 {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody buys");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_that_is_damaged_or_cut_off_is_refused_and_nothing_is_touched() {
    let store = Store::with_tea(5).await.unwrap();
    let dir = TempDir::new().unwrap();
    let good = dir.path().join("good.tar.zst");
    let done = store.command().args(["backup", "--no-verify"]).arg(&good).output().unwrap();
    assert!(done.status.success(), "{}", words(&done));
    let bytes = std::fs::read(&good).unwrap();
    let data = dir.path().join("data");
    for at in [bytes.len() / 3, bytes.len() - 2] {
        let bad = dir.path().join("bad.tar.zst");
        let mut flipped = bytes.clone();
        flipped[at] ^= 16;
        for content in [&flipped[..], &bytes[..at]] {
            std::fs::write(&bad, content).unwrap();
            let refused = restore(&bad, &data).output().unwrap();
            assert!(!refused.status.success() && !data.exists(), "{at}: {}", words(&refused));
        }
    }
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().flatten().collect();
    assert_eq!(left.len(), 2, "what was unpacked is gone again: {left:?}");
    let verified = program().arg("backup").arg("--verify").arg(&good).output().unwrap();
    assert!(verified.status.success() && words(&verified).contains(" databases"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_that_is_there_is_kept_and_that_of_a_running_store_is_not_touched() {
    let store = Store::with_tea(5).await.unwrap();
    let dir = TempDir::new().unwrap();
    let archive = dir.path().join("archive");
    assert!(store.command().arg("backup").arg(&archive).output().unwrap().status.success());
    for options in [&[][..], &["--replace"]] {
        let refused = restore(&archive, &store.data()).args(options).output().unwrap();
        assert!(!refused.status.success(), "{}", words(&refused));
    }
    let tea = store.tea().await.unwrap();
    let mut client = store.client().await.unwrap();
    let cart = client.cart(&tea, 1).await.unwrap();
    assert_eq!(client.buy_patiently(&cart, GOOD_CARD, "one").await.unwrap().status, 201);
    settle(&store).await;
    let (place, books) = store.stop().unwrap();
    let data = place.path().join("data");
    let done = restore(&archive, &data).arg("--replace").output().unwrap();
    assert!(done.status.success(), "{}", words(&done));
    let old = words(&done).split_once("is in ").unwrap().1.trim().to_owned();
    let orders = |books: Books| async move {
        books.number("orders", "(SELECT count(*) FROM orders)").await.unwrap()
    };
    assert_eq!(orders(Books::Files(old.into())).await, 1);
    assert_eq!(orders(books).await, 0);
    let store = Store::on_data(place, Books::Files(data), &[]).await.unwrap();
    assert_eq!(check_the_books(&store, 5).await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_has_no_place_says_so_and_leaves_nothing_under_its_name() {
    let store = Store::with_tea(5).await.unwrap();
    let missing = store.data().join("no/such/folder/archive");
    let refused = store.command().arg("backup").arg(&missing).output().unwrap();
    assert!(!refused.status.success() && words(&refused).contains("cannot write"));
    let piped = store.command().args(["backup", "-"]).output().unwrap();
    let dir = TempDir::new().unwrap();
    let archive = dir.path().join("piped");
    std::fs::write(&archive, &piped.stdout).unwrap();
    let verified = program().arg("backup").arg("--verify").arg(&archive).output().unwrap();
    assert!(verified.status.success(), "{}", words(&verified));
}
