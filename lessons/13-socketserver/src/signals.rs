//! Signals as something to wait for: `signalfd(2)`.
//!
//! A signal interrupts a program at any place, and a handler may do almost
//! nothing: signal-safety(7). So block them, and read them from a descriptor
//! where the loop waits for everything else.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// SIGTERM and SIGINT, which ask for the end, and SIGCHLD: a child's end.
pub struct Signals(SignalFd);

impl Signals {
    // ANCHOR: block
    /// Blocks the three for this thread and those that it starts later: call
    /// it before there are others.
    ///
    /// # Errors
    /// Those of signalfd(2): EMFILE.
    pub fn block() -> io::Result<Self> {
        let mut set = asking();
        set.add(Signal::SIGCHLD);
        sigprocmask(SigmaskHow::SIG_BLOCK, Some(&set), None)?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Signals(SignalFd::with_flags(&set, flags)?))
    }
    // ANCHOR_END: block

    /// Takes all that have come: whether one asks for the end.
    ///
    /// # Errors
    /// Those of read(2).
    pub fn take(&self) -> io::Result<bool> {
        let mut asked = false;
        while let Some(signal) = self.0.read_signal()? {
            asked |= signal.ssi_signo != Signal::SIGCHLD as u32;
        }
        Ok(asked)
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Those that ask for the end.
pub(crate) fn asking() -> SigSet {
    SigSet::from_iter([Signal::SIGTERM, Signal::SIGINT])
}
