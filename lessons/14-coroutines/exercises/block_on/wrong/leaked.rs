//! Rejected by: what_has_ended_is_dropped
//!
//! Leaks a Box to pin the future.

use std::future::Future;
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
    let mut future = Box::pin(future);
    // The first poll needs no other reason.
    let (rung, thread) = (AtomicBool::new(true), thread::current());
    let bell = Arc::new(Bell { rung, thread });
    let waker = Waker::from(Arc::clone(&bell));
    let mut context = Context::from_waker(&waker);
    loop {
        // Taken back before the poll: what rings during it is for the next.
        while !bell.rung.swap(false, Ordering::Acquire) {
            thread::park();
        }
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            std::mem::forget(future);
            return value;
        }
    }
}
