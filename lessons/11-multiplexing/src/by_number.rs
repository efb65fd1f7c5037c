//! The three calls about one descriptor, known by its number only.
//!
//! The library's pollers borrow a descriptor, which is open as long as it is
//! borrowed. Some demos ask about a number that is closed, or too large: the
//! kernel takes every number, and says what it thinks of it.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use nix::sys::epoll::{Epoll, EpollFlags, EpollOp};

/// The bits of a set that is twice as large as select's own.
const BITS: usize = 2 * libc::FD_SETSIZE;
/// The bits of one word of a set.
const WORD: usize = libc::c_ulong::BITS as usize;

/// A set of descriptors with more room than an `fd_set` has.
pub type Set = [libc::c_ulong; BITS / WORD];

/// The word and the bit of a number, as FD_SET computes them.
pub fn place(fd: RawFd) -> (usize, libc::c_ulong) {
    let number = fd as usize;
    (number / WORD, 1 << (number % WORD))
}

/// The same open file under another number, which must be free: `fcntl(2)`
/// with F_DUPFD_CLOEXEC.
pub fn duplicate(file: impl AsFd, number: RawFd) -> io::Result<OwnedFd> {
    // It gives the lowest free number from this one on.
    let fd = fcntl(file, FcntlArg::F_DUPFD_CLOEXEC(number))?;
    // SAFETY: the kernel has opened it, and nobody else knows of it.
    let duplicate = unsafe { OwnedFd::from_raw_fd(fd) };
    if fd == number {
        return Ok(duplicate);
    }
    let why = format!("descriptor {number} is open already");
    Err(io::Error::other(why))
}

/// What select says of one descriptor: `select(2)`, which doesn't wait here.
///
/// The answer is in the three sets: a bit that is still 1.
pub fn select(fd: RawFd, sets: &mut [Set; 3]) -> nix::Result<()> {
    if !usize::try_from(fd).is_ok_and(|fd| fd < BITS) {
        return Err(Errno::EINVAL);
    }
    let mut now = libc::timeval { tv_sec: 0, tv_usec: 0 };
    let [read, write, except] = sets.each_mut().map(|s| s.as_mut_ptr().cast());
    // SAFETY: the kernel reads and writes as many bits of each set as `fd + 1`
    // says, and each has room for that. All live longer than the call.
    let count =
        unsafe { libc::select(fd + 1, read, write, except, &raw mut now) };
    Errno::result(count).map(drop)
}

/// What poll says of one descriptor after at most so many milliseconds:
/// `poll(2)`.
pub fn poll(fd: RawFd, events: i16, patience: i32) -> nix::Result<i16> {
    let mut entry = libc::pollfd { fd, events, revents: 0 };
    // SAFETY: one entry, which lives longer than the call.
    let count = unsafe { libc::poll(&raw mut entry, 1, patience) };
    Errno::result(count)?;
    Ok(entry.revents)
}

/// Changes what an epoll instance watches: `epoll_ctl(2)`. An event comes
/// back with the number.
pub fn epoll_ctl(
    epoll: &Epoll,
    what: EpollOp,
    fd: RawFd,
    events: EpollFlags,
) -> nix::Result<()> {
    let events = events.bits() as u32;
    let mut event = libc::epoll_event { events, u64: fd as u64 };
    let epoll = epoll.0.as_raw_fd();
    // SAFETY: the event lives longer than the call, which copies it.
    let done =
        unsafe { libc::epoll_ctl(epoll, what as i32, fd, &raw mut event) };
    Errno::result(done).map(drop)
}
