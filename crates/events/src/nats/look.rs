//! A look at NATS from outside, for who wants to know whether it would do.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;

use super::Nats;
use crate::broker::connect_options;

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where JetStream answers about the account.
const ACCOUNT: &str = "$JS.API.INFO";

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
        let answer = tokio::time::timeout(PATIENCE, client.request(ACCOUNT, Bytes::new())).await;
        let jetstream = match answer {
            Ok(Ok(message)) => streams(&message.payload),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer within 5 s".to_owned()),
        };
        Ok(BusFacts { version, jetstream })
    }
}

/// How many streams an account has. The library's own type wants fields that older servers do not send.
fn streams(answer: &[u8]) -> Result<usize, String> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|error| error.to_string())?;
    match (answer.streams, answer.error) {
        (Some(streams), _) => Ok(streams),
        (None, Some(error)) => Err(error.description),
        (None, None) => Err("it does not say how many streams there are".to_owned()),
    }
}

#[derive(Deserialize)]
struct Answer {
    streams: Option<usize>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    description: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_without_jetstream_says_so() {
        assert_eq!(streams(br#"{"type": "x", "memory": 0, "streams": 7}"#), Ok(7));
        let refused =
            br#"{"error": {"code": 503, "description": "JetStream not enabled for account"}}"#;
        assert_eq!(streams(refused), Err("JetStream not enabled for account".to_owned()));
        assert!(streams(b"{}").is_err() && streams(b"").is_err());
    }
}
