//! What to notice:
//!
//! - The ceiling is remembered, and doubled by `saturating_mul`: there is no
//!   power of two that could overflow after many failures.
//! - Clients that failed together come back at different times, since each
//!   waits for a random part. Without it they would come all at once, again
//!   and again.
//! - The time left comes from the moments that the caller gives, so the time
//!   of the attempts themselves counts. A sum of the waits would forget it.
//! - `total - passed` can't overflow, where `begun + total` could.
//! - Neither a clock nor dice are inside. So the checks tell a story of hours
//!   in a microsecond, and it ends the same way each time.

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

/// When to try again.
pub struct Backoff<R> {
    plan: Plan,
    random: R,
    ceiling: Duration,
    begun: Instant,
}

impl<R: FnMut() -> f64> Backoff<R> {
    /// The first attempt is made at the moment `now`.
    pub fn new(plan: Plan, now: Instant, random: R) -> Self {
        Backoff { plan, random, ceiling: plan.first, begun: now }
    }

    /// An attempt has failed, at the moment `now`: how long to wait before
    /// the next one. `None`: give up.
    pub fn failed(&mut self, now: Instant) -> Option<Duration> {
        let passed = now.saturating_duration_since(self.begun);
        let left = self.plan.total.saturating_sub(passed);
        if left.is_zero() {
            return None;
        }
        let ceiling = self.ceiling.min(self.plan.most);
        self.ceiling = ceiling.saturating_mul(2);
        Some(ceiling.mul_f64((self.random)()).min(left))
    }

    /// An attempt has succeeded, at the moment `now`.
    pub fn succeeded(&mut self, now: Instant) {
        self.ceiling = self.plan.first;
        self.begun = now;
    }
}
