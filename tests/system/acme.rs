//! A store that gets its certificate from an authority, which comes to see it on the port that shoppers come to.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use emart_testkit::{Pebble, greet};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const NAME: &str = "shop.example";

/// A store that runs; killed when this is dropped.
struct Running(Child);

impl Running {
    fn start(mut command: Command, dir: &Path) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(dir.join("log")).unwrap();
        let arguments = ["run", "--no-demo"];
        let child = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        Self(child.spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn store(dir: &Path, addr: SocketAddr, pebble: &Pebble) -> Command {
    let mut command = emart_tests::program();
    command.current_dir(dir).env("EMART_LISTEN", addr.to_string());
    for (name, value) in [
        ("DOMAINS", format!("[\"{NAME}\"]")),
        ("CONTACT", "mailto:owner@shop.example".to_owned()),
        ("DIRECTORY", pebble.directory()),
        ("CA_FILE", pebble.ca_file().display().to_string()),
    ] {
        command.env(format!("EMART_GATEWAY__TLS__ACME__{name}"), value);
    }
    command
}

/// The certificate that the store shows, once it answers by TLS to somebody who trusts the authority alone.
async fn shown(dir: &Path, addr: SocketAddr, pebble: &Pebble) -> Vec<u8> {
    let (root, until) = (pebble.root().await, Instant::now() + Duration::from_secs(60));
    let mut stream = loop {
        match greet(addr, NAME, &root).await {
            Ok(stream) => break stream,
            Err(error) => {
                let log = std::fs::read_to_string(dir.join("log")).unwrap();
                assert!(Instant::now() < until, "{error}\n{log}\n{}", pebble.log());
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {NAME}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_orders_its_certificate_and_shows_the_same_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let pebble = Pebble::looking_at(addr.port()).await;
    let running = Running::start(store(dir.path(), addr, &pebble), dir.path());
    let first = shown(dir.path(), addr, &pebble).await;
    let health =
        store(dir.path(), addr, &pebble).args(["health", &addr.to_string()]).output().unwrap();
    assert!(health.status.success(), "{}", String::from_utf8_lossy(&health.stderr));
    drop(running);

    let _running = Running::start(store(dir.path(), addr, &pebble), dir.path());
    assert_eq!(shown(dir.path(), addr, &pebble).await, first);
    assert_eq!(pebble.issued(), 1, "{}", pebble.log());
    let doctor = store(dir.path(), addr, &pebble).args(["doctor", "--json"]).output().unwrap();
    let found = String::from_utf8(doctor.stdout).unwrap();
    assert!(found.contains("good until"), "{found}");
}

#[test]
fn what_cannot_work_is_refused_at_the_start_with_the_line_to_add() {
    let dir = tempfile::tempdir().unwrap();
    let said = |settings: &[(&str, &str)]| {
        let mut command = emart_tests::program();
        command.current_dir(dir.path()).envs(settings.iter().copied()).arg("run");
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let domains = ("EMART_GATEWAY__TLS__ACME__DOMAINS", "[\"shop.example\"]");
    let none = said(&[("EMART_GATEWAY__TLS__ACME__DOMAINS", "[]")]);
    assert!(none.contains("add domains = [\"shop.example\"]"), "{none}");
    let files = ("EMART_GATEWAY__TLS__CERT_FILE", "cert.pem");
    let both = said(&[domains, files, ("EMART_GATEWAY__TLS__KEY_FILE", "key.pem")]);
    assert!(both.contains("remove cert_file and key_file"), "{both}");
    let copies = said(&[domains, ("EMART_PEERS__GATEWAY", "http://a:7000,http://b:7000")]);
    assert!(copies.contains("add gateway.tls.acme.folder"), "{copies}");
}
