//! Follows the read model: gathers changes for a moment and takes them over together.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use emart_catalog_api::ProductId;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use super::document::Document;
use super::keeper::{Change, Keeper};
use super::view::View;
use crate::model::{self, Model};

/// Changes within this time are taken over together.
const GATHER: Duration = Duration::from_millis(100);
/// How many searches of a large catalogue run at once off the async threads.
const AT_ONCE: usize = 4;

/// Search over the catalogue. It answers once it has seen the whole catalogue.
pub(crate) struct Search {
    view: ArcSwapOption<View>,
    has_view: Notify,
    orders: mpsc::UnboundedSender<Order>,
    /// Bounds what runs off the async threads.
    pub(super) large: Semaphore,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").finish_non_exhaustive()
    }
}

/// What the follower is told to do.
enum Order {
    Flush(oneshot::Sender<()>),
    Rebuild,
}

/// What is not taken over yet.
#[derive(Default)]
struct Pending {
    products: HashSet<ProductId>,
    all: bool,
}

impl Pending {
    fn add(&mut self, change: Result<model::Change, RecvError>) {
        match change {
            Ok(model::Change::Products(ids) | model::Change::Availability(ids)) => {
                self.products.extend(ids.iter().cloned());
            }
            // Products have their categories' names; and who missed changes looks at everything.
            Ok(model::Change::Categories) | Err(_) => self.all = true,
        }
    }

    fn is_empty(&self) -> bool {
        !self.all && self.products.is_empty()
    }
}

impl Search {
    /// Search, and the task that keeps it in step with the model; the index is kept in `dir`.
    pub(crate) fn new(
        dir: PathBuf,
        model: Arc<Model>,
    ) -> (Arc<Self>, impl Future<Output = ()> + Send + 'static) {
        let (orders, received) = mpsc::unbounded_channel();
        let search = Arc::new(Self {
            view: ArcSwapOption::empty(),
            has_view: Notify::new(),
            orders,
            large: Semaphore::new(AT_ONCE),
        });
        // From now on, so that nothing is missed between the first look at the catalogue and the first change.
        let changes = model.changes();
        let follower = Follower { search: Arc::clone(&search), model, dir, received, changes };
        (search, follower.run())
    }

    /// What can be searched now; waits for the first time.
    pub(crate) async fn view(&self) -> Arc<View> {
        loop {
            let ready = self.has_view.notified();
            tokio::pin!(ready);
            ready.as_mut().enable();
            if let Some(view) = self.view.load_full() {
                return view;
            }
            ready.await;
        }
    }

    /// Returns when all that the model has now can be found.
    pub(crate) async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.orders.send(Order::Flush(done)).is_ok() {
            // An error says that the process stops.
            let _ = wait.await;
        }
    }

    /// The index could not be read: it is written anew.
    pub(super) fn rebuild(&self) {
        let _ = self.orders.send(Order::Rebuild);
    }

    fn publish(&self, view: &Arc<View>) {
        self.view.store(Some(Arc::clone(view)));
        self.has_view.notify_waiters();
    }
}

struct Follower {
    search: Arc<Search>,
    model: Arc<Model>,
    dir: PathBuf,
    received: mpsc::UnboundedReceiver<Order>,
    changes: broadcast::Receiver<model::Change>,
}

impl Follower {
    async fn run(mut self) {
        let dir = self.dir.clone();
        let mut keeper =
            self.on_thread(None, Pending { all: true, ..Pending::default() }, Some(dir)).await;
        loop {
            let mut pending = Pending::default();
            let mut waiting = Vec::new();
            let mut rebuild = false;
            tokio::select! {
                order = self.received.recv() => match order {
                    None => return,
                    Some(Order::Flush(done)) => waiting.push(done),
                    Some(Order::Rebuild) => rebuild = true,
                },
                change = self.changes.recv() => {
                    if matches!(change, Err(RecvError::Closed)) {
                        return;
                    }
                    pending.add(change);
                    self.gather(&mut waiting, &mut rebuild).await;
                }
            }
            self.drain(&mut pending);
            pending.all |= rebuild;
            if rebuild {
                keeper = None;
            }
            if !pending.is_empty() {
                keeper = self.on_thread(keeper, pending, None).await;
            }
            for done in waiting {
                let _ = done.send(());
            }
        }
    }

    /// Waits for what may come with a change; not when someone waits for it.
    async fn gather(&mut self, waiting: &mut Vec<oneshot::Sender<()>>, rebuild: &mut bool) {
        match tokio::time::timeout(GATHER, self.received.recv()).await {
            Ok(Some(Order::Flush(done))) => waiting.push(done),
            Ok(Some(Order::Rebuild)) => *rebuild = true,
            Ok(None) | Err(_) => {}
        }
    }

    /// Takes the changes that are there already.
    fn drain(&mut self, pending: &mut Pending) {
        use broadcast::error::TryRecvError;
        loop {
            match self.changes.try_recv() {
                Ok(change) => pending.add(Ok(change)),
                Err(TryRecvError::Lagged(missed)) => pending.add(Err(RecvError::Lagged(missed))),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    /// Takes changes over; returns the keeper unless it failed even in memory: then the next change tries again.
    async fn on_thread(
        &self,
        keeper: Option<Keeper>,
        pending: Pending,
        dir: Option<PathBuf>,
    ) -> Option<Keeper> {
        let (search, model) = (Arc::clone(&self.search), Arc::clone(&self.model));
        let work = move || take_over(&search, &model, keeper, &pending, dir.as_deref());
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
            tracing::error!(%error, "search could not take over changes");
            None
        })
    }
}

fn take_over(
    search: &Search,
    model: &Model,
    keeper: Option<Keeper>,
    pending: &Pending,
    dir: Option<&Path>,
) -> Option<Keeper> {
    let tried = match keeper {
        Some(keeper) => update(keeper, model, pending),
        None => Keeper::open(dir).and_then(|keeper| replace(keeper, model)),
    };
    let keeper = tried.or_else(|error| {
        tracing::warn!(%error, "the search index cannot be written; searching in memory");
        replace(Keeper::open(None)?, model)
    });
    match keeper {
        Ok(keeper) => {
            search.publish(keeper.view());
            Some(keeper)
        }
        Err(error) => {
            tracing::error!(%error, "search does not follow the catalogue");
            None
        }
    }
}

fn update(mut keeper: Keeper, model: &Model, pending: &Pending) -> tantivy::Result<Keeper> {
    if pending.all {
        return replace(keeper, model);
    }
    let snapshot = model.snapshot_full();
    let change = |id| {
        let entry = snapshot.product(ProductId::as_str(id));
        entry
            .and_then(|entry| Document::of(entry, &snapshot))
            .map_or(Change::Delete(id), Change::Put)
    };
    keeper.apply(pending.products.iter().map(change).collect())?;
    Ok(keeper)
}

fn replace(mut keeper: Keeper, model: &Model) -> tantivy::Result<Keeper> {
    let snapshot = model.snapshot_full();
    keeper.replace(snapshot.products().filter_map(|entry| Document::of(entry, &snapshot)))?;
    Ok(keeper)
}
