//! Rejected by: no_time_is_too_long_or_too_short, a_story_keeps_to_the_plan
//!
//! The ceiling is a power of two times the first: it overflows.

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
    failures: u32,
    begun: Instant,
}

impl<R: FnMut() -> f64> Backoff<R> {
    /// The first attempt is made at the moment `now`.
    pub fn new(plan: Plan, now: Instant, random: R) -> Self {
        Backoff { plan, random, failures: 0, begun: now }
    }

    /// An attempt has failed, at the moment `now`: how long to wait before
    /// the next one. `None`: give up.
    pub fn failed(&mut self, now: Instant) -> Option<Duration> {
        let passed = now.saturating_duration_since(self.begun);
        let left = self.plan.total.saturating_sub(passed);
        if left.is_zero() {
            return None;
        }
        let ceiling = self.plan.first * 2u32.pow(self.failures);
        let ceiling = ceiling.min(self.plan.most);
        self.failures += 1;
        Some(ceiling.mul_f64((self.random)()).min(left))
    }

    /// An attempt has succeeded, at the moment `now`.
    pub fn succeeded(&mut self, now: Instant) {
        self.failures = 0;
        self.begun = now;
    }
}
