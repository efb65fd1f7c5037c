//! The interface that all three mechanisms have: who is watched, and what
//! came of it.
//!
//! ```text
//! register(fd, interest) ─┐
//! modify(fd, interest)    ├→ the set of descriptors ─ wait → [(fd, ready) …]
//! unregister(fd) ─────────┘
//! ```
//!
//! A descriptor is ready when a call on it would not wait (select(2)); that
//! the call will succeed is not said. The bits are those of poll(2), which
//! epoll_ctl(2) uses under other names, and select(2) explains in their
//! terms.

use std::fmt::{self, Display};
use std::io;
use std::ops::{BitOr, BitOrAssign};
use std::os::fd::{BorrowedFd, RawFd};
use std::time::Duration;

use clap::ValueEnum;
use nix::libc;

use crate::{Epoll, Poll, Select};

// ANCHOR: poller
/// Watches many descriptors, and tells which of them are ready.
///
/// Take a descriptor off with [`unregister`](Poller::unregister) before you
/// close it: its number may mean another socket a moment later.
pub trait Poller {
    /// Adds a descriptor to those that are watched.
    ///
    /// # Errors
    /// EEXIST when it is among them already. select refuses a descriptor
    /// whose number is too large for it; epoll one that can't be waited for,
    /// such as a file (EPERM).
    fn register(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()>;

    /// Watches a descriptor for something else from now on.
    ///
    /// # Errors
    /// ENOENT when it isn't watched.
    fn modify(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()>;

    /// Takes a descriptor off.
    ///
    /// # Errors
    /// ENOENT when it isn't watched.
    fn unregister(&mut self, fd: BorrowedFd<'_>) -> io::Result<()>;

    /// Clears `events`, waits until a descriptor is ready or the time is
    /// over, and fills in who is ready. No time-out waits for ever, zero not
    /// at all; the time is rounded up to milliseconds.
    ///
    /// # Errors
    /// A signal ends the wait with EINTR, which is
    /// [`Interrupted`](io::ErrorKind::Interrupted) here: signal(7) has no
    /// exception for these calls.
    fn wait(
        &mut self,
        timeout: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<()>;
}
// ANCHOR_END: poller

/// What to watch a descriptor for. Errors and hang-ups are told unasked, but
/// by select.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interest(i16);

impl Interest {
    /// Nothing, for now.
    pub const NONE: Self = Interest(0);
    /// There is something to read, a connection to accept, or the end.
    pub const READ: Self = Interest(libc::POLLIN | libc::POLLRDHUP);
    /// There is room to write, or a connect is done.
    pub const WRITE: Self = Interest(libc::POLLOUT);
    /// There is something exceptional: on TCP, urgent data.
    pub const PRIORITY: Self = Interest(libc::POLLPRI);

    /// Whether all of `other` is in it.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// As poll(2) and epoll_ctl(2) take it.
    pub(crate) const fn bits(self) -> i16 {
        self.0
    }
}

impl BitOr for Interest {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Interest(self.0 | other.0)
    }
}

/// What a descriptor is ready for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Readiness(i16);

// ANCHOR: readiness
impl Readiness {
    /// POLLIN: a read won't wait.
    pub const READABLE: Self = Readiness(libc::POLLIN);
    /// POLLOUT: a write won't wait.
    pub const WRITABLE: Self = Readiness(libc::POLLOUT);
    /// POLLERR: an error is pending, or nobody reads this pipe any more.
    pub const ERROR: Self = Readiness(libc::POLLERR);
    /// POLLHUP: both directions of a connection are at their end.
    pub const HANGUP: Self = Readiness(libc::POLLHUP);
    /// POLLRDHUP: the peer will send no more.
    pub const READ_CLOSED: Self = Readiness(libc::POLLRDHUP);
    /// POLLPRI: something exceptional; on TCP, urgent data.
    pub const PRIORITY: Self = Readiness(libc::POLLPRI);
    /// POLLNVAL: the number is no open descriptor. Only poll says it.
    pub const INVALID: Self = Readiness(libc::POLLNVAL);
    /// Nothing.
    pub const NONE: Self = Readiness(0);

    /// A read won't wait: it brings data, the end, or an error. This is what
    /// select(2) calls readable, and the same on all three.
    pub const fn can_read(self) -> bool {
        self.0 & (libc::POLLIN | libc::POLLHUP | libc::POLLERR) != 0
    }

    /// A write won't wait: it takes bytes, or brings an error. This is what
    /// select(2) calls writable, and the same on all three.
    pub const fn can_write(self) -> bool {
        self.0 & (libc::POLLOUT | libc::POLLERR) != 0
    }
    // ANCHOR_END: readiness

    /// Whether all of `other` is in it.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there is anything in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// From what poll(2) and epoll_wait(2) give.
    pub(crate) const fn from_bits(bits: i16) -> Self {
        Readiness(bits)
    }
}

impl BitOr for Readiness {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Readiness(self.0 | other.0)
    }
}

impl BitOrAssign for Readiness {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// "readable, hangup": all that is in it, or "nothing".
impl Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::READABLE, "readable"),
            (Self::WRITABLE, "writable"),
            (Self::PRIORITY, "priority"),
            (Self::READ_CLOSED, "read-closed"),
            (Self::HANGUP, "hangup"),
            (Self::ERROR, "error"),
            (Self::INVALID, "invalid"),
        ];
        let mut names = names.iter().filter(|(bit, _)| self.contains(*bit));
        let Some((_, first)) = names.next() else {
            return f.pad("nothing");
        };
        let all = names
            .fold(first.to_string(), |all, (_, name)| format!("{all}, {name}"));
        f.pad(&all)
    }
}

