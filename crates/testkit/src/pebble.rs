//! `Pebble`: an authority of one test's own that issues certificates by ACME, and comes to see the proofs. Every name leads
//! to this machine, where it looks at a port the test chooses.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const PATIENCE: Duration = Duration::from_secs(30);

/// An authority; gone when this is dropped.
pub struct Pebble {
    dir: TempDir,
    port: u16,
    management: u16,
    processes: Vec<Child>,
}

impl Pebble {
    /// Starts one that comes to see the proofs at this port of 127.0.0.1. Fails the test when the programs are missing.
    pub async fn looking_at(port: u16) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let [acme, management, dns, dns_management] = free_ports();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate for the authority itself");
        let pem = made.cert.pem();
        std::fs::write(dir.path().join("ca.pem"), pem).expect("write");
        let key = made.signing_key.serialize_pem();
        std::fs::write(dir.path().join("key.pem"), key).expect("write");
        let config = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{acme}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": "ca.pem",
            "privateKey": "key.pem",
            "httpPort": 1,
            "tlsPort": port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }});
        std::fs::write(dir.path().join("config.json"), config.to_string()).expect("write");
        let mut pebble = Self { dir, port: acme, management, processes: Vec::new() };
        let (dns, dns_management) =
            (format!("127.0.0.1:{dns}"), format!("127.0.0.1:{dns_management}"));
        let names = ["-dns01", &dns, "-management", &dns_management, "-defaultIPv6", ""];
        let nothing_else = ["-http01", "", "-https01", "", "-tlsalpn01", ""];
        pebble.run("pebble-challtestsrv", &[&names[..], &nothing_else].concat());
        pebble.run("pebble", &["-config", "config.json", "-dnsserver", &dns]);
        pebble.answers().await;
        pebble
    }

    /// Where it describes itself.
    pub fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.port)
    }

    /// What vouches for the authority's own address.
    pub fn ca_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// The root of the certificates it issues.
    pub async fn root(&self) -> CertificateDer<'static> {
        let said = self.get(self.management, "/roots/0").await.expect("the root");
        CertificateDer::from_pem_slice(said.as_bytes()).expect("a root as PEM")
    }

    /// How many certificates it has issued.
    pub fn issued(&self) -> usize {
        self.log().matches("Issued certificate serial").count()
    }

    /// What it says of its work.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("pebble.log")).unwrap_or_default()
    }

    fn run(&mut self, program: &str, arguments: &[&str]) {
        let log = File::create(self.dir.path().join(format!("{program}.log"))).expect("a log");
        let child = Command::new(program)
            .current_dir(self.dir.path())
            .args(arguments)
            // It would wait for some seconds before it looks.
            .env("PEBBLE_VA_NOSLEEP", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn();
        let child = child.unwrap_or_else(|error| {
            panic!("no authority for the tests: {program}: {error}. apt-get install pebble")
        });
        self.processes.push(child);
    }

    async fn answers(&self) {
        let until = Instant::now() + PATIENCE;
        while self.get(self.port, "/dir").await.is_err() {
            assert!(Instant::now() < until, "pebble does not answer:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn get(&self, port: u16, path: &str) -> io::Result<String> {
        let ca = CertificateDer::from_pem_file(self.ca_file()).map_err(io::Error::other)?;
        let mut stream = greet(([127, 0, 0, 1], port).into(), "localhost", &ca).await?;
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut said = String::new();
        stream.read_to_string(&mut said).await?;
        let (head, body) = said.split_once("\r\n\r\n").unwrap_or_default();
        if head.starts_with("HTTP/1.1 200") {
            return Ok(body.to_owned());
        }
        Err(io::Error::other(head.to_owned()))
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for child in &mut self.processes {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Greets by TLS as somebody who trusts this root alone.
pub async fn greet(
    addr: SocketAddr,
    name: &str,
    root: &CertificateDer<'_>,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone().into_owned()).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
    let stream = TcpStream::connect(addr).await?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Ports where nobody listens.
fn free_ports<const N: usize>() -> [u16; N] {
    // All are held until all are known, so that none is found twice.
    let held = [(); N].map(|()| std::net::TcpListener::bind("127.0.0.1:0").expect("a free port"));
    held.map(|listener| listener.local_addr().expect("an address").port())
}
