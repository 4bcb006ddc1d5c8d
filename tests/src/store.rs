//! A whole store: in one process or in many, on any engine; started, killed, and started again.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::network::Network;
use crate::process::Process;
use crate::{Answer, Books, Client, Engine, Line, Proxy, split};

/// Settings of a store, as environment variables.
pub type Settings<'a> = &'a [(&'a str, &'a str)];

/// Where a store in one process listens, unless its settings say otherwise.
const HERE: &str = "127.0.0.1:0";

/// A store in processes of its own.
#[derive(Debug)]
pub struct Store {
    processes: Vec<Process>,
    books: Books,
    dir: TempDir,
    network: Network,
    /// Where it listens.
    pub addr: SocketAddr,
}

impl Store {
    /// Starts a store on the embedded database that has so many pieces of one product, `tea`.
    pub async fn with_tea(pieces: u32) -> anyhow::Result<Self> {
        Self::on(Engine::Sqlite, pieces, &[]).await
    }

    /// Starts such a store on any engine, with settings of its own.
    pub async fn on(engine: Engine, pieces: u32, settings: Settings<'_>) -> anyhow::Result<Self> {
        Self::stocked(engine, &[String::from("tea")], pieces, settings).await
    }

    /// Starts a split store whose network has proxies on these lines.
    pub async fn over(lines: &[Line], pieces: u32, settings: Settings<'_>) -> anyhow::Result<Self> {
        Self::built(Engine::Split, &[String::from("tea")], pieces, settings, lines).await
    }

    /// Starts a store that has so many pieces of each product.
    pub async fn stocked(
        engine: Engine,
        products: &[String],
        pieces: u32,
        settings: Settings<'_>,
    ) -> anyhow::Result<Self> {
        Self::built(engine, products, pieces, settings, &[]).await
    }

    async fn built(
        engine: Engine,
        products: &[String],
        pieces: u32,
        settings: Settings<'_>,
        lines: &[Line],
    ) -> anyhow::Result<Self> {
        let dir = TempDir::new()?;
        let books = Books::new(engine, dir.path().join("data")).await?;
        let listen = settings.iter().find(|(name, _)| *name == "EMART_LISTEN");
        let whole = whole(dir.path(), &books, listen.map_or(HERE, |(_, listen)| listen));
        let file = dir.path().join("products.csv");
        std::fs::write(&file, csv(products, pieces))?;
        let output = whole.command().args(["import", "products"]).arg(&file).output()?;
        if !output.status.success() {
            bail!("import: {}", String::from_utf8_lossy(&output.stderr));
        }
        let mut network = Network::default();
        let (processes, addr) = match engine {
            Engine::Sqlite | Engine::Postgres => (vec![whole], ([127, 0, 0, 1], 0).into()),
            Engine::Split => {
                split::processes(dir.path(), &shared(&books), lines, &mut network).await?
            }
        };
        let mut store = Self { processes, books, dir, network, addr };
        store.start(settings).await?;
        Ok(store)
    }

    /// Starts a store on data that is there: `dir` holds the folder `data`.
    pub async fn on_data(
        dir: TempDir,
        books: Books,
        settings: Settings<'_>,
    ) -> anyhow::Result<Self> {
        let processes = vec![whole(dir.path(), &books, HERE)];
        let (network, addr) = (Network::default(), ([127, 0, 0, 1], 0).into());
        let mut store = Self { processes, books, dir, network, addr };
        store.start(settings).await?;
        Ok(store)
    }

    /// Ends it and hands its folder and databases out.
    pub fn stop(mut self) -> anyhow::Result<(TempDir, Books)> {
        self.kill()?;
        let dir = std::mem::replace(&mut self.dir, TempDir::new()?);
        let books = std::mem::replace(&mut self.books, Books::Files(PathBuf::new()));
        Ok((dir, books))
    }

    /// The proxies on a line of its network, in the order of the copies behind them.
    pub fn line(&self, line: Line) -> &[Proxy] {
        self.network.line(line)
    }

    /// A connection to it.
    pub async fn client(&self) -> anyhow::Result<Client> {
        Client::connect(self.addr).await
    }

    /// The id of the tea's variant.
    pub async fn tea(&self) -> anyhow::Result<String> {
        self.variant("tea").await
    }

    /// The id of a product's variant.
    pub async fn variant(&self, product: &str) -> anyhow::Result<String> {
        let path = format!("/api/v1/catalog/products/{product}");
        let product = self.client().await?.get(&path).await?.json();
        Ok(product["variants"][0]["id"].as_str().context("a variant")?.to_owned())
    }

    /// SIGKILL to all its processes, and new ones on the same data, with settings of their own.
    pub async fn kill_and_restart(&mut self, settings: Settings<'_>) -> anyhow::Result<()> {
        self.kill()?;
        self.start(settings).await
    }

