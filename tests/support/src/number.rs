//! A descriptor under a number that nobody else in the process takes.
//!
//! A new descriptor gets the lowest number that is free. Checks run side by
//! side, so a number that one has closed may go to another. Far above the
//! rest a check is alone: there, what it closes it gets again.

#![allow(unsafe_code)]

use std::io;
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicI32, Ordering};

use nix::errno::Errno;
use nix::libc;

/// Moves a socket to the lowest free number that is `least` or higher:
/// F_DUPFD_CLOEXEC, fcntl(2). EINVAL where the limit on descriptors is lower
/// (`ulimit -n`).
pub fn at_least(least: RawFd, stream: TcpStream) -> io::Result<TcpStream> {
    let from = stream.as_fd().as_raw_fd();
    // SAFETY: the call takes no pointers.
    let fd = unsafe { libc::fcntl(from, libc::F_DUPFD_CLOEXEC, least) };
    let fd = Errno::result(fd)?;
    // SAFETY: the kernel has opened it, and nobody else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) }.into())
}

/// Moves a socket to a number that is higher than that of any moved before:
/// whoever goes by numbers goes in the order of these calls.
pub fn ascending(stream: TcpStream) -> io::Result<TcpStream> {
    static LEAST: AtomicI32 = AtomicI32::new(200);
    at_least(LEAST.fetch_add(1, Ordering::Relaxed), stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer;

    #[test]
    fn a_number_that_was_closed_is_given_again() {
        let (peer, learner) = peer::connection().unwrap();
        let first = at_least(700, peer).unwrap();
        let number = first.as_raw_fd();

        drop(first);
        let second = at_least(700, learner).unwrap();

        assert!(number >= 700);
        assert_eq!(second.as_raw_fd(), number);
    }

    #[test]
    fn later_ones_have_higher_numbers_though_lower_ones_are_free() {
        let (peer, learner) = peer::connection().unwrap();
        let first = ascending(peer).unwrap();
        let number = first.as_raw_fd();

        drop(first);

        assert!(ascending(learner).unwrap().as_raw_fd() > number);
    }
}
