//! Rejected by: it_opens_again, no_stretch_of_time_has_more, what_was_refused_does_not_count
//!
//! Counts what it refuses. As long as the storm goes on, nothing passes.

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
        self.passed.push_back(now);
        room
    }
}
