//! A store in many processes: every service in one of its own, all but the gateway, `classic` and `admin` in two copies.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use anyhow::Context as _;
use emart_testkit::nats_url;

use crate::Line;
use crate::network::Network;
use crate::process::Process;

/// Every service and how many copies of it run.
pub(crate) const COPIES: [(&str, usize); 14] = [
    ("identity", 2),
    ("inventory", 2),
    ("catalog", 2),
    ("pricing", 2),
    ("cart", 2),
    ("payments", 2),
    ("orders", 2),
    ("notifications", 2),
    ("books", 2),
    ("content", 2),
    ("classic", 1),
    ("storefront", 2),
    ("admin", 1),
    ("gateway", 1),
];

/// The processes of a split store, none of them started, and the address of its gateway. The network has proxies on
/// these lines.
pub(crate) async fn processes(
    folder: &Path,
    settings: &[(String, String)],
    lines: &[Line],
    network: &mut Network,
) -> anyhow::Result<(Vec<Process>, SocketAddr)> {
    let count: usize = COPIES.iter().map(|(_, copies)| copies).sum();
    let mut ports = free_ports(count + 1)?.into_iter();
    let mut placed = Vec::new();
    for (service, copies) in COPIES {
        for copy in 1..=copies {
            placed.push((service, copy, ports.next().context("a port")?));
        }
    }
    let mut shared = settings.to_vec();
    shared.push(set("EMART_MESH__SECRET", "a secret of the tests, the same for all services"));
    shared.push(set("EMART_MESH__WATCH_MS", "500"));
    shared.push(set("EMART_MESH__STOP_NOTICE_MS", "1200"));
    shared.push(set("EMART_STORE__POOL_SIZE", "3"));
    shared.push(set("EMART_BUS__NATS_URL", &nats_url()));
    for (line, name) in
        [(Line::Nats, "EMART_BUS__NATS_URL"), (Line::Postgres, "EMART_STORE__POSTGRES_URL")]
    {
        if lines.contains(&line) {
            let url = shared.iter_mut().find(|(known, _)| known == name).context(name)?;
            url.1 = network.spoil_url(line, &url.1).await?;
        }
    }
    shared.push(set("EMART_BUS__LEASE_MS", "2000"));
    shared.push(set("EMART_BUS__NAMESPACE", &format!("test_{:016x}", rand::random::<u64>())));
    let copies = |service: &str| -> Vec<SocketAddr> {
        let copies = placed.iter().filter(|(name, ..)| *name == service);
        copies.map(|(.., port)| ([127, 0, 0, 1], *port).into()).collect()
    };
    let mut between = Vec::new();
    for (service, _) in COPIES.into_iter().filter(|(service, _)| *service != "gateway") {
        let mut addrs = copies(service);
        if lines.contains(&Line::To(service)) {
            addrs = network.spoil(Line::To(service), &addrs).await?;
        }
        shared.push(peers(service, &addrs));
    }
    for &line in lines {
        if let Line::Between(caller, callee) = line {
            between.push((caller, peers(callee, &network.spoil(line, &copies(callee)).await?)));
        }
    }
    let gateway = ports.next().context("a port")?;
    let process = |&(service, copy, port): &(&str, usize, u16)| {
        let (name, mut own) = (format!("{service}-{copy}"), shared.clone());
        let mut arguments = vec!["run".to_owned(), service.to_owned(), "--no-demo".to_owned()];
        if service == "gateway" {
            arguments.extend(["--listen".to_owned(), format!("127.0.0.1:{gateway}")]);
        }
        own.push(set("EMART_PUBLIC_URL", &format!("http://127.0.0.1:{gateway}")));
        let spoilt = between.iter().filter(|(caller, _)| *caller == service);
        own.extend(spoilt.map(|(_, setting)| setting.clone()));
        own.push(set("EMART_MESH__LISTEN", &format!("127.0.0.1:{port}")));
        Process::new(name.clone(), arguments, own, folder.join(name)).listening(port)
    };
    let processes = placed.iter().map(process).collect();
    Ok((processes, ([127, 0, 0, 1], gateway).into()))
}

/// Where a service is, as a setting.
fn peers(service: &str, addrs: &[SocketAddr]) -> (String, String) {
    let urls: Vec<_> = addrs.iter().map(|addr| format!("http://{addr}")).collect();
    set(&format!("EMART_PEERS__{}", service.to_uppercase()), &urls.join(","))
}

fn set(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Ports that nobody listens on, below those that the system gives to outgoing connections.
fn free_ports(count: usize) -> anyhow::Result<Vec<u16>> {
    let mut ports = Vec::new();
    for _ in 0..100 * count {
        let port = rand::random_range(12_000..32_000);
        if !ports.contains(&port) && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            ports.push(port);
        }
        if ports.len() == count {
            return Ok(ports);
        }
    }
    anyhow::bail!("no free ports")
}
