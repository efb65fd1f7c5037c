//! Values from coroutine to coroutine, in order.
//!
//! ```text
//! send ─→ │ 3 │ 2 │ 1 │ ─→ recv
//!         └───┴───┴───┘
//! full: send waits         empty: recv waits
//! ```
//!
//! No lock: all of them run in one thread, and only one at a time. Between
//! two waits nobody else can look.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::scheduler::{Ticket, here, try_here};

// ANCHOR: channel
/// The two ends of a channel for so many values, at least one.
pub fn channel<T>(room: usize) -> (Sender<T>, Receiver<T>) {
    let shared = Rc::new(Shared {
        values: RefCell::new(VecDeque::new()),
        room: room.max(1),
        senders: Cell::new(1),
        received: Cell::new(true),
        full: RefCell::default(),
        empty: Cell::new(None),
    });
    (Sender(shared.clone()), Receiver(shared))
}

struct Shared<T> {
    values: RefCell<VecDeque<T>>,
    room: usize,
    senders: Cell<usize>,
    /// Whether there is a receiver.
    received: Cell<bool>,
    /// Who waits for room.
    full: RefCell<VecDeque<Ticket>>,
    /// Who waits for a value.
    empty: Cell<Option<Ticket>>,
}

/// The end that sends. There may be many.
pub struct Sender<T>(Rc<Shared<T>>);

/// The end that receives.
pub struct Receiver<T>(Rc<Shared<T>>);

impl<T> Sender<T> {
    /// Sends a value, and waits while there is no room.
    ///
    /// # Errors
    /// The value, when there is no receiver any more.
    ///
    /// # Panics
    /// When it has to wait outside of [`run`](crate::scheduler::run).
    pub fn send(&self, value: T) -> Result<(), T> {
        let shared = &self.0;
        while shared.received.get() {
            if shared.values.borrow().len() < shared.room {
                shared.values.borrow_mut().push_back(value);
                wake(shared.empty.take());
                return Ok(());
            }
            let scheduler = here();
            shared.full.borrow_mut().push_back(scheduler.ticket());
            scheduler.park();
        }
        Err(value)
    }
}

impl<T> Receiver<T> {
    /// Receives a value, and waits while there is none. Nothing, when all
    /// senders are gone and their values received.
    ///
    /// # Panics
    /// When it has to wait outside of [`run`](crate::scheduler::run).
    pub fn recv(&self) -> Option<T> {
        let shared = &self.0;
        loop {
            let value = shared.values.borrow_mut().pop_front();
            if value.is_some() || shared.senders.get() == 0 {
                // There is room for one more.
                let waiter = shared.full.borrow_mut().pop_front();
                wake(waiter);
                return value;
            }
            let scheduler = here();
            shared.empty.set(Some(scheduler.ticket()));
            scheduler.park();
        }
    }
}
// ANCHOR_END: channel

impl<T> Iterator for Receiver<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.recv()
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.senders.set(self.0.senders.get() + 1);
        Sender(self.0.clone())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.senders.set(self.0.senders.get() - 1);
        if self.0.senders.get() == 0 {
            wake(self.0.empty.take());
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.0.received.set(false);
        let waiting = self.0.full.take();
        waiting.into_iter().for_each(|ticket| wake(Some(ticket)));
        // What nobody receives is dropped now, not with the last sender.
        drop(self.0.values.take());
    }
}

/// Ends a wait; a scheduler that has ended has nobody waiting.
fn wake(waiter: Option<Ticket>) {
    if let (Some(ticket), Some(scheduler)) = (waiter, try_here()) {
        scheduler.wake(ticket);
    }
}
