//! Time limits that a slow client can't stretch.
//!
//! A limit for each read is none: who sends a byte before it ends begins the
//! next one. So a head has one limit for all of it, and a body must keep a
//! pace: at any time it may be late by some seconds, and no more.

use std::time::{Duration, Instant};

/// How long and how much a client may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// From one request to the next.
    pub idle: Duration,
    /// For the whole head, from its first byte, or from the accept.
    pub head: Duration,
    /// How late a body may be, each way.
    pub late: Duration,
    /// How many bytes of a body a second are in time.
    pub pace: u64,
    /// How long to read what nobody wants before the connection is closed.
    pub linger: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            idle: Duration::from_secs(60),
            head: Duration::from_secs(10),
            late: Duration::from_secs(10),
            pace: 1000,
            linger: Duration::from_secs(5),
        }
    }
}

// ANCHOR: pace
/// How a body comes, or goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    begun: Instant,
    moved: u64,
}

impl Pace {
    pub(crate) fn begin() -> Self {
        Pace { begun: Instant::now(), moved: 0 }
    }

    pub(crate) fn moved(&mut self, bytes: usize) {
        self.moved += bytes as u64;
    }

    /// How long the next bytes may take. Nothing when it is too late.
    pub(crate) fn left(&self, patience: &Patience) -> Option<Duration> {
        let allowed = self.moved as f64 / patience.pace.max(1) as f64;
        let allowed = patience.late.as_secs_f64() + allowed;
        let used = self.begun.elapsed().as_secs_f64();
        let left = Duration::try_from_secs_f64(allowed - used).ok()?;
        (!left.is_zero()).then_some(left)
    }

    pub(crate) fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Bytes a second so far.
    pub(crate) fn rate(&self) -> f64 {
        self.moved as f64 / self.begun.elapsed().as_secs_f64().max(1e-9)
    }
}
// ANCHOR_END: pace
