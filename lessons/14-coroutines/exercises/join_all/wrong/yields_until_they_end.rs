//! Rejected by: who_waits_takes_no_turns
//!
//! Counts who runs, and yields until one has ended.

use std::io;
use std::thread;

use lesson_coroutines::join::Join;
use lesson_coroutines::scheduler::{spawn, yield_now};

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
    let mut joins: Vec<Join<T>> = Vec::new();
    for work in works {
        let running = |joins: &[Join<T>]| {
            joins.iter().filter(|join| !join.is_done()).count()
        };
        while running(&joins) >= limit.max(1) {
            yield_now();
        }
        joins.push(spawn(work)?);
    }
    while !joins.iter().all(Join::is_done) {
        yield_now();
    }
    Ok(joins.into_iter().map(Join::join).collect())
}
