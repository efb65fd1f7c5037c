//! Stop a storm, and let everything else through.
//!
//! A switch asks you of each frame whether it may pass. A frame to one host
//! always may. Frames to everybody or to a group may as long as they are few:
//! in any stretch of time as long as `window`, at most `most` of them pass.
//!
//! - The first six bytes of a frame are the address it goes to. The lowest
//!   bit of the first byte is set when that is a group or everybody (IEEE
//!   802.3, section 3.2.3).
//! - A frame that was refused doesn't count: it didn't pass.
//! - A frame that passed counts while it is less than `window` old.
//! - A frame without a whole Ethernet header of 14 bytes never passes.
//! - `now` is the time since the switch was turned on. It never goes back.
//!
//! Check it: `cargo workbook check storm_guard`
//!
//! Read chapter 07, "A storm".

use std::time::Duration;

/// Lets frames to groups pass as long as they are few.
pub struct StormGuard {
    // Your fields.
}

impl StormGuard {
    /// At most `most` frames to groups in any stretch of time as long as
    /// `window`.
    pub fn new(most: usize, window: Duration) -> Self {
        todo!("nothing has passed yet")
    }

    /// Whether this frame may pass at the time `now`.
    pub fn lets_pass(&mut self, frame: &[u8], now: Duration) -> bool {
        todo!("to whom is it, and how many have passed lately?")
    }
}
