//! SIGHUP: the settings are read again, and the gateway takes up its own without dropping a connection.

use emart_gateway::Reload;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;

/// Reads the settings again whenever the process is told to. Wrong ones change nothing.
pub(crate) async fn on_hangup(config: Config, gateway: Reload) {
    let mut told = match signal(SignalKind::hangup()) {
        Ok(told) => told,
        Err(error) => return tracing::warn!(%error, "SIGHUP cannot be caught"),
    };
    while told.recv().await.is_some() {
        match config.read_again().and_then(|new| gateway.apply(&new.gateway)) {
            Ok(()) => tracing::info!("the settings of [gateway] were read again"),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(error, "the settings in effect stay");
            }
        }
    }
}
