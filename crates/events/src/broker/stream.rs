//! A service's stream: made if it is missing, changed if the settings were.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{ErrorCode, stream};

use crate::{Nats, route};

/// An event that is published again within this time is recognised by the broker already.
const DUPLICATES: Duration = Duration::from_secs(2 * 60);

/// Sees to it that the stream is there. Only its own service changes it: while settings are rolled out, the services
/// would else change it to and fro.
pub(super) async fn see_to(
    context: &Context,
    nats: &Nats,
    service: &str,
    mine: bool,
) -> Result<(), String> {
    let wanted = config(nats, service);
    let found = match context.get_stream(&wanted.name).await {
        Ok(stream) => stream.cached_info().config.clone(),
        Err(error) => {
            let GetStreamErrorKind::JetStream(ref reason) = error.kind() else {
                return Err(error.to_string());
            };
            if reason.error_code() != ErrorCode::STREAM_NOT_FOUND {
                return Err(error.to_string());
            }
            // If another has made it meanwhile, the same is asked for.
            let made = context.create_stream(wanted.clone()).await;
            made.map_err(|error| error.to_string())?.cached_info().config.clone()
        }
    };
    if !mine {
        return Ok(());
    }
    if found.retention != wanted.retention || found.storage != wanted.storage {
        return Err(format!(
            "the stream {} has another retention or storage than this program relies on",
            wanted.name
        ));
    }
    let changed = changed(&found, wanted);
    if changed != found {
        context.update_stream(&changed).await.map_err(|error| error.to_string())?;
        tracing::info!(stream = changed.name, "the stream was brought in line with the settings");
    }
    Ok(())
}

fn config(nats: &Nats, service: &str) -> Config {
    Config {
        name: route::stream(&nats.namespace, service),
        subjects: vec![route::subjects(&nats.namespace, service)],
        description: Some(format!("what {service} tells")),
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        // A full stream refuses, so that events wait in the outbox: it never drops what somebody has not read.
        discard: DiscardPolicy::New,
        max_bytes: nats.max_mib.map_or(-1, |mib| i64::from(mib) << 20),
        max_age: nats.max_age(),
        duplicate_window: DUPLICATES,
        num_replicas: nats.replicas.into(),
        ..stream::Config::default()
    }
}

/// What was found, with what is ours to say: the rest is the server's, or an operator's.
fn changed(found: &Config, wanted: Config) -> Config {
    Config {
        subjects: wanted.subjects,
        discard: wanted.discard,
        max_bytes: wanted.max_bytes,
        max_age: wanted.max_age,
        duplicate_window: wanted.duplicate_window,
        num_replicas: wanted.num_replicas,
        ..found.clone()
    }
}
