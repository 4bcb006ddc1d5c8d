//! Processes that die with everything under way.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use emart_events::Outbox;
use emart_store::{Db, Error, Settings, Tx, vals};
use emart_testkit::stores;
use emart_types::Clock;

use crate::line::{Line, World, counted, see, seen};

/// Where the child of a test finds its databases.
const CHILD: &str = "EMART_TEST_EVENTS_CHILD";

/// The next event, with the producer's own note of it in the same transaction.
async fn count(producer: &Db, outbox: &Outbox) -> Result<(), Error> {
    let outbox = outbox.clone();
    let next = move |tx: Tx| async move {
        let number: i64 = tx.one("SELECT count(*) FROM seen", vals![]).await?;
        let payload = counted(&format!("s{}", number % 5), number);
        see(&tx, &payload).await?;
        outbox.emit(&tx, &payload).await
    };
    producer.write(next).await
}

/// The consumer has seen what the producer has told, in its order for each subject.
async fn assert_same(line: &Line) {
    let (mut told, mut heard) = (seen(&line.producer).await, line.seen().await);
    // Stable: what is equal keeps its order.
    told.sort_by(|a, b| a.0.cmp(&b.0));
    heard.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(told, heard);
}

#[test]
fn a_runtime_that_is_gone_in_the_middle_of_everything_leaves_nothing_out_and_nothing_twice() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
    };
    let after = runtime();
    for store in after.block_on(stores()) {
        let settings = store.settings().clone();
        for events in [1, 7, 40, 160] {
            let dying = runtime();
            dying.block_on(async {
                let line = Line::open(&settings, World::new(Clock::system())).await;
                line.host.start();
                for _ in 0..events {
                    count(&line.producer, &line.outbox).await.unwrap();
                }
            });
            dying.shutdown_background();
        }
        after.block_on(async {
            let line = Line::open(&settings, World::new(Clock::system())).await;
            line.settle().await;
            assert_eq!(line.seen().await.len(), 208);
            assert_same(&line).await;
        });
    }
}

#[test]
fn a_process_that_is_killed_leaves_nothing_out_and_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let mut confirmed = 0;
    for lines in [1, 20, 150, 400] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crashes::the_process_that_is_killed", "--nocapture"])
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        confirmed += out
            .lines()
            .filter(|line| line.as_ref().unwrap().contains("counted"))
            .take(lines)
            .count();
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let line = Line::open(&Settings::sqlite(dir.path()), World::new(Clock::system())).await;
        line.settle().await;
        assert_eq!(confirmed, 571);
        assert!(line.seen().await.len() >= confirmed);
        assert_same(&line).await;
    });
}

/// Started by the test above with a place for its databases; by itself it has nothing to do.
#[tokio::test]
async fn the_process_that_is_killed() {
    #[expect(clippy::disallowed_methods, reason = "how one test process tells another its place")]
    let Ok(dir) = std::env::var(CHILD) else { return };
    let line = Line::open(&Settings::sqlite(Path::new(&dir)), World::new(Clock::system())).await;
    line.host.start();
    loop {
        count(&line.producer, &line.outbox).await.unwrap();
        println!("counted");
    }
}
