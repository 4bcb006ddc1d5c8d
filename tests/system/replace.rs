//! A service replaced by another's: `books` in Python, held to the same contract, behind the same gateway.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use emart_testkit::nats_url;
use emart_tests::{Answer, Client, program};
use serde_json::{Value, json};
use tempfile::TempDir;

const SECRET: &str = "a secret of the tests, the same for all services";
const PASSWORD: &str = "what the tests know";
/// Every service but `books`.
const OTHERS: [&str; 13] = [
    "identity",
    "inventory",
    "catalog",
    "pricing",
    "cart",
    "payments",
    "orders",
    "notifications",
    "content",
    "classic",
    "storefront",
    "admin",
    "gateway",
];

/// A program that listens somewhere, and ends with the test.
struct Running {
    child: Child,
    addr: SocketAddr,
    dir: TempDir,
}

impl Running {
    /// Starts it and waits until it says where it listens: the first address after these words.
    async fn start(command: &mut Command, words: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let (stdout, stderr) = (File::create(&out).unwrap(), File::create(dir.path().join("log")));
        command.current_dir(dir.path()).env("EMART_MESH__SECRET", SECRET);
        command.stdin(Stdio::null()).stdout(stdout).stderr(stderr.unwrap());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        for _ in 0..1200 {
            let printed = std::fs::read_to_string(&out).unwrap();
            let after =
                printed.split_once(words).and_then(|(_, after)| after.split_once("http://"));
            let addr = after.and_then(|(_, after)| after.split(['\n', '/', ';']).next());
            // What is half printed is read again.
            if let (Some(addr), true) = (addr, printed.ends_with('\n'))
                && let Ok(addr) = addr.trim().parse()
            {
                return Self { child, addr, dir };
            }
            assert!(child.try_wait().unwrap().is_none(), "{command:?} ended: {}", log(dir.path()));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let _ = child.kill();
        panic!("{command:?} did not say where it listens: {}", log(dir.path()));
    }

    /// SIGTERM; whether it ends by itself, and well.
    async fn stops(&mut self) -> bool {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.unwrap().success());
        for _ in 0..200 {
            if let Some(ended) = self.child.try_wait().unwrap() {
                return ended.success();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("log")).unwrap_or_default()
}

/// `books` in Python.
async fn in_python() -> Running {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let python = Command::new("python3").arg("--version").output();
    assert!(
        python.is_ok_and(|output| output.status.success()),
        "this test runs examples/books-python: install python3"
    );
    let mut command = Command::new("python3");
    command.arg(root.join("examples/books-python/books.py"));
    Running::start(command.args(["--listen", "127.0.0.1:0"]), "books on").await
}

/// A process of ours with some of the services, and where its data is.
async fn ours(services: &[&str], settings: &[(&str, String)], words: &str) -> (Running, PathBuf) {
    let mut command = program();
    command.arg("run").args(services).args(["--no-demo", "--data", "data"]);
    command.args(["--listen", "127.0.0.1:0"]).env("EMART_MESH__LISTEN", "127.0.0.1:0");
    command.env("EMART_BUS__NATS_URL", nats_url()).env("EMART_MESH__STOP_NOTICE_MS", "100");
    let namespace = format!("test_{:016x}", rand::random::<u64>());
    command.env("EMART_BUS__NAMESPACE", namespace);
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    let running = Running::start(&mut command, words).await;
    let data = running.dir.path().join("data");
    (running, data)
}

/// `emart conform books`: whether all is well, and the report.
fn conform(addr: SocketAddr, arguments: &[&str]) -> (bool, String) {
    let mut command = program();
    command.env("EMART_MESH__SECRET", SECRET).args(["conform", "books", &format!("http://{addr}")]);
    let output = command.args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_books_and_those_in_python_keep_the_same_contract() {
    let (mut own, _) = ours(&["books"], &[], "books for other services").await;
    let (good, report) = conform(own.addr, &[]);
    assert!(good && report.contains(" 0 failed"), "{report}");
    assert!(own.stops().await);

    let mut python = in_python().await;
    let (good, report) = conform(python.addr, &["--only", "classic"]);
    assert!(good && report.contains(" 0 failed"), "{report}");
    let (good, report) = conform(python.addr, &["--only", "modern"]);
    assert!(!good && report.contains("FAIL  GET /api/v1/books"), "{report}");
    let (_, report) = conform(python.addr, &["--only", "modern", "--json"]);
    assert!(report.contains(r#""level": "fail""#), "{report}");
    assert!(python.stops().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_in_python_believe_nobody_who_cannot_sign() {
    let python = in_python().await;
    let mut client = Client::connect(python.addr).await.unwrap();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(client.get(path).await.unwrap().status, 200, "{path}");
    }
    let unsigned =
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJnYXRld2F5IiwiYXVkIjoiYm9va3MiLCJpYXQiOjAsImV4cCI6MH0.";
    for token in ["", "a.b.c", "....", "é", unsigned] {
        let headers = [("emart-caller", "admin usr_1"), ("emart-service-token", token)];
        let answer = client.send("DELETE", "/webapi/books", &headers, "").await.unwrap();
        assert_eq!(
            (answer.status, &answer.json()["type"]),
            (401, &json!("/problems/unsigned-call"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shoppers_read_and_write_books_in_python_through_the_gateway() {
    let mut python = in_python().await;
    let peer = [
        ("EMART_PEERS__BOOKS", format!("http://{}", python.addr)),
        ("EMART_MESH__WATCH_MS", "200".to_owned()),
    ];
    let (store, data) = ours(&OTHERS, &peer, " shop ").await;
    let mut browser = Browser { client: Client::connect(store.addr).await.unwrap(), token: None };
    let books = "/webapi/books";
    ready(&mut browser).await;
    assert_eq!(browser.ask("GET", books, None).await.status, 204);
    let emma = json!({"title": "Emma", "author": "Jane Austen"});
    assert_eq!(browser.ask("POST", books, Some(&emma)).await.status, 401);

    make_admin(&data);
    browser.sign_in("admin@example.com").await;
    let made = browser.ask("POST", books, Some(&emma)).await;
    assert_eq!((made.status, &made.json()["title"]), (201, &emma["title"]), "{:?}", made.body);
    let path = format!("{books}/{}", made.json()["id"]);
    let put = json!({"title": "Émma", "published": true});
    assert_eq!(browser.ask("PUT", &path, Some(&put)).await.status, 200);

    browser.token = None;
    let found = browser.ask("GET", "/webapi/books?title=emma", None).await.json();
    assert_eq!(found[0]["title"], "Émma");
    let forged = [("emart-caller", "admin usr_1")];
    let answer = browser.client.send("DELETE", books, &forged, "").await.unwrap();
    assert_eq!(answer.status, 401);
    assert_eq!(
        browser.ask("GET", "/webapi/books/published", None).await.json()[0]["title"],
        "Émma"
    );
    assert!(python.stops().await);
    assert_eq!(browser.ask("GET", "/readyz", None).await.json()["services"]["cart"]["ready"], true);
}

/// Sends what a page's script would send.
struct Browser {
    client: Client,
    token: Option<String>,
}

impl Browser {
    async fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut headers = vec![("sec-fetch-site", "same-origin"), ("accept", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        headers.extend(body.map(|_| ("content-type", "application/json")));
        let body = body.map(Value::to_string).unwrap_or_default();
        self.client.send(method, path, &headers, body).await.unwrap()
    }

    async fn sign_in(&mut self, email: &str) {
        let credentials = json!({"email": email, "password": PASSWORD});
        let answer = self.ask("POST", "/api/v1/identity/tokens", Some(&credentials)).await;
        let token = answer.json()["access_token"].as_str().map(str::to_owned);
        self.token = Some(token.unwrap_or_else(|| panic!("{} {:?}", answer.status, answer.body)));
    }
}

async fn ready(browser: &mut Browser) {
    let mut last = Value::Null;
    for _ in 0..400 {
        last = browser.ask("GET", "/readyz", None).await.json();
        let services = last["services"].as_object();
        if services.is_some_and(|all| all.values().all(|service| service["ready"] == true)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the store did not get ready: {last}");
}

fn make_admin(data: &Path) {
    let mut command = program();
    command.arg("--data").arg(data).args(["admin", "create", "--email", "admin@example.com"]);
    command
        .arg("--password-stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
