//! A write transaction on its way through the writer's queue.

use tokio::sync::oneshot;

use crate::sqlite::Handle;
use crate::tx::Inner;
use crate::{Error, Tx, body};

pub(in crate::sqlite) trait Job: Send {
    /// Whether its caller has gone away.
    fn is_abandoned(&self) -> bool;

    /// Runs the body; `true` asks for a commit.
    fn run(&mut self, handle: Handle) -> bool;

    /// Replaces what the body returned.
    fn refuse(&mut self, error: Error);

    /// Tells the caller: the body's own result, or why the batch was not committed.
    fn answer(self: Box<Self>, failure: Option<&Error>);
}

pub(in crate::sqlite) struct Task<F, T, E> {
    body: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, Fut, T, E> Task<F, T, E>
where
    F: FnOnce(Tx) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T, E>>,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    pub(in crate::sqlite) fn boxed(body: F, reply: oneshot::Sender<Result<T, E>>) -> Box<dyn Job> {
        Box::new(Self { body: Some(body), result: None, reply })
    }
}

impl<F, Fut, T, E> Job for Task<F, T, E>
where
    F: FnOnce(Tx) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T, E>>,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, handle: Handle) -> bool {
        let Some(body) = self.body.take() else { return false };
        let result = body::caught(|| body::run_now(body(Tx(Inner::Sqlite(handle)))));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn refuse(&mut self, error: Error) {
        self.result = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>, failure: Option<&Error>) {
        let result = match (failure, self.result) {
            (Some(error), _) => Err(error.clone().into()),
            (None, Some(result)) => result,
            (None, None) => Err(Error::Closed.into()),
        };
        // The caller may have gone away meanwhile.
        let _ = self.reply.send(result);
    }
}
