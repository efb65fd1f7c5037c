//! A queue of limited length between threads, with a limit to each wait:
//! `queue.Queue(n)` in Python, with `get` and `put`.
//!
//! The standard library's channels have `recv_timeout`. Their `send` waits
//! for ever where the channel is full, and `try_send` not at all.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Holds no more than so many, in the order in which they came.
pub struct Queue<T> {
    room: usize,
    items: Mutex<VecDeque<T>>,
    changed: Condvar,
}

impl<T> Queue<T> {
    /// With room for so many. In one without room nothing can be put.
    pub fn new(room: usize) -> Self {
        let items = Mutex::new(VecDeque::new());
        Queue { room, items, changed: Condvar::new() }
    }

    // ANCHOR: queue
    /// Puts one at the end, and waits no longer than `limit` for room.
    ///
    /// # Errors
    /// Gives it back where there was none: nothing is lost.
    pub fn put(&self, item: T, limit: Duration) -> Result<(), T> {
        let mut items = self.when(limit, |items| items.len() < self.room);
        if items.len() >= self.room {
            return Err(item);
        }
        items.push_back(item);
        self.changed.notify_all();
        Ok(())
    }

    /// Takes the first, and waits no longer than `limit` for one.
    pub fn get(&self, limit: Duration) -> Option<T> {
        let mut items = self.when(limit, |items| !items.is_empty());
        let first = items.pop_front();
        self.changed.notify_all();
        first
    }

    /// The items, as soon as they are so, or when the time is over.
    fn when(
        &self,
        limit: Duration,
        so: impl Fn(&VecDeque<T>) -> bool,
    ) -> MutexGuard<'_, VecDeque<T>> {
        let items = self.items.lock();
        let items = items.unwrap_or_else(PoisonError::into_inner);
        let not_yet = |items: &mut VecDeque<T>| !so(items);
        let waited = self.changed.wait_timeout_while(items, limit, not_yet);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
    // ANCHOR_END: queue
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_finds_no_room_comes_back() {
        let queue = Queue::new(1);

        assert_eq!(queue.put("first", SHORT), Ok(()));
        assert_eq!(queue.put("second", SHORT), Err("second"));
        assert_eq!(queue.get(SHORT), Some("first"));
        assert_eq!(queue.get(SHORT), None);
    }

    #[test]
    fn who_waits_for_room_gets_it() {
        let queue = Queue::new(1);
        queue.put(1, SHORT).unwrap();

        std::thread::scope(|scope| {
            let second = scope.spawn(|| queue.put(2, LONG));
            assert_eq!(queue.get(LONG), Some(1));
            assert_eq!(queue.get(LONG), Some(2));
            assert_eq!(second.join().unwrap(), Ok(()));
        });
    }

    #[test]
    fn what_came_first_goes_first() {
        let queue = Queue::new(2);
        queue.put(1, SHORT).unwrap();
        queue.put(2, SHORT).unwrap();

        assert_eq!([queue.get(SHORT), queue.get(SHORT)], [Some(1), Some(2)]);
    }

    #[test]
    fn a_queue_without_room_takes_nothing() {
        assert_eq!(Queue::new(0).put((), Duration::ZERO), Err(()));
    }
}
