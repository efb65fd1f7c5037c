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
///
/// Bytes give time, and waiting takes it. There is never more than
/// `Patience::late` of it: what the kernel's buffers took at once is no reason
/// to wait for hours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    begun: Instant,
    moved: u64,
    /// The time that there was at the last look, and when that was.
    bank: Duration,
    looked: Instant,
}

impl Pace {
    pub(crate) fn begin(patience: &Patience) -> Self {
        let now = Instant::now();
        Pace { begun: now, moved: 0, bank: patience.late, looked: now }
    }

    pub(crate) fn moved(&mut self, bytes: usize, patience: &Patience) {
        let now = Instant::now();
        let gained = bytes as f64 / patience.pace.max(1) as f64;
        let gained = Duration::try_from_secs_f64(gained);
        let gained = gained.unwrap_or(Duration::MAX).min(patience.late);
        let left = self.bank.saturating_sub(now - self.looked);
        self.bank = (left + gained).min(patience.late);
        self.looked = now;
        self.moved += bytes as u64;
    }

    /// From now on it is waited for.
    pub(crate) fn go_on(&mut self) {
        self.looked = Instant::now();
    }

    /// How long the next bytes may take. Nothing when it is too late.
    pub(crate) fn left(&self) -> Option<Duration> {
        let left = self.bank.saturating_sub(self.looked.elapsed());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_give_time_but_never_more_than_a_body_may_be_late() {
        let late = Duration::from_secs(10);
        let patience = Patience { late, pace: 1000, ..Patience::default() };
        let mut pace = Pace::begin(&patience);
        pace.moved(1_000_000, &patience);
        assert!(pace.left().unwrap() <= late);

        pace.bank = Duration::from_millis(1);
        pace.looked -= Duration::from_secs(1);
        assert_eq!(pace.left(), None);
        pace.moved(2000, &patience);
        assert!(pace.left().unwrap() <= Duration::from_secs(2));
        assert!(pace.left().unwrap() > Duration::from_secs(1));
    }

    #[test]
    fn a_rate_is_all_that_has_moved_in_all_the_time() {
        let patience = Patience::default();
        let mut pace = Pace::begin(&patience);
        pace.begun -= Duration::from_secs(10);
        pace.moved(300, &patience);
        pace.moved(700, &patience);
        assert!(pace.age() >= Duration::from_secs(10));
        assert!(pace.rate() > 10.0 && pace.rate() <= 100.0, "{}", pace.rate());
    }
}
