//! Wait for many at a time: for all of them, or for a few at once.
//!
//! A page is made of ten questions to ten servers. Asked one after the other
//! they take as long as all together; asked at the same time, as long as the
//! slowest. But ten thousand at the same time would be too many for the other
//! side, or for your descriptors.
//!
//! - `all` runs all works at the same time, each in a coroutine.
//! - `at_most` runs so many at the same time, at least one. As soon as one
//!   ends, the next begins: nobody waits for a slower neighbour.
//! - Each work runs once. The results come in the order of the works, and not
//!   in that of their ends.
//! - A panic is the result of that one work, and of no other. It makes room
//!   for the next as any other end does.
//! - Without any work there is nothing to wait for.
//! - Whoever has called waits, and takes no turns meanwhile.
//!
//! They are called inside of `scheduler::run`. What can fail is to make a
//! coroutine; that error ends the whole.
//!
//! The calls: `spawn(work)?` gives a `Join`, and its `join()` waits, and
//! gives `Ok` with what was returned, or `Err` with what it has panicked
//! with. That is a `std::thread::Result`.
//!
//! Check it: `cargo workbook check join_all`
//!
//! Read chapter 14, "Join and channel".

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
    todo!("begin all of them before you wait for one")
}

/// Runs so many works at the same time. Their results, in the order of the
/// works.
pub fn at_most<T: 'static>(
    limit: usize,
    works: Vec<Work<T>>,
) -> io::Result<Vec<thread::Result<T>>> {
    todo!("who takes the next work when one has ended?")
}
