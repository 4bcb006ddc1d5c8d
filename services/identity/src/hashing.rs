//! Passwords hashed with Argon2id, off the async threads and only a few at a time: each takes 19 MiB and some 20 ms
//! of a core. When too many wait, further ones are refused rather than queued.
//!
//! Accounts that were moved here may have bcrypt hashes until their owners sign in. As long as there are any, every check
//! does both kinds of work: how long it takes says nothing about an address.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use emart_telemetry::Metrics;
use prometheus_client::metrics::counter::Counter;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Hashing;
use crate::error::Error;
use crate::secrets;

/// What a password is checked against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept<'a> {
    /// The account's own hash, where there is an account and it has one.
    pub(crate) own: Option<&'a str>,
    /// A bcrypt hash of anybody's, where there still is one: the work that one takes.
    pub(crate) moved: Option<&'a str>,
}

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hasher {
    argon2: Argon2<'static>,
    running: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    queue: usize,
    /// The hash of a password nobody knows, checked in place of one that is not there.
    dummy: Arc<str>,
    hashes: Counter,
}

impl Hasher {
    /// Hashes once, for the dummy: a configuration that cannot work is found at start.
    pub(crate) fn new(config: &Hashing, metrics: &Metrics) -> anyhow::Result<Self> {
        let params = Params::new(config.memory_kib, config.passes, 1, None);
        let params = params.context("the settings of Argon2 cannot work")?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash(&argon2, &secrets::new_token())?.into();
        let help = "Passwords hashed or verified";
        Ok(Self {
            argon2,
            running: Arc::new(Semaphore::new(config.at_once.max(1))),
            waiting: Arc::default(),
            queue: config.queue,
            dummy,
            hashes: metrics.counter("identity_password_hashes", help),
        })
    }

    /// The hash of a new password, in the PHC string format.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, Error> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        self.run(move || hash(&argon2, &password)).await
    }

    /// Whether the password is the one that was hashed. Without a hash it is not, after the same work.
    pub(crate) async fn verify(&self, kept: Kept<'_>, password: &str) -> Result<bool, Error> {
        let own = |is_kind: fn(&str) -> bool| kept.own.filter(|hash| is_kind(hash));
        let (own_argon2, own_bcrypt) = (own(is_argon2), own(is_bcrypt));
        let argon2_hash = own_argon2.unwrap_or(&self.dummy).to_owned();
        let bcrypt_hash = own_bcrypt.or(kept.moved).map(ToOwned::to_owned);
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        let both = self.run(move || {
            let bcrypt = bcrypt_hash.is_some_and(|hash| verify_bcrypt(&hash, &password));
            Ok((verify(&argon2, &argon2_hash, &password)?, bcrypt))
        });
        let (is_argon2, is_bcrypt) = both.await?;
        Ok((own_argon2.is_some() && is_argon2) || (own_bcrypt.is_some() && is_bcrypt))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let permit = self.permit().await?;
        self.hashes.inc();
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        Ok(done.await.context("hashing a password")??)
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() {
            return Ok(permit);
        }
        let _place = Place::take(&self.waiting, self.queue).ok_or(Error::Busy)?;
        let permit = Arc::clone(&self.running).acquire_owned().await;
        Ok(permit.context("the process is stopping")?)
    }
}

/// A place in the queue, given back also by a caller who goes away.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, places: usize) -> Option<Self> {
        let place = Self(Arc::clone(waiting));
        (waiting.fetch_add(1, Ordering::Relaxed) < places).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> anyhow::Result<String> {
    let hash = argon2.hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow::anyhow!("Argon2: {error}"))?.to_string())
}

fn verify(argon2: &Argon2<'_>, hash: &str, password: &str) -> anyhow::Result<bool> {
    let hash = PasswordHash::new(hash).map_err(|error| anyhow::anyhow!("a kept hash: {error}"))?;
    Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok())
}

fn verify_bcrypt(hash: &str, password: &str) -> bool {
    bcrypt::verify(password, hash).unwrap_or(false)
}

fn is_argon2(hash: &str) -> bool {
    hash.starts_with("$argon2id$")
}

