//! A pool: so many threads, a queue, and an end that loses nothing.
//!
//! A thread for each client lets the clients say how many threads there are.
//! A pool has as many as it was given. What comes while they are busy waits
//! in a queue, and when that is full, the pool says no, so that its owner can
//! say no to a client. Write one.
//!
//! - `new` starts the threads. With none, nothing would ever run: that is
//!   `InvalidInput`.
//! - As many jobs run at once as there are threads, and no more. They begin
//!   in the order in which they came.
//! - `run` never waits. Behind those that run, `room` jobs may wait, at least
//!   one; the next one comes back to the caller, who may try it again.
//!   Several threads may share a pool, and call `run`.
//! - A job may panic. That ends the job, and nothing else.
//! - The end comes with `join`, or when the pool is dropped: both run what
//!   is in the queue, wait for all jobs, and return when no thread is left.
//!
//! Check it: `cargo workbook check thread_pool`
//!
//! Read chapter 13, "A bounded pool".

use std::io;

/// What a thread of the pool does for somebody.
pub type Job = Box<dyn FnOnce() + Send>;

/// So many threads, and a queue.
pub struct Pool {
    // Your fields.
}

impl Pool {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for none; those of the system for too many.
    pub fn new(threads: usize, room: usize) -> io::Result<Pool> {
        todo!("a queue, and threads that share it")
    }

    /// Runs a job as soon as a thread is free. When the queue is full, the
    /// job comes back.
    pub fn run(&self, job: Job) -> Result<(), Job> {
        todo!("into the queue, without waiting")
    }

    /// Runs what is in the queue, and ends.
    pub fn join(self) {
        todo!("no more jobs, and wait for the threads")
    }
}
