//! Running the body of a transaction: what it may await, and what becomes of a panic, alike on both engines.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::Error;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, this thread is polling the body of a transaction.
pub(crate) struct Inside(bool);

impl Inside {
    pub(crate) fn enter() -> Self {
        Self(INSIDE.replace(true))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.0);
    }
}

/// Refuses a transaction inside a transaction: it would not be part of it, and on PostgreSQL could wait for ever
/// for a second connection.
pub(crate) fn outside() -> Result<(), Error> {
    if INSIDE.get() { Err(Error::Suspended) } else { Ok(()) }
}

/// Runs a body whose `Tx` never suspends. Should it suspend all the same, it awaited something else.
pub(crate) fn run_now<T, E: From<Error>>(body: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let _inside = Inside::enter();
    match pin!(body).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(Error::Suspended.into()),
    }
}

/// Runs `f`; a panic becomes an error.
pub(crate) fn caught<T, E: From<Error>>(f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    // Whatever the body shared with the outside is the body's affair; the store rolls its own part back.
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| Err(panicked(&*panic).into()))
}

pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::Panicked(text.unwrap_or("with something that is not text").to_owned())
}
