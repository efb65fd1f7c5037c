//! Rejected by: it_opens_again, no_stretch_of_time_has_more, what_was_refused_does_not_count
//!
//! Counts all that ever passed. After a day of everyday broadcasts, nothing
//! passes.

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
        let room = self.passed.len() < self.most;
        if room {
            self.passed.push_back(now);
        }
        room
    }
}