/// Whether a hash is one that original stores kept.
pub(crate) fn is_bcrypt(hash: &str) -> bool {
    hash.starts_with("$2")
}

/// Whether a hash that was kept elsewhere can be checked against here: a bcrypt hash that takes no longer than a second.
pub(crate) fn can_move(hash: &str) -> bool {
    let cost = hash.get(4..6).and_then(|cost| cost.parse().ok()).unwrap_or(0);
    let kind = ["$2a$", "$2b$", "$2x$", "$2y$"].iter().any(|kind| hash.starts_with(kind));
    let rest = hash.get(7..).unwrap_or_default();
    let digits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    let whole = hash.as_bytes().get(6) == Some(&b'$') && rest.len() == 53;
    kind && (4..=14).contains(&cost) && whole && rest.bytes().all(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What bcryptjs makes of `correct horse`, at the least cost.
    fn moved() -> String {
        bcrypt::hash_with_result("correct horse", 4)
            .unwrap()
            .format_for_version(bcrypt::Version::TwoA)
    }

    fn own(hash: &str) -> Kept<'_> {
        Kept { own: Some(hash), moved: None }
    }

    fn hasher(at_once: usize, queue: usize) -> Hasher {
        let config = Hashing { at_once, queue, memory_kib: 8, passes: 1 };
        Hasher::new(&config, &Metrics::new()).unwrap()
    }

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let hasher = hasher(1, 1);
        let hash = hasher.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert!(hasher.verify(own(&hash), "correct horse").await.unwrap());
        assert!(!hasher.verify(own(&hash), "battery staple").await.unwrap());
        assert_ne!(hasher.hash("correct horse").await.unwrap(), hash);
    }

    #[tokio::test]
    async fn a_moved_hash_opens_its_own_account_and_no_other() {
        let (hasher, moved) = (hasher(1, 1), moved());
        assert!(can_move(&moved), "{moved}");
        assert!(hasher.verify(own(&moved), "correct horse").await.unwrap());
        assert!(!hasher.verify(own(&moved), "battery staple").await.unwrap());
        // That of somebody else is worked on, and counts for nothing.
        let nobody = Kept { own: None, moved: Some(&moved) };
        assert!(!hasher.verify(nobody, "correct horse").await.unwrap());
        let hash = hasher.hash("battery staple").await.unwrap();
        let other = Kept { own: Some(&hash), moved: Some(&moved) };
        assert!(!hasher.verify(other, "correct horse").await.unwrap());
        assert!(hasher.verify(other, "battery staple").await.unwrap());
    }

    #[tokio::test]
    async fn what_is_no_hash_opens_nothing() {
        let hasher = hasher(1, 1);
        for text in ["", "!", "$2a$10$short", "$2a$10$", "correct horse"] {
            assert!(!hasher.verify(own(text), "correct horse").await.unwrap(), "{text}");
            assert!(!can_move(text), "{text}");
        }
        assert!(!can_move(&moved().replacen("$04$", "$31$", 1)));
    }

    #[tokio::test]
    async fn no_hash_costs_as_much_as_a_wrong_one() {
        let hasher = hasher(1, 1);
        assert!(!hasher.verify(Kept { own: None, moved: None }, "anything").await.unwrap());
        assert_eq!(hasher.hashes.get(), 1);
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_refused_at_once() {
        let hasher = hasher(1, 1);
        let running = Arc::clone(&hasher.running).acquire_owned().await.unwrap();
        let waiting = {
            let hasher = hasher.clone();
            async move { hasher.hash("one who waits").await }
        };
        let waiting = std::pin::pin!(waiting);
        let refused = hasher.hash("one too many");
        let mut both = std::pin::pin!(async { tokio::join!(waiting, refused) });
        let first = std::future::poll_fn(|cx| std::task::Poll::Ready(both.as_mut().poll(cx))).await;
        assert!(first.is_pending());
        drop(running);
        let (waited, refused) = both.await;
        assert!(waited.is_ok() && matches!(refused, Err(Error::Busy)));
    }
}
