//! What goes on by itself: ids that another copy of the service was told of are read here too.

use std::time::Duration;

use crate::Classic;
use crate::store::ids;

const EVERY: Duration = Duration::from_secs(2);

/// Reads ids again when there are others than before.
pub(crate) async fn follow(classic: Classic) {
    loop {
        tokio::time::sleep(EVERY).await;
        let known = classic.aliases.load().len();
        let news = match ids::count(&classic.db).await {
            Ok(count) if usize::try_from(count) == Ok(known) => continue,
            Ok(_) => classic.read_aliases().await,
            Err(error) => Err(error),
        };
        if let Err(error) = news {
            tracing::warn!(%error, "the ids of moved things could not be read");
        }
    }
}
