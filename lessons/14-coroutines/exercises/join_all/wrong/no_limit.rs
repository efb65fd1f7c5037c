//! Rejected by: no_more_run_than_may
//!
//! Runs all at the same time.

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
    let _ = limit;
    all(works)
}
