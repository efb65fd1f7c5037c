//! Rejected by: whoever_ends_makes_room_for_the_next
//!
//! Makes room by joining whoever began first, and not who ends first.

use std::collections::VecDeque;
use std::io;
use std::thread;

use lesson_coroutines::join::Join;
use lesson_coroutines::scheduler::spawn;

/// Something to do, for instance a question to a server.
pub type Work<T> = Box<dyn FnOnce() -> T>;

/// Runs all works at the same time. Their results, in the order of the works.
pub fn all<T: 'static>(
    works: Vec<Work<T>>,
) -> io::Result<Vec<thread::Result<T>>> {
    // All have begun before anybody waits.
    let joins: Vec<_> =
        works.into_iter().map(spawn).collect::<io::Result<_>>()?;
    Ok(joins.into_iter().map(Join::join).collect())
}

/// Runs so many works at the same time. Their results, in the order of the
/// works.
pub fn at_most<T: 'static>(
    limit: usize,
    works: Vec<Work<T>>,
) -> io::Result<Vec<thread::Result<T>>> {
    let mut running: VecDeque<Join<T>> = VecDeque::new();
    let mut results = Vec::new();
    for work in works {
        if running.len() == limit.max(1) {
            results.extend(running.pop_front().map(Join::join));
        }
        running.push_back(spawn(work)?);
    }
    results.extend(running.into_iter().map(Join::join));
    Ok(results)
}
