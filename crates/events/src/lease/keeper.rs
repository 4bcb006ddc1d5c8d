//! The task behind a service's leases: says that this copy lives, and takes what nobody living holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use emart_store::{Db, Error, Tx, vals};
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::Instant;

use super::copies::{Copy, Look, is_for};
use super::{Hold, Lease, Name};

/// A copy looks around at least this often.
const TICK: Duration = Duration::from_secs(1);

/// Leases of one database.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(super) db: Db,
    pub(super) time: Duration,
    state: Mutex<State>,
    pub(super) changed: Notify,
    /// One look around at a time, and none after leaving.
    turn: tokio::sync::Mutex<Look>,
}

#[derive(Debug, Default)]
struct State {
    wanted: HashMap<String, Want>,
    /// Held, by name.
    held: HashMap<String, Weak<Hold>>,
    /// Given back by their holders, with the copy that held them.
    returned: Vec<(String, String)>,
}

#[derive(Debug, Default)]
struct Want {
    shared: bool,
    waiting: Vec<oneshot::Sender<Lease>>,
}

impl Keeper {
    pub(super) fn new(db: Db, time: Duration) -> Self {
        Self {
            db,
            time,
            state: Mutex::default(),
            changed: Notify::new(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn want(&self, name: &Name, grant: oneshot::Sender<Lease>) {
        let mut state = self.state();
        let want = state.wanted.entry(name.text.clone()).or_default();
        want.shared = name.shared;
        want.waiting.push(grant);
        self.changed.notify_one();
    }

    pub(super) fn give_back(&self, name: &str, copy: &str) {
        self.state().returned.push((name.to_owned(), copy.to_owned()));
        self.changed.notify_one();
    }

    pub(super) async fn leave(&self) {
        let mut look = self.turn.lock().await;
        look.left = true;
        self.lose_all();
        let Some(me) = look.me.take() else { return };
        let sql = "DELETE FROM copies WHERE id = $1";
        if let Err(error) = self.db.exec(sql, vals![me.copy]).await {
            // The others find out by themselves, a little later.
            tracing::warn!(db = ?self.db, %error, "the other copies could not be told of the end of this one");
        }
    }

    /// Looks around for as long as the process runs.
    pub(super) async fn run(self: Arc<Self>) {
        let tick = (self.time / 6).min(TICK);
        loop {
            if let Err(error) = self.look_around().await {
                tracing::warn!(db = ?self.db, %error, "leases could not be looked after");
                tokio::time::sleep(tick).await;
            } else {
                // Either way it is time to look again.
                let _ = tokio::time::timeout(tick, self.changed.notified()).await;
            }
        }
    }

    async fn look_around(self: &Arc<Self>) -> Result<(), Error> {
        let mut look = self.turn.lock().await;
        if look.left {
            return Ok(());
        }
        self.return_leases().await?;
        let me = self.live(&mut look).await?;
        let until = me.raised + self.time * 4 / 5;
        self.prolong(until);
        let (copies, holders) = self.db.read(|tx| async move { everything(&tx).await }).await?;
        if !copies.iter().any(|(copy, ..)| *copy == me.copy) {
            self.begin_anew(&mut look);
            return Ok(());
        }
        let living = self.bury(&mut look, &me.copy, copies).await?;
        self.move_on(&me.copy, &living);
        self.take(&me.copy, until, &living, &holders).await
    }

    async fn return_leases(&self) -> Result<(), Error> {
        let returned = self.state().returned.clone();
        for (name, copy) in &returned {
            let sql = "UPDATE leases SET holder = '' WHERE name = $1 AND holder = $2";
            self.db.exec(sql, vals![name.as_str(), copy.as_str()]).await?;
            self.state().returned.retain(|(n, c)| (n, c) != (name, copy));
        }
        Ok(())
    }

    pub(super) fn shared_wants(&self) -> String {
        let mut state = self.state();
        let State { wanted, held, .. } = &mut *state;
        wanted.retain(|name, want| {
            want.waiting.retain(|grant| !grant.is_closed());
            !want.waiting.is_empty() || held.get(name).is_some_and(|hold| hold.strong_count() > 0)
        });
        let mut names: Vec<_> = wanted.iter().filter(|(_, want)| want.shared).collect();
        names.sort_by_key(|(name, _)| *name);
        names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn holds(&self) -> Vec<Arc<Hold>> {
        let held: Vec<_> = self.state().held.values().filter_map(Weak::upgrade).collect();
        held
    }

    fn prolong(&self, until: Instant) {
        for hold in self.holds() {
            hold.until.send_if_modified(|before| {
                // What was lost stays lost.
                let held = before.is_some_and(|before| Instant::now() < before);
                if held {
                    *before = Some(until);
                }
                held
            });
        }
    }

    pub(super) fn lose_all(&self) {
        for hold in self.holds() {
            hold.lose();
        }
    }

    /// Ends the shared leases that are another's by now; they are given back when their work has stopped.
    fn move_on(&self, me: &str, living: &[Copy]) {
        for hold in self.holds() {
            let shared = self.state().wanted.get(&hold.name).is_some_and(|want| want.shared);
            if shared && !is_for(&hold.name, me, living) {
                hold.lose();
            }
        }
    }

    /// Takes what is waited for here and free. `holders` was read together with the copies, and no copy's name is ever
    /// used again: a holder that was no copy then is none now.
    async fn take(
        self: &Arc<Self>,
        me: &str,
        until: Instant,
        living: &[Copy],
        holders: &HashMap<String, (String, bool)>,
    ) -> Result<(), Error> {
        for (name, shared) in self.waited_for() {
            if shared && !is_for(&name, me, living) {
                continue;
            }
            let taken = match holders.get(&name) {
                None => {
                    let sql =
                        "INSERT INTO leases (name, holder) VALUES ($1, $2) ON CONFLICT DO NOTHING";
                    self.db.exec(sql, vals![name.as_str(), me]).await?
                }
                // The answer to a statement that took it was lost.
                Some((holder, _)) if holder == me => 1,
                Some((_, true)) => 0,
                Some((holder, false)) => {
                    // One in the middle of a transaction of its last holder is left for later.
                    let sql = "UPDATE leases SET holder = $3 WHERE name = (SELECT name FROM leases \
                               WHERE name = $1 AND holder = $2 {{skip_locked}})";
                    self.db.exec(sql, vals![name.as_str(), holder.as_str(), me]).await?
                }
            };
            if taken == 1 {
                self.grant(&name, me, until);
            }
        }
        Ok(())
    }

    fn waited_for(&self) -> Vec<(String, bool)> {
        let state = self.state();
        let waited = state.wanted.iter().filter(|(name, want)| {
            let held = state.held.get(*name).is_some_and(|hold| hold.strong_count() > 0);
            let returned = state.returned.iter().any(|(returned, _)| returned == *name);
            !want.waiting.is_empty() && !held && !returned
        });
        waited.map(|(name, want)| (name.clone(), want.shared)).collect()
    }

    fn grant(self: &Arc<Self>, name: &str, copy: &str, until: Instant) {
        let hold = Arc::new(Hold {
            name: name.to_owned(),
            copy: copy.to_owned(),
            until: watch::Sender::new(Some(until)),
            keeper: Arc::clone(self),
        });
        let mut lease = Lease(Some(Arc::clone(&hold)));
        {
            let mut state = self.state();
            state.held.insert(name.to_owned(), Arc::downgrade(&hold));
            let waiting = state.wanted.get_mut(name).map(|want| &mut want.waiting);
            for grant in waiting.into_iter().flat_map(std::mem::take) {
                // Who is not the first waits anew.
                match grant.send(lease) {
                    Ok(()) => {
                        lease = Lease(None);
                        break;
                    }
                    Err(back) => lease = back,
                }
            }
        }
        // Here, where nothing is locked, it is given back if nobody waited any more.
        drop((lease, hold));
    }
}

/// Every copy, and every lease's holder with whether that is a copy.
async fn everything(tx: &Tx) -> Result<(Vec<Copy>, HashMap<String, (String, bool)>), Error> {
    let copies: Vec<Copy> = tx.all("SELECT id, beat, wants FROM copies", vals![]).await?;
    let leases: Vec<(String, String)> = tx.all("SELECT name, holder FROM leases", vals![]).await?;
    let holders = leases.into_iter().map(|(name, holder)| {
        let lives = copies.iter().any(|(id, ..)| *id == holder);
        (name, (holder, lives))
    });
    let holders = holders.collect();
    Ok((copies, holders))
}
