//! Certificates ordered from a real authority (Pebble), which comes to see the proofs on the port that visitors come to.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use emart_testkit::{Pebble, greet};
use emart_tls::{Acme, Patience, Wanted};
use emart_types::Clock;
use rustls_pki_types::CertificateDer;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

const DOMAINS: [&str; 2] = ["shop.example", "www.shop.example"];

/// A door that shows whatever certificate there is; shut when this is dropped.
struct Door {
    addr: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Door {
    fn open(listener: TcpListener, wanted: Wanted) -> Self {
        let soon = Duration::from_millis(20);
        let patience = Patience { first: soon, longest: soon * 4, look: soon };
        let acme = Arc::new(Acme::open(wanted, patience, Clock::system()).unwrap());
        let addr = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(acme.server_config(&[b"http/1.1"]).unwrap()));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { acme.follow(CancellationToken::new()).await });
        tasks.spawn(async move {
            let mut greeted = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                greeted.spawn(async move { drop(acceptor.accept(stream).await) });
            }
        });
        Self { addr, _tasks: tasks }
    }

    /// What it shows to somebody who trusts this root and types this name.
    async fn shows(
        &self,
        name: &str,
        root: &CertificateDer<'_>,
    ) -> std::io::Result<CertificateDer<'static>> {
        let stream = greet(self.addr, name, root).await?;
        Ok(stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned())
    }

    /// Waits until it shows one.
    async fn will_show(&self, name: &str, pebble: &Pebble) -> CertificateDer<'static> {
        let (root, until) = (pebble.root().await, Instant::now() + Duration::from_secs(60));
        loop {
            match self.shows(name, &root).await {
                Ok(shown) => return shown,
                Err(error) => assert!(Instant::now() < until, "{error}\n{}", pebble.log()),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn wanted(pebble: &Pebble, folder: &Path) -> Wanted {
    Wanted {
        domains: DOMAINS.map(str::to_owned).to_vec(),
        contact: Some("mailto:owner@shop.example".to_owned()),
        directory: pebble.directory(),
        ca_file: Some(pebble.ca_file()),
        folder: folder.to_owned(),
    }
}

/// An authority, a folder, and the port that both know.
async fn start() -> (Pebble, TempDir, TcpListener) {
    let listener = listener().await;
    let pebble = Pebble::looking_at(listener.local_addr().unwrap().port()).await;
    (pebble, tempfile::tempdir().unwrap(), listener)
}

#[tokio::test]
async fn a_certificate_is_ordered_proved_kept_and_shown_again_after_a_restart() {
    let (pebble, folder, listener) = start().await;
    let wanted = wanted(&pebble, folder.path());
    let door = Door::open(listener, wanted.clone());
    let first = door.will_show(DOMAINS[0], &pebble).await;
    assert_eq!(door.will_show(DOMAINS[1], &pebble).await, first, "one for both names");
    let kept = Acme::certificate_file(&wanted);
    for entry in std::fs::read_dir(kept.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        let (name, mode) = (entry.file_name(), entry.metadata().unwrap().permissions().mode());
        let name = name.to_string_lossy().into_owned();
        assert!(!name.starts_with("proof-"), "{name} is of no use any more");
        assert!(mode & 0o077 == 0 || name == "lock", "{name} is readable by others: {mode:o}");
    }
    drop(door);

    let door = Door::open(self::listener().await, wanted);
    let again = door.shows(DOMAINS[0], &pebble.root().await).await.unwrap();
    assert_eq!(again, first, "shown from the first connection on, and the same");
    assert_eq!(pebble.issued(), 1, "{}", pebble.log());
}

#[tokio::test]
async fn one_that_is_soon_over_is_shown_until_the_next_is_there() {
    let (pebble, folder, listener) = start().await;
    let wanted = wanted(&pebble, folder.path());
    let file = Acme::certificate_file(&wanted);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let mut params = rcgen::CertificateParams::new(wanted.domains.clone()).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    let soon = Clock::system().now().plus(Duration::from_secs(48 * 60 * 60)).to_string();
    let part = |from, to| soon[from..to].parse().unwrap();
    let month: u8 = soon[5..7].parse().unwrap();
    params.not_after = rcgen::date_time_ymd(soon[..4].parse().unwrap(), month, part(8, 10));
    let key = rcgen::KeyPair::generate().unwrap();
    let old = params.self_signed(&key).unwrap();
    std::fs::write(&file, key.serialize_pem() + &old.pem()).unwrap();

    // The authority finds nobody at first: the old one has to do.
    let elsewhere = Door::open(self::listener().await, wanted.clone());
    let shown = elsewhere.shows(DOMAINS[0], old.der()).await.unwrap();
    assert_eq!(&shown, old.der());
    drop(elsewhere);

    let door = Door::open(listener, wanted);
    let renewed = door.will_show(DOMAINS[0], &pebble).await;
    assert_ne!(&renewed, old.der());
}

#[tokio::test]
async fn an_authority_that_does_not_find_the_store_is_asked_again() {
    let taken = listener().await;
    let port = taken.local_addr().unwrap();
    let (pebble, folder) = (Pebble::looking_at(port.port()).await, tempfile::tempdir().unwrap());
    drop(taken);
    let astray = Door::open(listener().await, wanted(&pebble, folder.path()));
    let until = Instant::now() + Duration::from_secs(60);
    while !pebble.log().contains("INVALID") && !pebble.log().contains("refused") {
        assert!(Instant::now() < until, "it was not asked:\n{}", pebble.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(astray.shows(DOMAINS[0], &pebble.root().await).await.is_err());
    // The port is found, by a copy that shares the folder: both show what it is given.
    let found = Door::open(TcpListener::bind(port).await.unwrap(), wanted(&pebble, folder.path()));
    let shown = found.will_show(DOMAINS[0], &pebble).await;
    assert_eq!(astray.will_show(DOMAINS[0], &pebble).await, shown);
}

#[tokio::test]
async fn what_is_asked_for_as_a_proof_is_never_the_certificate() {
    let (pebble, folder, listener) = start().await;
    let door = Door::open(listener, wanted(&pebble, folder.path()));
    door.will_show(DOMAINS[0], &pebble).await;
    let mut roots = tokio_rustls::rustls::RootCertStore::empty();
    roots.add(pebble.root().await).unwrap();
    let mut config =
        tokio_rustls::rustls::ClientConfig::builder_with_provider(emart_tls::provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    config.alpn_protocols = vec![emart_tls::ACME_TLS.to_vec()];
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    for name in ["shop.example", "other.example"] {
        let stream = tokio::net::TcpStream::connect(door.addr).await.unwrap();
        let name = rustls_pki_types::ServerName::try_from(name).unwrap();
        assert!(connector.connect(name, stream).await.is_err(), "nothing is being proved");
    }
}
