//! A card number goes nowhere: not into a database, a log, a trace, an event, an answer.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use emart_payments_api::NewCardToken;
use emart_store::{Engine, EngineKind};
use emart_testkit::stores;
use tracing_subscriber::fmt::MakeWriter;

use crate::{TIMEOUT_PROMISED, Till, VISA, card};

/// Everything this process logs, at every level, whichever test causes it.
#[derive(Clone)]
struct Logs(Arc<Mutex<Vec<u8>>>);

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn logs() -> &'static Logs {
    static LOGS: OnceLock<Logs> = OnceLock::new();
    LOGS.get_or_init(|| {
        let logs = Logs(Arc::default());
        let all = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
        all.with_ansi(false).with_writer(logs.clone()).init();
        logs
    })
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// The ways in which the number might be written.
fn spellings(number: &str) -> [String; 3] {
    let groups: Vec<_> = number.as_bytes().chunks(4).map(|g| String::from_utf8_lossy(g)).collect();
    [number.to_owned(), groups.join(" "), groups.join("-")]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_database_and_no_log_ever_sees_a_card_number() {
    let logs = logs();
    for store in stores().await {
        let till = Till::open(store).await;
        // Paid, failed, timed out, refused, mistyped: each leaves its own traces.
        let held = till.authorize("chk_1", VISA).await.unwrap();
        till.payments.capture(&held.id).await.unwrap();
        till.authorize("chk_2", TIMEOUT_PROMISED).await.unwrap();
        till.payments.cancel("chk_2").await.unwrap();
        let grouped = &spellings(VISA)[1];
        let wrong = NewCardToken { cvc: "12".to_owned(), ..card(grouped) };
        till.payments.create_card_token(&wrong).await.unwrap_err();
        let body = serde_json::json!({"number": 4_242_424_242_424_242_i64});
        till.api.post("/api/v1/payments/card-tokens", body).await.expect_problem(422, "invalid");
        till.heard().await;
        tracing::info!(card = ?card(VISA), "as somebody might log it by mistake");
        let rows = everything(&till).await;
        for number in [VISA, TIMEOUT_PROMISED] {
            for text in spellings(number) {
                assert!(!holds(&rows, &text), "{text} is in the database");
                assert!(!holds(&logs.0.lock().unwrap(), &text), "{text} is in the logs");
            }
        }
        // The search itself works: what may be kept is found.
        assert!(holds(&rows, held.id.as_str()));
        assert!(holds(&logs.0.lock().unwrap(), "as somebody might log it by mistake"));
    }
}

/// All that the databases of a till hold, byte by byte.
async fn everything(till: &Till) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Engine::Sqlite { dir } = &till.store.settings().engine {
        collect(dir, &mut bytes);
        return bytes;
    }
    assert_eq!(till.store.engine(), EngineKind::Postgres);
    for (_, db) in till.host.databases() {
        let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
        for table in db.all::<String>(tables, &[]).await.unwrap() {
            let sql = format!("SELECT t::text FROM {table} t");
            let rows =
                db.read(|tx| async move { tx.all_dyn::<String>(&sql, &[]).await }).await.unwrap();
            bytes.extend(rows.join("\n").into_bytes());
        }
    }
    bytes
}

fn collect(dir: &Path, bytes: &mut Vec<u8>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, bytes);
        } else {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
}
