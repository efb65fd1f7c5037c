//! Rejected by: who_was_woken_is_polled_again, who_was_not_woken_is_not_polled, to_be_unparked_is_not_to_be_woken, several_wakes_are_one_poll, of_a_thousand_wakes_none_is_lost
//!
//! Sets the flag, and lets the thread sleep.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

/// Whether there is a reason to poll.
struct Bell {
    rung: AtomicBool,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Release);
    }
}

/// Runs a future on this thread, and gives what comes of it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    // The first poll needs no other reason.
    let bell = Arc::new(Bell { rung: AtomicBool::new(true) });
    let waker = Waker::from(Arc::clone(&bell));
    let mut context = Context::from_waker(&waker);
    loop {
        // Taken back before the poll: what rings during it is for the next.
        while !bell.rung.swap(false, Ordering::Acquire) {
            thread::park();
        }
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
