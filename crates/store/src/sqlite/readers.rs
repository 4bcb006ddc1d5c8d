//! The read connections of one database: as many as there are reads at the same moment, handed out warmest first.

use std::sync::{Mutex, PoisonError};

use super::connection::{Handle, Options, SharedConnection};
use crate::Error;

/// Connections kept for later. Reads run inline, so on two cores two are busy at most, plus some long reads.
const KEPT: usize = 8;

pub(super) struct Readers {
    options: Options,
    /// `None` once closed.
    idle: Mutex<Option<Vec<SharedConnection>>>,
}

impl Readers {
    pub(super) fn new(options: Options) -> Self {
        Self { options, idle: Mutex::new(Some(Vec::new())) }
    }

    /// Begins a snapshot that ends with [`Reader::end`].
    pub(super) fn begin(&self, long: bool) -> Result<Reader<'_>, Error> {
        let connection = self.take()?;
        let timeout = long.then_some(self.options.long_timeout);
        let transaction = {
            let mut connection = connection.lock();
            connection.control("BEGIN")?;
            connection.start(timeout)
        };
        Ok(Reader { readers: self, connection, transaction, begun: true })
    }

    /// A connection for one statement.
    pub(super) fn single(&self) -> Result<Reader<'_>, Error> {
        let connection = self.take()?;
        let transaction = connection.lock().start(None);
        Ok(Reader { readers: self, connection, transaction, begun: false })
    }

    /// A connection that does not come back.
    pub(super) fn take(&self) -> Result<SharedConnection, Error> {
        let kept = match &mut *self.idle() {
            Some(idle) => idle.pop(),
            None => return Err(Error::Closed),
        };
        match kept {
            Some(connection) => Ok(connection),
            None => Ok(SharedConnection::new(self.options.open_reader()?)),
        }
    }

    pub(super) fn close(&self) {
        self.idle().take();
    }

    fn give_back(&self, connection: SharedConnection) {
        if let Some(idle) = &mut *self.idle()
            && idle.len() < KEPT
        {
            idle.push(connection);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Option<Vec<SharedConnection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan. One that is dropped without [`Reader::end`] is closed.
pub(super) struct Reader<'a> {
    readers: &'a Readers,
    connection: SharedConnection,
    transaction: u64,
    begun: bool,
}

impl Reader<'_> {
    pub(super) fn handle(&self) -> Handle {
        self.connection.handle(self.transaction)
    }

    pub(super) fn end(self) {
        let ended = {
            let mut connection = self.connection.lock();
            connection.finish();
            !self.begun || !connection.is_in_transaction() || connection.control("COMMIT").is_ok()
        };
        if ended {
            self.readers.give_back(self.connection);
        }
    }
}
