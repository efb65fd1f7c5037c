//! Rejected by: no_name_is_given_twice
//!
//! A name is the lowest number that is free, as descriptors are.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// Names a timer. No name is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timer(u64);

/// When a timer is due, and the how-manieth setting of a timer it was.
type Key = (Duration, u64);

/// The timers that are set.
pub struct Timers {
    queue: BTreeMap<Key, Timer>,
    keys: HashMap<Timer, Key>,
    settings: u64,
}

impl Timers {
    /// Has no timers yet.
    pub fn new() -> Self {
        Timers { queue: BTreeMap::new(), keys: HashMap::new(), settings: 0 }
    }

    /// Sets a new timer.
    pub fn arm(&mut self, deadline: Duration) -> Timer {
        let free = |n: &u64| !self.keys.contains_key(&Timer(*n));
        let timer = Timer((0..).find(free).unwrap_or_default());
        self.set(timer, deadline);
        timer
    }

    /// Gives a timer another deadline. Whether it was still there.
    pub fn rearm(&mut self, timer: Timer, deadline: Duration) -> bool {
        let there = self.cancel(timer);
        if there {
            self.set(timer, deadline);
        }
        there
    }

    /// Forgets a timer. Whether it was still there.
    pub fn cancel(&mut self, timer: Timer) -> bool {
        let key = self.keys.remove(&timer);
        key.is_some_and(|key| self.queue.remove(&key).is_some())
    }

    /// How many milliseconds poll(2) may wait: -1 is for ever.
    pub fn timeout(&self, now: Duration) -> i32 {
        let Some((&(nearest, _), _)) = self.queue.first_key_value() else {
            return -1;
        };
        let left = nearest.saturating_sub(now).as_nanos();
        i32::try_from(left.div_ceil(1_000_000)).unwrap_or(i32::MAX)
    }

    /// Takes out the timers whose time has come, in order.
    pub fn due(&mut self, now: Duration) -> Vec<Timer> {
        let mut due = Vec::new();
        while let Some(first) = self.queue.first_entry() {
            if first.key().0 > now {
                break;
            }
            let timer = first.remove();
            self.keys.remove(&timer);
            due.push(timer);
        }
        due
    }

    fn set(&mut self, timer: Timer, deadline: Duration) {
        let key = (deadline, self.settings);
        self.settings += 1;
        self.queue.insert(key, timer);
        self.keys.insert(timer, key);
    }
}
