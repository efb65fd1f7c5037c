//! A process for each job: `fork(2)`.
//!
//! ```text
//! parent  fork ──────────────→ close its copy of the connection, go on
//! child     └→ close the listener → serve → _exit
//! ```
//!
//! The child is a copy of the parent with one thread: the one that called.
//! If another thread held a lock in that moment, of stdout say, the copy is
//! locked, and nobody is there who would open it. fork(2): in the child of a
//! program with threads, only what signal-safety(7) lists may be called. So a
//! server that forks must have no other threads, and this asks.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::RawFd;
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::libc;
use nix::unistd::{ForkResult, Pid};

/// How many threads this process has: each is a folder in `/proc/self/task`,
/// and a folder has a link from each one in it, from above and from itself.
/// To count the links takes no descriptor, to list them would.
///
/// # Errors
/// Those of stat(2).
pub fn threads() -> io::Result<usize> {
    Ok(std::fs::metadata("/proc/self/task")?.nlink() as usize - 2)
}

// ANCHOR: fork
/// Runs `child` in a new process, which ends with it; `leave` are the
/// parent's descriptors, which the child closes.
///
/// # Errors
/// Those of fork(2): EAGAIN for too many processes; and that there are other
/// threads, of which the child would have only the locks.
pub fn fork(leave: &[RawFd], child: impl FnOnce()) -> io::Result<Pid> {
    let threads = threads()?;
    if threads != 1 {
        return Err(io::Error::other(format!(
            "fork: this process has {threads} threads: fork before others \
             are started, or use the model threading"
        )));
    }
    // SAFETY: there is one thread, so no lock is held by one that the child
    // doesn't have.
    if let ForkResult::Parent { child } = unsafe { nix::unistd::fork() }? {
        return Ok(child);
    }
    for fd in leave {
        // SAFETY: their owners are the parent's variables, which this process
        // neither uses nor drops: it ends below.
        unsafe { libc::close(*fd) };
    }
    let end = catch_unwind(AssertUnwindSafe(child));
    // Not exit: that would run the parent's at-exit functions a second time.
    // SAFETY: it ends the process.
    unsafe { libc::_exit(i32::from(end.is_err())) }
}
// ANCHOR_END: fork
