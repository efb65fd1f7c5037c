//! Run a future to its end, and sleep while it waits.
//!
//! A future does nothing by itself. Whoever polls it is its executor. It
//! says Pending, and has kept the waker that it was given; when there is
//! something to do, somebody calls `wake`, and it wants to be polled again.
//! Write the smallest executor: one future, one thread.
//!
//! - The future is polled once in the beginning, and then only when it was
//!   woken. In between the thread sleeps.
//! - A wake counts whenever it comes and from wherever: from another thread,
//!   out of the very poll, just before the sleep. Several before the next
//!   poll are one.
//! - `thread::park` may return without a reason. And a thread has one token
//!   for all who unpark it: others may leave it for theirs, and take the one
//!   that was left for you. std's channels do.
//! - One `block_on` may run inside of another.
//! - What has ended is polled no more, and is dropped. Its waker may be kept
//!   by somebody; to wake by it then does nothing.
//!
//! The calls: `std::pin::pin!(future)`, and `future.as_mut().poll(…)` from
//! then on; `Waker::from(Arc<…>)` for a type of yours that is `Wake`, and
//! `Context::from_waker(&waker)`; `thread::park()`, and `unpark()` on what
//! `thread::current()` was here.
//!
//! Check it: `cargo workbook check block_on`
//!
//! Read chapter 14, "async and await".

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Runs a future on this thread, and gives what comes of it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    todo!("poll it; while it is pending, sleep until it was woken")
}
