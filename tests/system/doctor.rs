//! What is planted is found, and a good installation is called good.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use emart_tests::{Engine, Store};
use rusqlite::Connection;
use serde_json::Value;

/// Whether it calls the installation good, and every finding as `level check: found`.
fn findings(command: &mut Command) -> (bool, String) {
    let output = command.args(["doctor", "--json"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let Value::Array(found) = serde_json::from_str(&text).unwrap() else { panic!("{text}") };
    let line = |finding: &Value| {
        let part = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        let good = part("level") == "ok";
        assert_eq!(good, part("advice").is_empty(), "what to do about {finding}");
        format!("{} {}: {}\n", part("level"), part("check"), part("found"))
    };
    (output.status.success(), found.iter().map(line).collect())
}

fn listening(store: &Store) -> Command {
    let mut command = store.command();
    command.env("EMART_LISTEN", store.addr.to_string());
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_runs_well_is_called_good_on_both_engines() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let store = Store::on(engine, 5, &[]).await.unwrap();
        let (good, found) = findings(&mut listening(&store));
        assert!(good && !found.contains("fail "), "{found}");
        assert!(found.contains("ok process: a store runs"), "{found}");
        assert!(found.contains("ok database orders: whole"), "{found}");
        assert!(found.contains(": the store's\n"), "the port is its own: {found}");
        let lines = listening(&store).arg("doctor").output().unwrap();
        assert!(lines.status.success());
        assert!(String::from_utf8(lines.stdout).unwrap().contains("    data folder"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_in_a_data_folder_is_found() {
    let store = Store::with_tea(5).await.unwrap();
    let (dir, _books) = store.stop().unwrap();
    let data = dir.path().join("data");
    let doctor = |settings: &[(&str, &str)]| {
        let mut command = emart_tests::program();
        command.current_dir(dir.path()).envs(settings.iter().copied());
        findings(command.env("EMART_LISTEN", "127.0.0.1:0"))
    };
    let (good, found) = doctor(&[]);
    assert!(good, "{found}");

    std::fs::set_permissions(&data, PermissionsExt::from_mode(0o755)).unwrap();
    let park = "INSERT INTO inbox (consumer, event_id, source, type, subject, event, state, tries, \
                next_try_at, received_at) VALUES ('c', 'e', 's', 't', 'x', '{}', 'parked', 5, 0, 0)";
    sql(&data.join("catalog.db"), park);
    let picture = "INSERT INTO images (id, hash, alt, width, height, sources, created_at) VALUES \
                   ('i', 'h', '', 1, 1, '[{\"width\": 1, \"url\": \"/images/gone-1.webp\"}]', 0)";
    sql(&data.join("catalog.db"), picture);
    sql(&data.join("identity.db"), "UPDATE schema_migrations SET applied_at = 32503680000000");
    let newer = "INSERT INTO schema_migrations VALUES ('cart', 99, '0099_later', 'x', 0)";
    sql(&data.join("cart.db"), newer);
    damage(&data.join("pricing.db"));
    let secret = [
        ("EMART_CART__LINES", "0"),
        ("EMART_NOTIFICATIONS__SMTP_URL", "smtp://me:hunter2@127.0.0.1:1"),
        ("EMART_PUBLIC_URL", "http://shop.example"),
    ];
    let (good, found) = doctor(&secret);
    assert!(!good);
    for wrong in [
        "fail settings: cart.lines",
        "warn public_url: http://shop.example is not encrypted",
        "fail data folder: ",
        "fail events: catalog could not handle 1",
        "fail pictures: 1 of 1 files are missing",
        "fail clock: ",
        "fail database cart: cart: migration 0099_later is a newer version's",
        "fail database pricing: ",
        "fail mail server: 127.0.0.1:1",
    ] {
        assert!(found.contains(wrong), "{wrong} in\n{found}");
    }
    assert!(!found.contains("hunter2"), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_taken_port_and_a_server_that_is_not_there_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = emart_tests::program();
    command.current_dir(dir.path());
    command.env("EMART_LISTEN", taken.local_addr().unwrap().to_string());
    command.env("EMART_STORE__POSTGRES_URL", "postgres://me:hunter2@127.0.0.1:1/none");
    let (good, found) = findings(&mut command);
    assert!(!good && found.contains("another program listens"), "{found}");
    assert!(found.contains("fail PostgreSQL: ") && !found.contains("hunter2"), "{found}");
    assert!(!dir.path().join("data").exists(), "it changes nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_that_is_not_there_and_a_certificate_that_ended_are_found_and_good_ones_are_called_good()
 {
    let dir = tempfile::tempdir().unwrap();
    let doctor = |nats: &str, cert: &str| {
        let mut command = emart_tests::program();
        command.current_dir(dir.path()).env("EMART_LISTEN", "127.0.0.1:0");
        command.env("EMART_BUS__NATS_URL", nats);
        for file in ["cert", "key"] {
            let path = dir.path().join(format!("{cert}-{file}.pem"));
            command.env(format!("EMART_GATEWAY__TLS__{}_FILE", file.to_uppercase()), path);
        }
        findings(&mut command)
    };
    for (name, year) in [("good", 4000), ("ended", 2001)] {
        let mut params = rcgen::CertificateParams::new(["shop.example".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        std::fs::write(dir.path().join(format!("{name}-cert.pem")), cert.pem()).unwrap();
        std::fs::write(dir.path().join(format!("{name}-key.pem")), key.serialize_pem()).unwrap();
    }
    let (_, found) = doctor("nats://me:hunter2@127.0.0.1:1", "ended");
    assert!(found.contains("fail NATS: 127.0.0.1:1: "), "{found}");
    assert!(found.contains("fail certificate: it ended on 2001-01-01T"), "{found}");
    assert!(!found.contains("hunter2"), "{found}");
    let (_, found) = doctor(&emart_testkit::nats_url(), "good");
    assert!(found.contains("ok NATS: version "), "{found}");
    assert!(found.contains("ok certificate: good until 4000-01-01T"), "{found}");
    let (good, found) = doctor(&emart_testkit::nats_url(), "none");
    assert!(!good && found.contains("fail certificate: its key "), "{found}");
}

fn sql(path: &std::path::Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// Overwrites a page in the middle of a database.
fn damage(path: &std::path::Path) {
    sql(path, "PRAGMA wal_checkpoint(TRUNCATE)");
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 8192 * 4096;
    bytes[middle..middle + 4096].fill(b'x');
    std::fs::write(path, bytes).unwrap();
}
