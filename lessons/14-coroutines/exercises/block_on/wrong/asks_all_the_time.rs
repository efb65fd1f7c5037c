//! Rejected by: who_was_not_woken_is_not_polled, to_be_unparked_is_not_to_be_woken, several_wakes_are_one_poll
//!
//! Polls again and again. Nobody needs to wake it, and nobody else has the
//! processor.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

/// Runs a future on this thread, and gives what comes of it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        thread::yield_now();
    }
}
