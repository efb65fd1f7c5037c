//! Keep the timers of an event loop.
//!
//! An event loop waits in one place, with one time-out, and has many things
//! to do at times of their own: ask again, give up on a client, close what
//! has been idle. Write the queue that it asks two questions each turn: how
//! long may I wait, and what is due now?
//!
//! Your code keeps no clock. Whoever uses it says what time it is, counted
//! from any beginning, and passes the time-out to poll(2).
//!
//! - `timeout` is how long poll may wait: until the nearest deadline, in
//!   milliseconds. A part of a millisecond counts as a whole one: a wait that
//!   ends early finds nothing due. Where something is due already it is 0;
//!   where there is no timer, -1, which means for ever; and what doesn't fit
//!   an `i32` is cut to `i32::MAX`: then the loop wakes early, once in 24
//!   days, and asks again.
//! - `due` gives every timer whose deadline has come, the earliest first, and
//!   forgets them. A deadline has come when it is `now`, or before. Equal
//!   deadlines go in the order in which they were set, by `arm` or `rearm`.
//! - `rearm` gives a timer another deadline, sooner or later. `cancel`
//!   forgets it. Both say whether it was still there: a timer that was fired
//!   or cancelled is not, and then nothing happens.
//!
//! A program sets a time-out for each request and nearly always cancels it.
//! So what is cancelled, fired or set anew must leave nothing behind.
//!
//! Check it: `cargo workbook check timers`
//!
//! Read chapter 11, "Timers".

use std::time::Duration;

/// Names a timer. No name is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timer(u64);

/// The timers that are set.
pub struct Timers {
    // Your fields.
}

impl Timers {
    /// Has no timers yet.
    pub fn new() -> Self {
        todo!("what finds the nearest deadline, and what finds a timer?")
    }

    /// Sets a new timer.
    pub fn arm(&mut self, deadline: Duration) -> Timer {
        todo!("two timers may have the same deadline")
    }

    /// Gives a timer another deadline. Whether it was still there.
    pub fn rearm(&mut self, timer: Timer, deadline: Duration) -> bool {
        todo!("the old deadline is gone")
    }

    /// Forgets a timer. Whether it was still there.
    pub fn cancel(&mut self, timer: Timer) -> bool {
        todo!("it may have been fired already")
    }

    /// How many milliseconds poll(2) may wait: -1 is for ever.
    pub fn timeout(&self, now: Duration) -> i32 {
        todo!("rounded up, and never negative but for -1")
    }

    /// Takes out the timers whose time has come, in order.
    pub fn due(&mut self, now: Duration) -> Vec<Timer> {
        todo!("the earliest first, until one is later than now")
    }
}
