//! Rejected by: a_wake_out_of_the_poll_counts, who_takes_the_token_takes_no_wake, several_wakes_are_one_poll, one_inside_another_takes_no_wake_from_it, of_a_thousand_wakes_none_is_lost
//!
//! Takes the flag back when it is about to sleep: what was rung during the
//! poll is lost.

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
    // The first poll needs no other reason.
    let (rung, thread) = (AtomicBool::new(true), thread::current());
    let bell = Arc::new(Bell { rung, thread });
    let waker = Waker::from(Arc::clone(&bell));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        bell.rung.store(false, Ordering::Release);
        while !bell.rung.load(Ordering::Acquire) {
            thread::park();
        }
    }
}
