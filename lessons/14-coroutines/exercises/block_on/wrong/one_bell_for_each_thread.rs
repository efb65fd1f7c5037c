//! Rejected by: one_inside_another_takes_no_wake_from_it
//!
//! Makes a bell once for each thread, which all its executors share.

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

thread_local! {
    static BELL: Arc<Bell> = Arc::new(Bell {
        rung: AtomicBool::new(false),
        thread: thread::current(),
    });
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Runs a future on this thread, and gives what comes of it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let bell = BELL.with(Arc::clone);
    let waker = Waker::from(Arc::clone(&bell));
    let mut context = Context::from_waker(&waker);
    bell.rung.store(true, Ordering::Release);
    loop {
        while !bell.rung.swap(false, Ordering::Acquire) {
            thread::park();
        }
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