/// A descriptor that is ready, and what for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// The number under which it was registered.
    pub fd: RawFd,
    /// What came of it.
    pub ready: Readiness,
}

// ANCHOR: mechanism
/// The three ways to wait for many, for `--with`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Mechanism {
    /// The oldest, and the smallest: descriptors below 1024
    Select,
    /// A list of descriptors, handed over at each call
    Poll,
    /// Linux's own: the kernel keeps the list
    Epoll,
}

impl Mechanism {
    /// All of them, in the order of their age.
    pub const ALL: [Self; 3] = [Self::Select, Self::Poll, Self::Epoll];

    /// A poller that watches nobody yet. That of epoll is level-triggered.
    ///
    /// # Errors
    /// epoll's is a descriptor itself, so EMFILE and ENFILE.
    pub fn poller(self) -> io::Result<Box<dyn Poller>> {
        Ok(match self {
            Self::Select => Box::new(Select::new()),
            Self::Poll => Box::new(Poll::new()),
            Self::Epoll => Box::new(Epoll::new()?),
        })
    }
}
// ANCHOR_END: mechanism

impl Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Select => "select",
            Self::Poll => "poll",
            Self::Epoll => "epoll",
        })
    }
}

/// A time-out as poll(2) and epoll_wait(2) take it: milliseconds, -1 for
/// ever. Rounded up, so that nobody wakes before the time and asks again at
/// once; what exceeds 24 days is cut to that.
pub(crate) fn milliseconds(timeout: Option<Duration>) -> libc::c_int {
    let Some(timeout) = timeout else { return -1 };
    let whole = timeout.as_nanos().div_ceil(1_000_000);
    libc::c_int::try_from(whole).unwrap_or(libc::c_int::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_out_is_rounded_up_and_never_turns_into_for_ever() {
        let nanosecond = Duration::from_nanos(1);

        assert_eq!(milliseconds(None), -1);
        assert_eq!(milliseconds(Some(Duration::ZERO)), 0);
        assert_eq!(milliseconds(Some(nanosecond)), 1);
        assert_eq!(milliseconds(Some(Duration::from_millis(7))), 7);
        assert_eq!(
            milliseconds(Some(Duration::from_millis(7) + nanosecond)),
            8
        );
        assert_eq!(milliseconds(Some(Duration::MAX)), i32::MAX);
    }

    #[test]
    fn readiness_tells_all_that_is_in_it() {
        let both = Readiness::HANGUP | Readiness::READABLE;

        assert_eq!(both.to_string(), "readable, hangup");
        assert_eq!(Readiness::NONE.to_string(), "nothing");
    }
}
