//! Waiting for the end of another coroutine, and what it returns.
//!
//! As with `std::thread::JoinHandle`: a panic over there is an error here.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::thread;

use crate::scheduler::{Panic, Ticket, here, try_here};

/// A coroutine's end, for whoever wants to wait for it. Dropped, it lets the
/// coroutine run on by itself.
pub struct Join<T>(Rc<End<T>>);

struct End<T> {
    result: RefCell<Option<thread::Result<T>>>,
    waiter: Cell<Option<Ticket>>,
}

/// What a scheduler tells when a coroutine has panicked.
pub(crate) trait Joined {
    fn panicked(&self, panic: Panic);
}

impl<T> Joined for End<T> {
    fn panicked(&self, panic: Panic) {
        self.tell(Err(panic));
    }
}

impl<T> End<T> {
    fn tell(&self, result: thread::Result<T>) {
        *self.result.borrow_mut() = Some(result);
        if let (Some(ticket), Some(here)) = (self.waiter.take(), try_here()) {
            here.wake(ticket);
        }
    }
}

impl<T: 'static> Join<T> {
    pub(crate) fn new() -> Self {
        let (result, waiter) = (RefCell::new(None), Cell::new(None));
        Join(Rc::new(End { result, waiter }))
    }

    pub(crate) fn joined(&self) -> Rc<dyn Joined> {
        self.0.clone()
    }

    /// What the coroutine calls at its end.
    pub(crate) fn teller(&self) -> impl FnOnce(T) + use<T> {
        let end = self.0.clone();
        move |value| end.tell(Ok(value))
    }

    /// The result, once.
    pub(crate) fn take(&self) -> Option<thread::Result<T>> {
        self.0.result.borrow_mut().take()
    }

    /// Whether the coroutine has ended.
    pub fn is_done(&self) -> bool {
        self.0.result.borrow().is_some()
    }

    // ANCHOR: join
    /// Waits until the coroutine has ended. Gives what it returned, or what
    /// it panicked with.
    ///
    /// # Panics
    /// Outside of [`run`](crate::scheduler::run).
    pub fn join(self) -> thread::Result<T> {
        loop {
            if let Some(result) = self.take() {
                return result;
            }
            let scheduler = here();
            self.0.waiter.set(Some(scheduler.ticket()));
            scheduler.park();
        }
    }
    // ANCHOR_END: join
}
