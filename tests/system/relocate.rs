//! A store that moves from files to a server and back, and one whose move is cut short.

use std::process::{Command, Stdio};
use std::time::Duration;

use emart_tests::{Books, Engine, Settings, Store, program};
use tempfile::TempDir;

use crate::audit::{check_the_books, settle};
use crate::{FAILED_CAPTURE_CARD, GOOD_CARD, SHORT_LEASES};

const PIECES: u32 = 100;

fn relocate(dir: &TempDir, from: &str, to: &str, server: &Books) -> Command {
    let mut command = program();
    command.current_dir(dir.path()).args(["move", "--from", from, "--to", to]);
    command.args(["--url", server.url().unwrap()]);
    command
}

fn done(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

async fn server() -> Books {
    Books::new(Engine::Postgres, "data".into()).await.unwrap()
}

/// A store that has sold, and was killed while a checkout was under way and events were on theirs.
async fn killed_while_selling() -> (TempDir, Books) {
    let pause: Settings<'_> = &[("EMART_ORDERS__PAUSE_BEFORE_STEP", "capture")];
    let mut store = Store::on(Engine::Sqlite, PIECES, SHORT_LEASES).await.unwrap();
    let tea = store.tea().await.unwrap();
    let mut client = store.client().await.unwrap();
    for (n, card) in [GOOD_CARD, FAILED_CAPTURE_CARD, GOOD_CARD].into_iter().enumerate() {
        let cart = client.cart(&tea, 2).await.unwrap();
        let answer = client.buy(&cart, card, &format!("key-{n}")).await.unwrap();
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    store.kill_and_restart(&[SHORT_LEASES, pause].concat()).await.unwrap();
    let mut client = store.client().await.unwrap();
    let cart = client.cart(&tea, 1).await.unwrap();
    let bought = client.buy(&cart, GOOD_CARD, "under-way");
    let placed = async {
        while store.books().number("orders", "(SELECT count(*) FROM orders)").await.unwrap() < 4 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        answer = bought => panic!("the money was not to be taken yet: {answer:?}"),
        () = placed => {}
    }
    store.stop().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_moves_to_a_server_and_back_goes_on_where_it_was() {
    let (dir, _) = killed_while_selling().await;
    let server = server().await;
    let (moved, text) = done(&mut relocate(&dir, "sqlite", "postgres", &server));
    assert!(moved && text.contains("orders.orders "), "{text}");

    let store = Store::on_data(dir, server, SHORT_LEASES).await.unwrap();
    settle(&store).await;
    let orders = check_the_books(&store, PIECES).await.unwrap();
    assert_eq!(orders.len(), 4, "what was under way was finished on the server");
    let again = done(&mut relocate_beside(&store, "sqlite", "postgres"));
    assert!(!again.0 && again.1.contains("another emart is using"), "{}", again.1);
    let (dir, server) = store.stop().unwrap();
    let again = done(&mut relocate(&dir, "sqlite", "postgres", &server));
    assert!(!again.0 && again.1.contains("there is data in the target"), "{}", again.1);

    // Back, to a folder without databases: pictures and e-mails are what stays.
    for file in std::fs::read_dir(dir.path().join("data")).unwrap().flatten() {
        if file.file_name().to_string_lossy().contains(".db") {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    let (moved, text) = done(&mut relocate(&dir, "postgres", "sqlite", &server));
    assert!(moved, "{text}");
    let files = Books::Files(dir.path().join("data"));
    let store = Store::on_data(dir, files, SHORT_LEASES).await.unwrap();
    let tea = store.tea().await.unwrap();
    let mut client = store.client().await.unwrap();
    let cart = client.cart(&tea, 1).await.unwrap();
    assert_eq!(client.buy_patiently(&cart, GOOD_CARD, "back").await.unwrap().status, 201);
    settle(&store).await;
    let now = check_the_books(&store, PIECES).await.unwrap();
    assert!(now.len() == 5 && orders.is_subset(&now));
}

fn relocate_beside(store: &Store, from: &str, to: &str) -> Command {
    let mut command = store.command();
    command.args(["move", "--from", from, "--to", to]);
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_killed_has_moved_nothing_and_can_be_done_again() {
    let (dir, _) = killed_while_selling().await;
    let server = server().await;
    let mut migrate = program();
    migrate.current_dir(dir.path()).args(["migrate", "--data", "elsewhere"]);
    assert!(done(migrate.env("EMART_STORE__POSTGRES_URL", server.url().unwrap())).0);

    // Somebody looks at the last table: the move has copied the others when it has to wait.
    let looking = connect(server.url().unwrap()).await;
    looking.batch_execute("BEGIN; LOCK TABLE pricing.tax_rates IN SHARE MODE").await.unwrap();
    let mut child = relocate(&dir, "sqlite", "postgres", &server)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' \
                 AND relation = 'pricing.tax_rates'::regclass";
    for turn in 0.. {
        let waiting: i64 = looking.query_one(waits, &[]).await.unwrap().get(0);
        if waiting > 0 {
            break;
        }
        assert!(turn < 1200, "the move did not come to the last service");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    looking.batch_execute("ROLLBACK").await.unwrap();
    let orders = server.number("orders", "(SELECT count(*) FROM orders)");
    assert_eq!(orders.await.unwrap(), 0, "a killed move leaves nothing");

    let (moved, text) = done(&mut relocate(&dir, "sqlite", "postgres", &server));
    assert!(moved, "{text}");
    let store = Store::on_data(dir, server, SHORT_LEASES).await.unwrap();
    settle(&store).await;
    assert_eq!(check_the_books(&store, PIECES).await.unwrap().len(), 4);
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with the client")]
    tokio::spawn(connection);
    client
}
