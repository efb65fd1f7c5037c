//! Rejected by: what_comes_of_the_future_is_given_back, who_was_woken_is_polled_again, a_wake_out_of_the_poll_counts, who_was_not_woken_is_not_polled, to_be_unparked_is_not_to_be_woken, who_takes_the_token_takes_no_wake, several_wakes_are_one_poll, one_inside_another_takes_no_wake_from_it, a_waker_may_outlive_its_future, what_has_ended_is_dropped, of_a_thousand_wakes_none_is_lost
//!
//! Sleeps before the first poll: nobody has the waker yet.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// The thread that polls, and whether it has a reason to.
struct Bell {
    rung: AtomicBool,
    thread: Thread,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // In this order: whoever wakes up looks at the flag.
        self.rung.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Runs a future on this thread, and gives what comes of it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let (rung, thread) = (AtomicBool::new(false), thread::current());
    let bell = Arc::new(Bell { rung, thread });
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
