//! A running `identity` with a clock that stands still and a mailbox for what it emits.

use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use emart_events::{Consumer, Host, Received};
use emart_http::{Caller, Context, Role};
use emart_identity::{Config, Hashing};
use emart_identity_api::{
    Credentials, Identity, NewRegistration, PasswordChanged, PasswordResetRequested, Principal,
    RegistrationRepeated, RegistrationRequested, Session, SignedIn, StaffInvited, UserErased,
    UserRegistered,
};
use emart_mesh::{CallError, Peer, here};
use emart_store::{Db, Settings, vals};
use emart_telemetry::Metrics;
use emart_testkit::TestStore;
use emart_types::{Clock, Timestamp};
use tokio_util::task::TaskTracker;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// What was emitted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mail {
    Requested(RegistrationRequested),
    Repeated(RegistrationRepeated),
    Registered(UserRegistered),
    SignedIn(SignedIn),
    PasswordChanged(PasswordChanged),
    Reset(PasswordResetRequested),
    Invited(StaffInvited),
    Erased(UserErased),
}

pub(crate) struct World {
    pub(crate) identity: Identity,
    pub(crate) peer: Peer,
    pub(crate) host: Host,
    pub(crate) clock: Clock,
    mails: Arc<Mutex<Vec<Mail>>>,
    store: Arc<TestStore>,
    config: Config,
}

/// Quick to hash; as slow to try again as ever.
pub(crate) fn config() -> Config {
    Config {
        hashing: Hashing { memory_kib: 8, passes: 1, ..Hashing::default() },
        ..Config::default()
    }
}

/// One on each engine.
pub(crate) async fn worlds() -> Vec<World> {
    worlds_with(&config()).await
}

pub(crate) async fn worlds_with(config: &Config) -> Vec<World> {
    let mut worlds = Vec::new();
    for store in emart_testkit::stores().await {
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        worlds.push(World::start(Arc::new(store), clock, config).await);
    }
    worlds
}

impl World {
    pub(crate) async fn start(store: Arc<TestStore>, clock: Clock, config: &Config) -> Self {
        let settings: Settings = store.settings().clone();
        let host = Host::new(clock.clone(), Metrics::new(), settings);
        let service = emart_identity::service(config, &host).await.unwrap();
        let mails = Arc::default();
        let inbox = host.open("probe", &[]).await.unwrap();
        host.subscribe(collector(inbox, &mails));
        let calls = TaskTracker::new();
        let peer = here("identity", service.router, Duration::from_secs(30), &calls);
        let identity = Identity(peer.clone());
        Self { identity, peer, host, clock, mails, store, config: config.clone() }
    }

    /// The same store after the process ended and began again.
    pub(crate) async fn restart(self) -> Self {
        self.host.stop().await;
        Self::start(Arc::clone(&self.store), self.clock.clone(), &self.config).await
    }

    /// What has been emitted since the last look; waits until there is something.
    pub(crate) async fn mail(&self) -> Mail {
        let mut commits = self.db().on_commit();
        loop {
            commits.mark_unchanged();
            self.host.settle().await.unwrap();
            if let Some(mail) = self.next_mail() {
                return mail;
            }
            commits.changed().await.unwrap();
        }
    }

    fn next_mail(&self) -> Option<Mail> {
        let mut mails = self.mails.lock().unwrap();
        (!mails.is_empty()).then(|| mails.remove(0))
    }

    /// What has been emitted since the last look, if anything.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
        self.host.settle().await.unwrap();
        std::mem::take(&mut self.mails.lock().unwrap())
    }

    pub(crate) fn db(&self) -> Db {
        let databases = self.host.databases();
        databases.into_iter().find(|(name, _)| *name == "identity").unwrap().1
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        self.db().one(sql, vals![]).await.unwrap()
    }

    /// How many passwords have been hashed or verified.
    pub(crate) fn hashes(&self) -> u64 {
        let text = self.host.metrics.encode();
        let line =
            text.lines().find(|line| line.starts_with("emart_identity_password_hashes_total "));
        line.unwrap().rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// Makes an account, confirmed.
    pub(crate) async fn register(&self, email: &str) -> Session {
        self.identity.register(&registration(email)).await.unwrap();
        let Mail::Requested(requested) = self.mail().await else { panic!("a link was expected") };
        let session = self.identity.confirm_registration(&requested.token).await.unwrap();
        assert!(matches!(self.mail().await, Mail::Registered(_)));
        session
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<Session, CallError> {
        self.identity.create_session(&credentials(email, password), "Firefox", DEVICE).await
    }

    pub(crate) async fn principal(&self, session: &str) -> Option<Principal> {
        self.identity.principal_of_session(session).await.unwrap()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

pub(crate) const DEVICE: &str = "a-device-id-of-many-letters";
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn credentials(email: &str, password: &str) -> Credentials {
    Credentials { email: email.to_owned(), password: password.to_owned() }
}

pub(crate) fn registration(email: &str) -> NewRegistration {
    NewRegistration {
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        name: Some("Ada".to_owned()),
    }
}

/// Runs something in the name of a person.
pub(crate) async fn by<T>(session: &Session, work: impl Future<Output = T>) -> T {
    let caller = Caller::person(Role::Customer, session.user.id.as_str());
    Context::new(caller).scope(work).await
}

/// Runs something as if it came from this address.
pub(crate) async fn from<T>(address: &str, work: impl Future<Output = T>) -> T {
    let address: IpAddr = address.parse().unwrap();
    Context::default().with_client(address).scope(work).await
}

fn collector(inbox: Db, mails: &Arc<Mutex<Vec<Mail>>>) -> Consumer {
    macro_rules! keep {
        ($consumer:expr, $payload:ty, $mail:ident) => {{
            let mails = Arc::clone(mails);
            $consumer.on(move |_, event: Received<$payload>| {
                mails.lock().unwrap().push(Mail::$mail(event.payload));
                async { Ok::<_, emart_store::Error>(()) }
            })
        }};
    }
    let consumer = Consumer::new("probe", inbox);
    let consumer = keep!(consumer, RegistrationRequested, Requested);
    let consumer = keep!(consumer, RegistrationRepeated, Repeated);
    let consumer = keep!(consumer, UserRegistered, Registered);
    let consumer = keep!(consumer, SignedIn, SignedIn);
    let consumer = keep!(consumer, PasswordChanged, PasswordChanged);
    let consumer = keep!(consumer, StaffInvited, Invited);
    let consumer = keep!(consumer, UserErased, Erased);
    keep!(consumer, PasswordResetRequested, Reset)
}
