//! Rejected by: the_last_wait_ends_at_the_deadline, at_the_deadline_it_gives_up, the_time_of_the_attempts_counts, after_a_success_the_time_begins_anew, a_success_after_giving_up_begins_anew, no_time_is_too_long_or_too_short
//!
//! Only the waits count, not what the attempts take.

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
    waited: Duration,
}

impl<R: FnMut() -> f64> Backoff<R> {
    /// The first attempt is made at the moment `now`.
    pub fn new(plan: Plan, _now: Instant, random: R) -> Self {
        Backoff { plan, random, ceiling: plan.first, waited: Duration::ZERO }
    }

    /// An attempt has failed, at the moment `now`: how long to wait before
    /// the next one. `None`: give up.
    pub fn failed(&mut self, _now: Instant) -> Option<Duration> {
        let left = self.plan.total.saturating_sub(self.waited);
        if left.is_zero() {
            return None;
        }
        let ceiling = self.ceiling.min(self.plan.most);
        self.ceiling = ceiling.saturating_mul(2);
        let wait = ceiling.mul_f64((self.random)()).min(left);
        self.waited = self.waited.saturating_add(wait);
        Some(wait)
    }

    /// An attempt has succeeded, at the moment `now`.
    pub fn succeeded(&mut self, _now: Instant) {
        self.ceiling = self.plan.first;
        self.waited = Duration::ZERO;
    }
}
