//! poll(2): a list of descriptors, handed to the kernel at each call.
//!
//! ```text
//! fd        3         5         1204
//! events    POLLIN    POLLOUT   POLLIN     in: what to watch for
//! revents   0         POLLOUT   POLLHUP    out: what came of it
//! ```
//!
//! No number is too large. But the kernel looks at every entry, and so does
//! the program afterwards. A second list finds the entry of a descriptor by
//! its number, so that a change costs the same however many there are.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc::{self, pollfd};

use crate::poller::{Event, Interest, Poller, Readiness, milliseconds};

/// The descriptors of a `poll`.
#[derive(Default)]
pub struct Poll {
    entries: Vec<pollfd>,
    /// By a descriptor's number: where its entry is.
    places: Vec<Option<usize>>,
}

impl Poll {
    /// Nobody is watched yet.
    pub fn new() -> Self {
        Poll::default()
    }

    fn place(&self, fd: RawFd) -> Option<usize> {
        *self.places.get(usize::try_from(fd).ok()?)?
    }

    /// Notes where a descriptor's entry is.
    fn set_place(&mut self, fd: RawFd, place: Option<usize>) {
        let Ok(fd) = usize::try_from(fd) else { return };
        if fd >= self.places.len() {
            self.places.resize(fd + 1, None);
        }
        self.places[fd] = place;
    }
}

impl Poller for Poll {
    fn register(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        if self.place(fd).is_some() {
            return Err(Errno::EEXIST.into());
        }
        self.set_place(fd, Some(self.entries.len()));
        self.entries.push(pollfd { fd, events: interest.bits(), revents: 0 });
        Ok(())
    }

    fn modify(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()> {
        let place = self.place(fd.as_raw_fd()).ok_or(Errno::ENOENT)?;
        self.entries[place].events = interest.bits();
        Ok(())
    }

    fn unregister(&mut self, fd: BorrowedFd<'_>) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        let place = self.place(fd).ok_or(Errno::ENOENT)?;
        self.set_place(fd, None);
        // The last entry takes the place of the one that goes.
        self.entries.swap_remove(place);
        if let Some(moved) = self.entries.get(place) {
            self.set_place(moved.fd, Some(place));
        }
        Ok(())
    }

    // ANCHOR: wait
    fn wait(
        &mut self,
        timeout: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<()> {
        events.clear();
        let mut left = poll(&mut self.entries, timeout)?;

        // It said how many entries tell something. Which must be found.
        for entry in &self.entries {
            if left == 0 {
                break;
            }
            if entry.revents != 0 {
                let ready = Readiness::from_bits(entry.revents);
                events.push(Event { fd: entry.fd, ready });
                left -= 1;
            }
        }
        Ok(())
    }
    // ANCHOR_END: wait
}

/// The call itself. How many entries tell something.
fn poll(
    entries: &mut [pollfd],
    timeout: Option<Duration>,
) -> io::Result<libc::c_int> {
    let (list, count) = (entries.as_mut_ptr(), entries.len());
    let ms = milliseconds(timeout);
    // SAFETY: `list` points to `count` entries, which live longer than the
    // call. The kernel writes to nothing but their `revents`.
    let count = unsafe { libc::poll(list, count as libc::nfds_t, ms) };
    Ok(Errno::result(count)?)
}