    /// SIGKILL.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.processes.iter_mut().try_for_each(Process::kill)
    }

    /// The names of its processes: `orders-1`, `orders-2`, …
    pub fn processes(&self) -> Vec<String> {
        self.processes.iter().map(|process| process.name.clone()).collect()
    }

    /// SIGKILL to one of its processes.
    pub fn kill_one(&mut self, name: &str) -> anyhow::Result<()> {
        self.process(name)?.kill()
    }

    /// SIGTERM to one of its processes; returns when it has ended.
    pub fn stop_one(&mut self, name: &str) -> anyhow::Result<()> {
        self.process(name)?.stop()
    }

    /// Starts one that does not run.
    pub fn start_one(&mut self, name: &str, settings: Settings<'_>) -> anyhow::Result<()> {
        self.process(name)?.start(settings)
    }

    /// Waits until one of its processes says that it is ready.
    pub async fn ready_one(&self, name: &str) -> anyhow::Result<()> {
        let addr = self.internal_addr(name)?;
        for _ in 0..1200 {
            if let Ok(mut client) = Client::connect(addr).await
                && client.get("/readyz").await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{name} did not get ready:\n{}", self.log())
    }

    /// Where one of its processes listens for the others.
    pub fn internal_addr(&self, name: &str) -> anyhow::Result<SocketAddr> {
        let found = self.processes.iter().find(|process| process.name == name);
        found
            .and_then(|process| process.addr)
            .with_context(|| format!("there is no process {name}"))
    }

    fn process(&mut self, name: &str) -> anyhow::Result<&mut Process> {
        let found = self.processes.iter_mut().find(|process| process.name == name);
        found.with_context(|| format!("there is no process {name}"))
    }

    /// What stands in its databases.
    pub const fn books(&self) -> &Books {
        &self.books
    }

    /// Where its data is; of a split store, that of its first process.
    pub fn data(&self) -> PathBuf {
        self.processes[0].data()
    }

    /// The e-mails it has written, of all its processes. One that was handed over twice, because a process was killed
    /// before it had noted the first time, goes by the same id and counts once, as at a mail server.
    pub fn mails(&self) -> Vec<String> {
        let folders = self.processes.iter().map(|process| process.data().join("mailbox"));
        let files = folders.flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten());
        let mails = files.filter_map(|file| {
            let path = file.ok()?.path();
            Some((path.file_name()?.to_owned(), std::fs::read_to_string(path).ok()?))
        });
        mails.collect::<HashMap<_, _>>().into_values().collect()
    }

    /// What its processes have logged.
    pub fn log(&self) -> String {
        let log = |process: &Process| format!("--- {}\n{}", process.name, process.log());
        self.processes.iter().map(log).collect()
    }

    /// Runs a command beside it.
    pub fn command(&self) -> Command {
        self.processes[0].command()
    }

    async fn start(&mut self, settings: Settings<'_>) -> anyhow::Result<()> {
        for process in &mut self.processes {
            process.start(settings)?;
        }
        if let [whole] = &mut self.processes[..] {
            self.addr = announced(whole).await?;
        }
        self.ready().await
    }

    /// Waits until all its services say that they are ready.
    pub async fn ready(&self) -> anyhow::Result<()> {
        for _ in 0..1200 {
            if let Ok(mut client) = self.client().await
                && client.get("/readyz").await.is_ok_and(|answer| is_ready(&answer))
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the store did not get ready:\n{}", self.log())
    }
}

/// Ready, and every service behind it.
fn is_ready(answer: &Answer) -> bool {
    let body = answer.json();
    let services = body["services"].as_object();
    let all = services.is_some_and(|all| all.values().all(|state| state["ready"] == true));
    answer.status == 200 && all
}

/// All services in one process.
fn whole(dir: &Path, books: &Books, listen: &str) -> Process {
    let arguments = ["run", "--no-demo", "--listen", listen].map(str::to_owned);
    Process::new("store".to_owned(), arguments.to_vec(), shared(books), dir.to_owned())
}

/// What every process of a store is told.
fn shared(books: &Books) -> Vec<(String, String)> {
    let mut settings = vec![("EMART_PRICING__ORDERS_PER_DAY".to_owned(), "1000000".to_owned())];
    // All that a test does comes from one address.
    settings.push(("EMART_GATEWAY__LIMITS__ON".to_owned(), "false".to_owned()));
    let url = books.url().map(|url| ("EMART_STORE__POSTGRES_URL".to_owned(), url.to_owned()));
    settings.extend(url);
    settings
}

/// Where a process says that it listens.
async fn announced(process: &mut Process) -> anyhow::Result<SocketAddr> {
    for _ in 0..3000 {
        let printed = process.printed();
        let url = printed.lines().find_map(|line| line.trim().strip_prefix("shop "));
        // The words come in one piece; the last of them says that all are there.
        if let (Some(url), true) = (url, printed.contains("Ctrl-C")) {
            let place = url.trim().trim_start_matches("http://").replace("localhost", "127.0.0.1");
            return Ok(place.split('/').next().unwrap_or(&place).parse()?);
        }
        if !process.is_running() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bail!("the store did not say where it listens:\n{}", process.log())
}

/// Products as a file to import.
fn csv(products: &[String], pieces: u32) -> String {
    let head = "Title,URL handle,Status,Published on online store,SKU,Price,Inventory tracker,\
                Inventory quantity,Continue selling when out of stock,Weight value (grams),Requires shipping\n";
    let row = |name| {
        format!("Green {name},{name},active,TRUE,{name},5.00,shopify,{pieces},DENY,100,TRUE\n")
    };
    products.iter().fold(head.to_owned(), |csv, name| csv + &row(name))
}
