//! An event: one thread waits until another has said so, `Event` in Python.
//!
//! A condition variable alone forgets a call that nobody waited for, and may
//! wake without one (pthread_cond_wait(3p), "spurious wakeups"). So the fact
//! itself is kept beside it, and looked at after each waking.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Happens once, and stays.
#[derive(Default)]
pub struct Event {
    happened: Mutex<bool>,
    changed: Condvar,
}

// ANCHOR: event
impl Event {
    /// Says so, to all who wait now and to all who ask later.
    pub fn set(&self) {
        let happened = self.happened.lock();
        *happened.unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits, no longer than `limit`. Whether it has happened.
    pub fn wait(&self, limit: Duration) -> bool {
        let happened = self.happened.lock();
        let happened = happened.unwrap_or_else(PoisonError::into_inner);
        // Looks first; and after each waking waits for what is left only.
        let not_yet = |happened: &mut bool| !*happened;
        let waited = self.changed.wait_timeout_while(happened, limit, not_yet);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
// ANCHOR_END: event

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_happened_before_is_not_waited_for() {
        let event = Event::default();
        event.set();

        assert!(event.wait(Duration::ZERO));
        assert!(event.wait(Duration::MAX));
    }

    #[test]
    fn an_event_that_never_happens_is_waited_for_so_long() {
        assert!(!Event::default().wait(Duration::from_millis(1)));
    }

    #[test]
    fn all_who_wait_hear_of_it() {
        let event = Event::default();

        std::thread::scope(|scope| {
            let wait = || event.wait(Duration::from_secs(60));
            let waiting = [scope.spawn(wait), scope.spawn(wait)];
            event.set();
            for thread in waiting {
                assert!(thread.join().unwrap());
            }
        });
    }
}
