//! Constant load: shoppers who look, fill carts and buy until they are told to stop, and note every answer that a
//! shopper should not get.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use emart_tests::{Client, Store};
use tokio::task::JoinHandle;

use crate::GOOD_CARD;

/// What they have seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Requests that were answered as they should be.
    pub(crate) good: u64,
    /// Answers that a shopper should not get, and when.
    pub(crate) bad: Vec<(Instant, String)>,
    /// The longest that one of them has waited for an answer.
    pub(crate) slowest: Duration,
    /// The longest time in which none of them got a good answer.
    pub(crate) drought: Duration,
    last_good: Option<Instant>,
    /// Orders that were answered with 201: they must never be lost.
    pub(crate) promised: HashSet<String>,
}

/// Shoppers at work.
#[derive(Debug)]
pub(crate) struct Shoppers {
    seen: Arc<Mutex<Seen>>,
    enough: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Shoppers {
    /// So many of them begin.
    pub(crate) async fn enter(store: &Store, count: usize) -> Self {
        let (seen, enough) = (Arc::<Mutex<Seen>>::default(), Arc::<AtomicBool>::default());
        let tea = store.tea().await.unwrap();
        let tasks = (0..count).map(|n| {
            let shopper = Shopper {
                name: format!("shopper-{n}"),
                addr: store.addr,
                tea: tea.clone(),
                seen: Arc::clone(&seen),
                enough: Arc::clone(&enough),
                client: None,
            };
            #[expect(clippy::disallowed_methods, reason = "it ends when there is enough")]
            tokio::spawn(shopper.shop())
        });
        let tasks = tasks.collect();
        Self { seen, enough, tasks }
    }

    /// How many requests were answered as they should be, so far.
    pub(crate) fn good(&self) -> u64 {
        self.seen.lock().unwrap().good
    }

    /// Waits until so many more are.
    pub(crate) async fn serve_more(&self, count: u64) {
        let (goal, until) = (self.good() + count, Instant::now() + Duration::from_secs(60));
        while self.good() < goal {
            assert!(Instant::now() < until, "nothing is served any more: {:?}", self.seen);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends them home; returns what they have seen.
    pub(crate) async fn leave(self) -> Seen {
        self.enough.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

struct Shopper {
    name: String,
    addr: SocketAddr,
    tea: String,
    seen: Arc<Mutex<Seen>>,
    enough: Arc<AtomicBool>,
    client: Option<Client>,
}

impl Shopper {
    async fn shop(mut self) {
        let mut round = 0;
        while !self.enough.load(Ordering::Relaxed) {
            round += 1;
            for page in ["/", "/p/tea", "/api/v1/catalog/products/tea", "/search?q=tea"] {
                self.look(page).await;
            }
            if let Err(error) = self.buy(round).await {
                self.note(Err(format!("buying: {error:#}")));
            }
        }
    }

    /// A connection, a new one after one that failed.
    async fn client(&mut self) -> anyhow::Result<&mut Client> {
        let client = match self.client.take() {
            Some(client) => client,
            None => Client::connect(self.addr).await?,
        };
        Ok(self.client.insert(client))
    }

    async fn look(&mut self, page: &str) {
        let answer = match self.client().await {
            Ok(client) => client.get(page).await,
            Err(error) => Err(error),
        };
        self.look_at_the_clock();
        let outcome = match answer {
            Ok(answer) if answer.status == 200 => Ok(()),
            Ok(answer) => Err(format!("{page}: {}", answer.status)),
            Err(error) => {
                self.client = None;
                Err(format!("{page}: {error:#}"))
            }
        };
        self.note(outcome);
    }

    async fn buy(&mut self, round: u32) -> anyhow::Result<()> {
        let (tea, key) = (self.tea.clone(), format!("{}-{round}", self.name));
        let client = self.client().await?;
        let bought = async {
            let cart = client.cart(&tea, 1).await?;
            client.buy_patiently(&cart, GOOD_CARD, &key).await
        };
        let bought = bought.await;
        self.look_at_the_clock();
        match bought {
            Ok(answer) if answer.status == 201 => {
                let order = answer.json()["order_id"].as_str().unwrap_or_default().to_owned();
                self.seen.lock().unwrap().promised.insert(order);
                self.note(Ok(()));
                Ok(())
            }
            Ok(answer) => anyhow::bail!("{} {:?}", answer.status, answer.body),
            Err(error) => {
                self.client = None;
                Err(error)
            }
        }
    }

    fn look_at_the_clock(&self) {
        let waited = self.client.as_ref().map_or(Duration::ZERO, |client| client.slowest);
        let mut seen = self.seen.lock().unwrap();
        seen.slowest = seen.slowest.max(waited);
    }

    fn note(&self, outcome: Result<(), String>) {
        let mut seen = self.seen.lock().unwrap();
        match outcome {
            Ok(()) => {
                let now = Instant::now();
                let since = seen.last_good.replace(now).map_or(Duration::ZERO, |last| now - last);
                (seen.good, seen.drought) = (seen.good + 1, seen.drought.max(since));
            }
            Err(what) => seen.bad.push((Instant::now(), what)),
        }
    }
}
