//! The ids of things: those they had in an original store, and for all others those made from ours.

use std::collections::HashMap;

use emart_store::{Db, Error};

use crate::domain::hex;
use crate::store::ids;

/// Ids that things had before they were moved here.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    by_id: HashMap<(String, String), String>,
}

impl Aliases {
    /// Reads them.
    pub(crate) async fn read(db: &Db) -> Result<Self, Error> {
        let rows = ids::all(db).await?.into_iter();
        Ok(Self { by_id: rows.map(|(kind, hex, id)| ((kind, id), hex)).collect() })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// The id a client knows something by.
    pub(crate) fn hex(&self, kind: &str, id: &str) -> String {
        let known = (!self.by_id.is_empty())
            .then(|| self.by_id.get(&(kind.to_owned(), id.to_owned())))
            .flatten();
        known.cloned().unwrap_or_else(|| hex::of(kind, id))
    }
}
