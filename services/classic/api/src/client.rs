//! How an import calls `classic`.

use emart_mesh::{Call, CallError, Peer};

use crate::{IdSearch, KnownId, PutPerson};

/// A typed handle to `classic`.
#[derive(Clone, Debug)]
pub struct Classic(pub Peer);

impl Classic {
    /// Says which ids things had; all or none, at most 1,000. Again changes nothing.
    pub async fn put_ids(&self, ids: &[KnownId]) -> Result<(), CallError> {
        Call::put(&self.0, "/internal/classic/ids").json(&ids).done().await
    }

    /// Which of these ids things have here, and what they name; at most 1,000.
    pub async fn known_ids(&self, search: &IdSearch) -> Result<Vec<KnownId>, CallError> {
        Call::post(&self.0, "/internal/classic/ids/search").json(search).send().await
    }

    /// Says what else is known of people; all or none, at most 1,000. `card-id-taken` when another has a card id.
    pub async fn put_people(&self, people: &[PutPerson]) -> Result<(), CallError> {
        Call::put(&self.0, "/internal/classic/people").json(&people).done().await
    }
}
