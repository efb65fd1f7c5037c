//! Hand values from future to future, and let those wait who must.
//!
//! The lesson's channel is for coroutines: `send` parks where it stands. Write
//! the same for futures. Nothing parks here: who can't go on leaves its waker
//! and is pending, and who changes something wakes.
//!
//! - Values come out in the order in which they went in, each of them once.
//! - There is room for so many. Where it is full, `send` waits; where it is
//!   empty, `recv` does. Who waits isn't polled until something has changed.
//! - There may be several senders and several receivers: `clone` makes one
//!   more. A value goes to one of them.
//! - When the last sender is dropped, receivers still get what is there, and
//!   then nothing: None. Those who wait hear of it.
//! - When the last receiver is dropped, each `send` gets its value back. Those
//!   who wait hear of it.
//! - A future may be handed from task to task while it waits. The waker of the
//!   latest poll counts.
//! - A future may be dropped while it waits, and even after it was woken. Then
//!   another one gets what it would have got.
//!
//! Nobody must sleep who could go on. To be woken for nothing is allowed: one
//! list of all who wait, and all of them woken at each change, is an answer.
//!
//! The calls: `std::future::poll_fn(|context| …).await` makes a wait of a
//! closure that gives `Poll::Ready(…)` or `Poll::Pending`;
//! `context.waker().clone()` is what to leave, and `wake()` wakes by it.
//!
//! Check it: `cargo workbook check channel`
//!
//! Read chapter 14, "Join and channel" and "async and await".

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// What both ends know.
struct Shared<T> {
    values: VecDeque<T>,
    // Your fields.
}

/// The end that sends.
pub struct Sender<T>(Rc<RefCell<Shared<T>>>);

/// The end that receives.
pub struct Receiver<T>(Rc<RefCell<Shared<T>>>);

/// The ends of a channel for so many values, at least one.
pub fn channel<T>(room: usize) -> (Sender<T>, Receiver<T>) {
    todo!("two ends of the same")
}

impl<T> Sender<T> {
    /// Sends a value, when there is room. Gives it back when nobody will
    /// receive it any more.
    pub async fn send(&self, value: T) -> Result<(), T> {
        todo!("is anybody there? Is there room?")
    }
}

impl<T> Receiver<T> {
    /// Receives a value, when there is one. Nothing, when there will be none
    /// any more.
    pub async fn recv(&self) -> Option<T> {
        todo!("is there a value? Will there be one?")
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        todo!("one more sender")
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        todo!("one more receiver")
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        // The last one? Who has to know?
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        // The last one? Who has to know?
    }
}
