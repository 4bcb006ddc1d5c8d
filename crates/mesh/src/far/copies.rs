//! The copies of a service: found by name, watched, and chosen by "power of two choices" (of two picked at random, the
//! one with fewer calls under way; M. Mitzenmacher, 2001).

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use http::uri::Scheme;

use super::breaker::Breaker;
use super::url::PeerUrl;

/// A copy of a service, as a caller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyState {
    /// Where it is.
    pub addr: String,
    /// Whether it answers, and says that it can do its work.
    pub ready: bool,
    /// Which version it is, once it has said so.
    pub version: Option<String>,
}

/// One process that runs the service.
#[derive(Debug)]
pub(crate) struct Copy {
    pub(crate) scheme: Scheme,
    pub(crate) addr: SocketAddr,
    /// Calls under way.
    pending: AtomicUsize,
    breaker: Mutex<Breaker>,
    /// It has said that it is about to stop, or that it cannot do its work.
    resting: AtomicBool,
    /// It answered when it was last asked.
    seen: AtomicBool,
    /// It takes calls and does not answer them, whatever it says of itself.
    hangs: AtomicBool,
    /// It has said that it is ready since it was found to hang: one call may find out.
    heard: AtomicBool,
    /// The version it said it is.
    version: Mutex<Option<String>>,
}

/// How a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The connection could not be made, or broke.
    Broken,
    /// There was no answer in time.
    Silent,
}

/// A call's share of the copy's load; given back also by a caller who goes away.
#[derive(Debug)]
pub(crate) struct Load(Arc<Copy>);

impl Drop for Load {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Copy {
    fn new(scheme: Scheme, addr: SocketAddr) -> Self {
        Self {
            scheme,
            addr,
            pending: AtomicUsize::new(0),
            breaker: Mutex::default(),
            resting: AtomicBool::new(false),
            seen: AtomicBool::new(false),
            hangs: AtomicBool::new(false),
            heard: AtomicBool::new(false),
            version: Mutex::default(),
        }
    }

    /// Takes a call's share of the load.
    pub(crate) fn load(self: &Arc<Self>) -> Load {
        self.pending.fetch_add(1, Ordering::Relaxed);
        self.with_breaker(|breaker| breaker.pass(Instant::now()));
        Load(Arc::clone(self))
    }

    /// It answered a call.
    pub(crate) fn succeed(&self) {
        self.seen.store(true, Ordering::Relaxed);
        self.hangs.store(false, Ordering::Relaxed);
        self.with_breaker(Breaker::succeed);
    }

    /// It says that it is there. Of one that broke that is enough; one that hung must answer a call as well: it may
    /// say this of itself all the time.
    pub(crate) fn hear(&self) {
        self.seen.store(true, Ordering::Relaxed);
        self.heard.store(true, Ordering::Relaxed);
        if !self.hangs.load(Ordering::Relaxed) {
            self.with_breaker(Breaker::succeed);
        }
    }

    /// It did not say whether it is there.
    pub(crate) fn miss(&self) {
        self.seen.store(false, Ordering::Relaxed);
    }

    /// It did not answer; `true` when it is left alone from now on.
    pub(crate) fn fail(&self, failure: Failure) -> bool {
        self.hangs.store(failure == Failure::Silent, Ordering::Relaxed);
        self.heard.store(false, Ordering::Relaxed);
        self.with_breaker(|breaker| breaker.fail(Instant::now()))
    }

    /// It has said whether it wants calls.
    pub(crate) fn rest(&self, resting: bool) {
        self.resting.store(resting, Ordering::Relaxed);
    }

    /// It has said which version it is.
    pub(crate) fn is_of(&self, version: Option<String>) {
        *self.version.lock().unwrap_or_else(PoisonError::into_inner) = version;
    }

    /// How it looks from here.
    pub(crate) fn state(&self) -> CopyState {
        let version = self.version.lock().unwrap_or_else(PoisonError::into_inner).clone();
        CopyState { addr: self.addr.to_string(), ready: self.is_ready(), version }
    }

