//! Rejected by: no_stretch_of_time_has_more
//!
//! Counts anew every 10 ms. Around the change twice as many pass.

use std::time::Duration;

/// Lets frames to groups pass as long as they are few.
pub struct StormGuard {
    most: usize,
    window: Duration,
    /// Which window it is since the start, and how many passed in it.
    passed: (u128, usize),
}

impl StormGuard {
    /// At most `most` frames to groups in any stretch of time as long as
    /// `window`.
    pub fn new(most: usize, window: Duration) -> Self {
        StormGuard { most, window, passed: (0, 0) }
    }

    /// Whether this frame may pass at the time `now`.
    pub fn lets_pass(&mut self, frame: &[u8], now: Duration) -> bool {
        if frame.len() < 14 {
            return false;
        }
        if frame[0] & 1 == 0 {
            return true;
        }
        let window = now.as_nanos() / self.window.as_nanos();
        if window != self.passed.0 {
            self.passed = (window, 0);
        }
        self.passed.1 += 1;
        self.passed.1 <= self.most
    }
}
