//! What to notice:
//!
//! - One bit tells whether a frame is for one host or for many; everybody,
//!   ff:ff:ff:ff:ff:ff, is a group like others.
//! - The window ends now and moves along. Windows that begin anew at fixed
//!   times let twice as many through around the change.
//! - What was refused leaves no trace. Were it counted, a storm that goes on
//!   would keep the gate shut for the frames that should pass.
//! - The list never has more than `most` entries: the guard's memory doesn't
//!   grow with the storm.

use std::collections::VecDeque;
use std::time::Duration;

/// Lets frames to groups pass as long as they are few.
pub struct StormGuard {
    most: usize,
    window: Duration,
    /// When the last frames to groups passed, the oldest first.
    passed: VecDeque<Duration>,
}

impl StormGuard {
    /// At most `most` frames to groups in any stretch of time as long as
    /// `window`.
    pub fn new(most: usize, window: Duration) -> Self {
        StormGuard { most, window, passed: VecDeque::new() }
    }

    /// Whether this frame may pass at the time `now`.
    pub fn lets_pass(&mut self, frame: &[u8], now: Duration) -> bool {
        if frame.len() < 14 {
            return false;
        }
        if frame[0] & 1 == 0 {
            return true;
        }
        while self.passed.front().is_some_and(|at| now - *at >= self.window) {
            self.passed.pop_front();
        }
        let room = self.passed.len() < self.most;
        if room {
            self.passed.push_back(now);
        }
        room
    }
}