    /// What the state of its breaker is called.
    pub(crate) fn breaker_state(&self) -> &'static str {
        self.with_breaker(|breaker| breaker.state())
    }

    /// Whether its breaker is closed.
    pub(crate) fn is_well(&self) -> bool {
        self.with_breaker(|breaker| breaker.is_closed())
    }

    /// Whether it has said so itself, and answers.
    pub(crate) fn is_ready(&self) -> bool {
        let wanted = self.is_well() || self.is_to_be_tried(Instant::now());
        wanted && !self.resting.load(Ordering::Relaxed) && self.seen.load(Ordering::Relaxed)
    }

    /// Whether one call may find out that it no longer hangs.
    fn is_to_be_tried(&self, now: Instant) -> bool {
        self.heard.load(Ordering::Relaxed) && self.with_breaker(|breaker| breaker.is_passable(now))
    }

    fn with_breaker<T>(&self, work: impl FnOnce(&mut Breaker) -> T) -> T {
        work(&mut self.breaker.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The lower the better; `None` when no call may pass.
    fn rank(&self, now: Instant) -> Option<u8> {
        let breaker = self.with_breaker(|breaker| *breaker);
        if !breaker.is_passable(now) {
            return None;
        }
        let resting = self.resting.load(Ordering::Relaxed);
        Some(match (breaker.is_closed(), resting) {
            (true, false) => 0,
            // The one call that finds out whether it is back: as good as any where it says so itself.
            (false, false) if self.is_to_be_tried(now) => 0,
            (false, false) => 1,
            // It is asked only where nobody else is.
            (_, true) => 2,
        })
    }
}

/// All of them, as of now.
#[derive(Debug)]
pub(crate) struct Copies {
    urls: Vec<PeerUrl>,
    now: ArcSwap<Vec<Arc<Copy>>>,
}

impl Copies {
    /// Those behind these addresses and names; names are looked up by [`Self::look_up`].
    pub(crate) fn new(urls: Vec<PeerUrl>) -> Self {
        let known = urls.iter().filter_map(|url| Some((url.scheme.clone(), url.addr()?)));
        let known = known.map(|(scheme, addr)| Arc::new(Copy::new(scheme, addr))).collect();
        Self { urls, now: ArcSwap::from_pointee(known) }
    }

    /// As of now.
    pub(crate) fn all(&self) -> Arc<Vec<Arc<Copy>>> {
        self.now.load_full()
    }

    /// Looks every name up again. What is known of a copy is kept; those that are gone are forgotten. A name that
    /// cannot be looked up keeps the copies it had: the name service may be what is away.
    pub(crate) async fn look_up(&self) -> Result<(), String> {
        let before = self.all();
        let (mut found, mut failed) = (Vec::<Arc<Copy>>::new(), None);
        for url in &self.urls {
            let looked_up = match url.addr() {
                Some(addr) => Ok(vec![addr]),
                None => {
                    let look_up = tokio::net::lookup_host((url.host.as_str(), url.port));
                    let patience = Duration::from_secs(5);
                    match tokio::time::timeout(patience, look_up).await {
                        Ok(Ok(addrs)) => Ok(addrs.collect()),
                        Ok(Err(error)) => Err(format!("{} cannot be looked up: {error}", url.host)),
                        Err(_) => Err(format!("{} was not looked up in time", url.host)),
                    }
                }
            };
            let addrs = match looked_up {
                Ok(addrs) => addrs,
                Err(error) => {
                    failed = Some(error);
                    found
                        .extend(before.iter().filter(|copy| copy.addr.port() == url.port).cloned());
                    continue;
                }
            };
            for addr in addrs {
                let known = before.iter().find(|copy| copy.addr == addr).cloned();
                found.push(known.unwrap_or_else(|| Arc::new(Copy::new(url.scheme.clone(), addr))));
            }
        }
        found.sort_by_key(|copy| copy.addr);
        found.dedup_by_key(|copy| copy.addr);
        if found.len() != before.len() || found.iter().zip(&*before).any(|(a, b)| a.addr != b.addr)
        {
            self.now.store(Arc::new(found));
        }
        failed.map_or(Ok(()), Err)
    }

    /// The copy to ask next, none of those asked before; `None` when there is none that may be asked.
    pub(crate) fn choose(&self, asked: &[SocketAddr], random: u64) -> Option<Arc<Copy>> {
        let (copies, now) = (self.now.load(), Instant::now());
        let ranked = copies.iter().filter(|copy| !asked.contains(&copy.addr));
        let ranked: Vec<_> = ranked.filter_map(|copy| Some((copy.rank(now)?, copy))).collect();
        let best = ranked.iter().map(|(rank, _)| *rank).min()?;
        let best: Vec<_> = ranked.iter().filter(|(rank, _)| *rank == best).collect();
        let (first, second) = two_of(best.len(), random);
        let pending = |at: usize| best[at].1.pending.load(Ordering::Relaxed);
        let chosen = if pending(second) < pending(first) { second } else { first };
        Some(Arc::clone(best[chosen].1))
    }
}

/// Two places out of `count`, different ones if there are two.
fn two_of(count: usize, random: u64) -> (usize, usize) {
    let (high, low) = ((random >> 32) as usize, (random & 0xffff_ffff) as usize);
    let first = high % count;
    if count == 1 {
        return (first, first);
    }
    (first, (first + 1 + low % (count - 1)) % count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copies(ports: &[u16]) -> Copies {
        Copies::new(
            ports.iter().map(|port| format!("http://127.0.0.1:{port}").parse().unwrap()).collect(),
        )
    }

    fn ports(copies: &Copies, asked: &[SocketAddr]) -> Vec<u16> {
        let mut ports: Vec<u16> = (0..200u64)
            .filter_map(|n| copies.choose(asked, n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .map(|copy| copy.addr.port())
            .collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    #[test]
    fn every_copy_is_asked_but_those_asked_before() {
        let copies = copies(&[1, 2, 3]);
        assert_eq!(ports(&copies, &[]), [1, 2, 3]);
        assert_eq!(ports(&copies, &["127.0.0.1:2".parse().unwrap()]), [1, 3]);
    }

    #[test]
    fn of_two_the_one_with_less_to_do_is_asked() {
        let copies = copies(&[1, 2]);
        let busy = copies.all()[0].load();
        assert_eq!(ports(&copies, &[]), [2]);
        drop(busy);
        assert_eq!(ports(&copies, &[]), [1, 2]);
    }

    #[test]
    fn a_failing_copy_is_left_alone_and_a_resting_one_is_asked_last() {
        let copies = copies(&[1, 2, 3]);
        let all = copies.all();
        while !all[0].fail(Failure::Broken) {}
        all[1].rest(true);
        assert_eq!(ports(&copies, &[]), [3]);
        assert_eq!(ports(&copies, &["127.0.0.1:3".parse().unwrap()]), [2]);
        all[0].succeed();
        all[1].rest(false);
        assert_eq!(ports(&copies, &[]), [1, 2, 3]);
    }

    #[test]
    fn one_that_hung_is_believed_when_it_has_answered_a_call_and_one_that_broke_when_it_is_there() {
        let copies = copies(&[1]);
        let copy = Arc::clone(&copies.all()[0]);
        while !copy.fail(Failure::Broken) {}
        copy.hear();
        assert!(copy.is_well());
        while !copy.fail(Failure::Silent) {}
        copy.hear();
        assert!(!copy.is_well());
        copy.succeed();
        assert!(copy.is_well());
    }

    #[tokio::test]
    async fn a_name_is_looked_up_and_what_is_known_of_a_copy_is_kept() {
        let copies = Copies::new(vec!["http://localhost:9".parse().unwrap()]);
        assert!(copies.all().is_empty());
        copies.look_up().await.unwrap();
        let known = copies.all();
        assert!(!known.is_empty());
        known[0].rest(true);
        copies.look_up().await.unwrap();
        assert!(copies.all()[0].resting.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn a_name_that_is_not_known_is_said() {
        let copies = Copies::new(vec!["http://no-such-host.invalid:9".parse().unwrap()]);
        assert!(copies.look_up().await.unwrap_err().contains("no-such-host.invalid"));
    }
}
