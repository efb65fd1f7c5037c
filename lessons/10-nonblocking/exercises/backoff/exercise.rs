//! Try again later, and each time a little later.
//!
//! A server is away for a while. Its clients must try again, but not at once
//! and not all at the same moment: they would keep it down. Write the part
//! that says how long to wait. It has no clock and no dice of its own: what
//! time it is and what is random come from the caller, so that the same story
//! always goes the same way.
//!
//! - An attempt has failed: `failed` says how long to wait before the next.
//! - The *ceiling* of the first wait is `first`. It doubles with each failure
//!   in a row, up to `most`, and never beyond.
//! - The wait is a random part of the ceiling: `ceiling.mul_f64(random())`.
//!   `random` gives a number from 0 up to, and not including, 1. Ask it once
//!   for each wait.
//! - No wait leads beyond the deadline: it ends `total` after the beginning. A
//!   wait that would is cut, so that one last attempt is made at that moment.
//! - At the deadline, or after it: `None`, give up.
//! - An attempt has succeeded: after `succeeded` the next failure is the first
//!   again, and `total` counts from that moment.
//! - Any of the times may be zero or as long as you like; nothing may panic.
//!
//! Check it: `cargo workbook check backoff`
//!
//! Read chapter 10, "Trying again later".

use std::time::{Duration, Instant};

/// How long to wait, and how long in all.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The ceiling of the first wait.
    pub first: Duration,
    /// The highest ceiling of all.
    pub most: Duration,
    /// From the beginning to the last attempt.
    pub total: Duration,
}

/// When to try again. Add what it must remember.
pub struct Backoff<R> {
    plan: Plan,
    random: R,
}

impl<R: FnMut() -> f64> Backoff<R> {
    /// The first attempt is made at the moment `now`.
    pub fn new(plan: Plan, now: Instant, random: R) -> Self {
        todo!("what must be remembered?")
    }

    /// An attempt has failed, at the moment `now`: how long to wait before
    /// the next one. `None`: give up.
    pub fn failed(&mut self, now: Instant) -> Option<Duration> {
        todo!("is there time left? how high is the ceiling? which part of it?")
    }

    /// An attempt has succeeded, at the moment `now`.
    pub fn succeeded(&mut self, now: Instant) {
        todo!("begin anew")
    }
}
