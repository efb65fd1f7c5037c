//! epoll(7): the kernel keeps the list, and notes who gets ready.
//!
//! ```text
//! epoll_ctl    ADD 3, MOD 5, DEL 7  →  the list, in the kernel
//! epoll_wait   ← those that are ready, and nobody else
//! ```
//!
//! A wait costs by the number of descriptors that are ready, not by those
//! that are watched. Level-triggered (as it is unless told otherwise) it
//! tells of a descriptor while it is ready; edge-triggered (EPOLLET) once
//! each time that something new arrives.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc::{self, epoll_event};

use crate::poller::{Event, Interest, Poller, Readiness, milliseconds};

/// How many events a wait brings at most. Whoever is left over comes first
/// at the next.
const EVENTS: usize = 1024;

/// An epoll instance: a descriptor for a list of descriptors.
pub struct Epoll {
    epoll: OwnedFd,
    /// EPOLLET, or nothing.
    mode: u32,
    /// Where the kernel writes events to.
    room: Vec<epoll_event>,
}

impl Epoll {
    /// Nobody is watched yet. Level-triggered: `epoll_create1(2)`.
    ///
    /// # Errors
    /// EMFILE and ENFILE: too many descriptors.
    pub fn new() -> io::Result<Self> {
        // SAFETY: the call takes no pointers.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        let fd = Errno::result(fd)?;
        // SAFETY: the kernel has opened it, and nobody else knows of it.
        let epoll = unsafe { OwnedFd::from_raw_fd(fd) };
        let room = vec![epoll_event { events: 0, u64: 0 }; EVENTS];
        Ok(Epoll { epoll, mode: 0, room })
    }

    /// The same, edge-triggered: every descriptor is registered with EPOLLET.
    ///
    /// # Errors
    /// EMFILE and ENFILE: too many descriptors.
    pub fn edge_triggered() -> io::Result<Self> {
        Ok(Epoll { mode: libc::EPOLLET as u32, ..Epoll::new()? })
    }

    // ANCHOR: control
    /// The call behind register, modify and unregister: `epoll_ctl(2)`.
    fn control(
        &self,
        what: libc::c_int,
        fd: RawFd,
        interest: Interest,
    ) -> io::Result<()> {
        // The kernel gives back what it is told here: who it was about.
        let events = interest.bits() as u32 | self.mode;
        let mut event = epoll_event { events, u64: fd as u64 };
        let epoll = self.epoll.as_raw_fd();
        // SAFETY: the event lives longer than the call, which copies it.
        let done = unsafe { libc::epoll_ctl(epoll, what, fd, &mut event) };
        Errno::result(done)?;
        Ok(())
    }
    // ANCHOR_END: control
}

impl AsFd for Epoll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

impl Poller for Epoll {
    fn register(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, fd.as_raw_fd(), interest)
    }

    fn modify(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, fd.as_raw_fd(), interest)
    }

    fn unregister(&mut self, fd: BorrowedFd<'_>) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_DEL, fd.as_raw_fd(), Interest::NONE)
    }

    // ANCHOR: wait
    fn wait(
        &mut self,
        timeout: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<()> {
        events.clear();
        let count = epoll_wait(&self.epoll, &mut self.room, timeout)?;

        // It wrote down who is ready: there is nothing to look for.
        events.extend(self.room[..count].iter().map(|event| Event {
            fd: event.u64 as RawFd,
            ready: Readiness::from_bits(event.events as i16),
        }));
        Ok(())
    }
    // ANCHOR_END: wait
}

/// The call itself. How many events the kernel has written down.
fn epoll_wait(
    epoll: &OwnedFd,
    room: &mut [epoll_event],
    timeout: Option<Duration>,
) -> io::Result<usize> {
    let (list, most) = (room.as_mut_ptr(), room.len() as libc::c_int);
    let (epoll, ms) = (epoll.as_raw_fd(), milliseconds(timeout));
    // SAFETY: `list` points to room for `most` events, which lives longer
    // than the call.
    let count = unsafe { libc::epoll_wait(epoll, list, most, ms) };
    Ok(Errno::result(count)? as usize)
}

// poll(2) and epoll_ctl(2) give the same bits two names.
const _: () = {
    assert!(libc::EPOLLIN == libc::POLLIN as i32);
    assert!(libc::EPOLLOUT == libc::POLLOUT as i32);
    assert!(libc::EPOLLPRI == libc::POLLPRI as i32);
    assert!(libc::EPOLLERR == libc::POLLERR as i32);
    assert!(libc::EPOLLHUP == libc::POLLHUP as i32);
    assert!(libc::EPOLLRDHUP == libc::POLLRDHUP as i32);
};
