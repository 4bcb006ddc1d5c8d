//! Attempts are counted before any work is done for them, in the database, the same for addresses with and without an
//! account. The first are free, then the waits double.

use emart_store::{Tx, vals};
use emart_types::Timestamp;

use crate::Identity;
use crate::domain::throttle::Policy;
use crate::error::Error;
use crate::secrets;
use crate::store::{throttle, users};
use crate::visit::Visit;

/// One thing an attempt counts against.
#[derive(Debug, Clone)]
struct Count {
    key: String,
    policy: Policy,
}

/// An attempt that has been counted.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// Against the address, or whatever is attempted.
    target: Count,
    /// Against the client, when it is known.
    client: Option<Count>,
}

impl Attempt {
    fn counts(&self) -> impl Iterator<Item = &Count> {
        std::iter::once(&self.target).chain(&self.client)
    }

    /// It was a good one: what it was made against is free again, and this one does not count for the client either.
    pub(crate) async fn succeeded(&self, tx: &Tx) -> Result<(), Error> {
        throttle::forget(tx, &self.target.key).await?;
        if let Some(client) = &self.client {
            throttle::take_back(tx, &client.key).await?;
        }
        Ok(())
    }
}

impl Identity {
    /// Counts an attempt to sign in. A browser that this person has signed in from before is counted by itself, so
    /// that a stranger's guesses cannot lock them out.
    pub(crate) async fn attempt_sign_in(
        &self,
        email: &str,
        visit: &Visit,
    ) -> Result<Attempt, Error> {
        let device = match visit.device() {
            Some(device) if self.knows_device(email, device).await? => device,
            _ => "",
        };
        let policies = &self.config.throttle;
        let target = format!("sign-in:{email}:{device}");
        self.attempt(&target, policies.sign_in, policies.sign_in_client, visit).await
    }

    /// Counts an attempt to give the password of someone who is signed in.
    pub(crate) async fn attempt_password(
        &self,
        user_id: &str,
        visit: &Visit,
    ) -> Result<Attempt, Error> {
        let policies = &self.config.throttle;
        let target = format!("password:{user_id}");
        self.attempt(&target, policies.sign_in, policies.sign_in_client, visit).await
    }

    /// Counts an attempt at a code of the second step.
    pub(crate) async fn attempt_code(
        &self,
        user_id: &str,
        visit: &Visit,
    ) -> Result<Attempt, Error> {
        let policies = &self.config.throttle;
        let target = format!("code:{user_id}");
        self.attempt(&target, policies.sign_in, policies.sign_in_client, visit).await
    }

    /// Counts an attempt to sign in by a provider. A client whose attempts come to a good end is free again.
    pub(crate) async fn attempt_provider(&self, visit: &Visit) -> Result<(), Error> {
        let nobody = Visit::default();
        let policy = self.config.throttle.sign_in_client;
        self.attempt(&provider_target(visit), policy, policy, &nobody).await?;
        Ok(())
    }

    /// The attempt that was counted when somebody set out for a provider.
    pub(crate) fn provider_attempt(&self, visit: &Visit) -> Attempt {
        let key = secrets::digest(&provider_target(visit));
        Attempt { target: Count { key, policy: self.config.throttle.sign_in_client }, client: None }
    }

    /// Counts the wish for an e-mail to this address.
    pub(crate) async fn attempt_mail(&self, email: &str, visit: &Visit) -> Result<Attempt, Error> {
        let policies = &self.config.throttle;
        self.attempt(&format!("mail:{email}"), policies.mail, policies.mail_client, visit).await
    }

    /// The outcome of an attempt's work. One that there was no room for was never made, and does not count.
    pub(crate) async fn unless_busy<T>(
        &self,
        attempt: &Attempt,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        if matches!(outcome, Err(Error::Busy)) {
            let attempt = attempt.clone();
            let write = self.db.write(move |tx| async move {
                for count in attempt.counts() {
                    throttle::take_back(&tx, &count.key).await?;
                }
                Ok::<_, Error>(())
            });
            write.await?;
        }
        outcome
    }

    async fn attempt(
        &self,
        target: &str,
        policy: Policy,
        client_policy: Policy,
        visit: &Visit,
    ) -> Result<Attempt, Error> {
        let (kind, _) = target.split_once(':').unwrap_or((target, ""));
        let client = visit.client.as_ref().map(|client| Count {
            key: secrets::digest(&format!("client:{kind}:{client}")),
            policy: client_policy,
        });
        let attempt = Attempt { target: Count { key: secrets::digest(target), policy }, client };
        let now = self.clock.now();
        // Whoever is waiting already is told so without a write.
        for count in attempt.counts() {
            let sql = throttle::BLOCKED_UNTIL;
            let until = self.db.opt::<i64>(sql, vals![&count.key]).await?;
            wait_over(until.map(Timestamp::from_millis), now)?;
        }
        let forget_before = now.minus(self.config.forget());
        let counted = attempt.clone();
        let write = self.db.write(move |tx| async move {
            for count in attempt.counts() {
                count_one(&tx, count, now, forget_before).await?;
            }
            Ok::<_, Error>(())
        });
        write.await?;
        Ok(counted)
    }

    async fn knows_device(&self, email: &str, device: &str) -> Result<bool, Error> {
        let read = self.db.read(|tx| async move { users::knows_device(&tx, email, device).await });
        Ok(read.await?)
    }
}

fn provider_target(visit: &Visit) -> String {
    format!("provider:{}", visit.client.as_deref().unwrap_or_default())
}

async fn count_one(
    tx: &Tx,
    count: &Count,
    now: Timestamp,
    forget_before: Timestamp,
) -> Result<(), Error> {
    let Some(attempts) = throttle::count_attempt(tx, &count.key, now, forget_before).await? else {
        let until = throttle::blocked_until(tx, &count.key).await?;
        return wait_over(until.or(Some(now)), now);
    };
    let wait = count.policy.wait_after(attempts);
    if !wait.is_zero() {
        throttle::block(tx, &count.key, now.plus(wait)).await?;
    }
    Ok(())
}

fn wait_over(until: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
    match until {
        Some(until) if until > now => Err(Error::Throttled(
            u64::try_from(until.since(now).as_millis()).unwrap_or(u64::MAX).div_ceil(1000),
        )),
        _ => Ok(()),
    }
}
