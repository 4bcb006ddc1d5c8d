//! A look at NATS from outside, for who wants to know whether it would do.

use std::time::Duration;

use super::Nats;
use crate::broker::connect_options;

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusFacts {
    /// The server's version.
    pub version: String,
    /// How many streams there are; or why nothing is kept.
    pub jetstream: Result<usize, String>,
}

impl Nats {
    /// Connects once and asks. The error says what is in the way, without any password.
    pub async fn look(&self) -> Result<BusFacts, String> {
        let hosts: Vec<_> = self
            .addresses()?
            .iter()
            .map(|addr| format!("{}:{}", addr.host(), addr.port()))
            .collect();
        let hosts = hosts.join(", ");
        let options = connect_options(self)?.max_reconnects(1).connection_timeout(PATIENCE);
        let connected = tokio::time::timeout(PATIENCE, options.connect(self.addresses()?)).await;
        let client = connected
            .map_err(|_| format!("{hosts}: no answer within 5 s"))?
            .map_err(|error| format!("{hosts}: {error}"))?;
        let version = client.server_info().version;
        let mut jetstream = async_nats::jetstream::new(client);
        jetstream.set_timeout(PATIENCE);
        let jetstream = jetstream.query_account().await;
        let jetstream = jetstream.map(|account| account.streams).map_err(|error| error.to_string());
        Ok(BusFacts { version, jetstream })
    }
}
