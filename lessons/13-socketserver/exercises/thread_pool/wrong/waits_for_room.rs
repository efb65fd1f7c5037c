//! Rejected by: a_full_queue_says_no_at_once, what_came_back_can_be_tried_again
//!
//! A full queue makes the caller wait, and with it all clients.

use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

/// What a thread of the pool does for somebody.
pub type Job = Box<dyn FnOnce() + Send>;

/// So many threads, and a queue.
pub struct Pool {
    /// `None` when no more can come.
    queue: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for none; those of the system for too many.
    pub fn new(threads: usize, room: usize) -> io::Result<Pool> {
        if threads == 0 {
            return Err(ErrorKind::InvalidInput.into());
        }
        // A queue without room would hand over only to who waits already.
        let (queue, jobs) = sync_channel(room.max(1));
        let jobs = Arc::new(Mutex::new(jobs));
        let mut pool = Pool { queue: Some(queue), threads: Vec::new() };
        for _ in 0..threads {
            let jobs = jobs.clone();
            // Where this fails, the drop of `pool` ends those before.
            let thread = Builder::new().spawn(move || work(&jobs))?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// Runs a job as soon as a thread is free. When the queue is full, the
    /// job comes back.
    pub fn run(&self, job: Job) -> Result<(), Job> {
        let Some(queue) = &self.queue else { return Err(job) };
        queue.send(job).map_err(|error| error.0)
    }

    /// Runs what is in the queue, and ends.
    pub fn join(self) {}
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // An error would be a panic, and jobs' panics are caught.
            let _ = thread.join();
        }
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    while let Ok(job) = next(jobs) {
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

fn next(jobs: &Mutex<Receiver<Job>>) -> Result<Job, ()> {
    let jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
    jobs.recv().map_err(drop)
}
