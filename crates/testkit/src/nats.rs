//! `TestNats`: a place at the broker that belongs to one test, empty again when the test is over.

use futures_util::StreamExt;

/// Where the tests look for NATS when `EMART_TEST_NATS` does not say.
const NATS: &str = "nats://127.0.0.1:4222";

/// The NATS server of the tests.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration file")]
pub fn nats_url() -> String {
    std::env::var("EMART_TEST_NATS").unwrap_or_else(|_| NATS.to_owned())
}

/// A namespace of one test's own.
pub struct TestNats {
    namespace: String,
}

impl TestNats {
    /// Fails the test when there is no server.
    pub async fn new() -> Self {
        if let Err(error) = async_nats::connect(nats_url()).await {
            panic!(
                "no NATS for the tests: {error}. Start one with `nats-server -js`, and set EMART_TEST_NATS=nats://host:port if it is elsewhere"
            );
        }
        Self { namespace: format!("test_{:016x}", rand::random::<u64>()) }
    }

    /// The first word of every name at the broker.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }
}

impl Drop for TestNats {
    fn drop(&mut self) {
        let prefix = format!("{}-", self.namespace);
        // A test may end inside its runtime, where nothing can be waited for.
        let deleted = std::thread::spawn(move || delete_streams(&prefix)).join();
        if !std::thread::panicking() {
            deleted.expect("the thread does not panic").expect("delete the test's streams");
        }
    }
}

fn delete_streams(prefix: &str) -> Result<(), async_nats::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let context = async_nats::jetstream::new(async_nats::connect(nats_url()).await?);
        let mut names = context.stream_names();
        let mut ours = Vec::new();
        while let Some(name) = names.next().await {
            ours.extend(Some(name?).filter(|name| name.starts_with(prefix)));
        }
        for name in ours {
            context.delete_stream(name).await?;
        }
        Ok(())
    })
}
