//! Network namespaces: a thread may step from one into another.
//!
//! A namespace lives as long as something holds it: a thread inside of it, a
//! socket made there, or an open file of `/proc/PID/ns/net`, namespaces(7).
//! Nothing here gives one a name in the file system. So when the process
//! ends, however it ends, the kernel takes its namespaces away, and with them
//! the interfaces inside.

use std::fs::File;
use std::io;

use nix::sched::{CloneFlags, setns, unshare};

/// An open file that stands for a network namespace and keeps it alive.
#[derive(Debug)]
pub struct Namespace(File);

impl Namespace {
    /// The one that the calling thread is in.
    ///
    /// `thread-self`, not `self`: each thread has its own, and `self` is the
    /// process's first, proc(5).
    pub fn current() -> io::Result<Self> {
        Ok(Namespace(File::open("/proc/thread-self/ns/net")?))
    }

    /// A new one, empty but for an `lo` that is down: `unshare(2)`.
    ///
    /// Errors: EPERM without CAP_SYS_ADMIN in the thread's user namespace,
    /// ENOSPC when `user.max_net_namespaces` is reached.
    pub fn new() -> io::Result<Self> {
        let _back = Back(Self::current()?);
        unshare(CloneFlags::CLONE_NEWNET)?;
        Self::current()
    }

    // ANCHOR: enter
    /// Runs `code` on this thread inside the namespace, and steps back:
    /// `setns(2)`. A socket belongs for ever to the namespace that it was
    /// made in; afterwards it may be used from anywhere.
    pub fn enter<T>(
        &self,
        code: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        let _back = Back(Self::current()?);
        self.step_in()?;
        code()
    }

    /// Moves this thread into the namespace, for good.
    pub fn step_in(&self) -> io::Result<()> {
        Ok(setns(&self.0, CloneFlags::CLONE_NEWNET)?)
    }
    // ANCHOR_END: enter
}

impl std::os::fd::AsFd for Namespace {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Steps back into a namespace at the end of a scope, also by `?` or panic.
struct Back(Namespace);

impl Drop for Back {
    fn drop(&mut self) {
        // This thread was there a moment ago, and has lost no right since.
        let _ = self.0.step_in();
    }
}
