//! select(2): three sets of bits, one bit for each descriptor's number.
//!
//! ```text
//! read    0 0 0 1 0 1 0 …  1023      in: watch 3 and 5
//! write   0 0 0 0 0 1 0 …  1023
//! except  0 0 0 0 0 0 0 …  1023      out: the bits of those that are ready
//! ```
//!
//! "select() can monitor only file descriptors numbers that are less than
//! FD_SETSIZE (1024)" (select(2)). The kernel looks at every number up to the
//! highest, and so does the program afterwards.

#![allow(unsafe_code)]

use std::io;
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::ptr;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc::{self, fd_set};

use crate::poller::{Event, Interest, Poller, Readiness, milliseconds};

/// The descriptors of a `select`.
pub struct Select {
    /// Who is watched at all: an interest may be in nothing.
    watched: Set,
    read: Set,
    write: Set,
    except: Set,
    /// One more than the highest number that is watched.
    end: RawFd,
}

impl Select {
    /// Nobody is watched yet.
    pub fn new() -> Self {
        let [watched, read, write, except] = [Set::new(); 4];
        Select { watched, read, write, except, end: 0 }
    }

    fn set(&mut self, fd: RawFd, interest: Interest) {
        self.read.put(fd, interest.contains(Interest::READ));
        self.write.put(fd, interest.contains(Interest::WRITE));
        self.except.put(fd, interest.contains(Interest::PRIORITY));
    }
}

impl Default for Select {
    fn default() -> Self {
        Select::new()
    }
}

impl Poller for Select {
    fn register(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        if !Set::takes(fd) {
            return Err(too_large(fd));
        }
        if self.watched.has(fd) {
            return Err(Errno::EEXIST.into());
        }
        self.watched.put(fd, true);
        self.end = self.end.max(fd + 1);
        self.set(fd, interest);
        Ok(())
    }

    fn modify(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
    ) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        if !self.watched.has(fd) {
            return Err(Errno::ENOENT.into());
        }
        self.set(fd, interest);
        Ok(())
    }

    fn unregister(&mut self, fd: BorrowedFd<'_>) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        if !self.watched.has(fd) {
            return Err(Errno::ENOENT.into());
        }
        self.set(fd, Interest::NONE);
        self.watched.put(fd, false);
        while self.end > 0 && !self.watched.has(self.end - 1) {
            self.end -= 1;
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
        // The call writes its answer over the question: ask with copies.
        let (mut read, mut write) = (self.read, self.write);
        let mut except = self.except;
        let mut left =
            select(self.end, &mut read, &mut write, &mut except, timeout)?;

        // It said how many bits are set. Where they are must be found.
        for fd in 0..self.end {
            if left == 0 {
                break;
            }
            let mut ready = Readiness::NONE;
            for (set, what) in [
                (&read, Readiness::READABLE),
                (&write, Readiness::WRITABLE),
                (&except, Readiness::PRIORITY),
            ] {
                if set.has(fd) {
                    ready |= what;
                    left -= 1;
                }
            }
            if !ready.is_empty() {
                events.push(Event { fd, ready });
            }
        }
        Ok(())
    }
    // ANCHOR_END: wait
}

/// The call itself. How many bits are set, in all three sets together.
fn select(
    end: RawFd,
    read: &mut Set,
    write: &mut Set,
    except: &mut Set,
    timeout: Option<Duration>,
) -> io::Result<libc::c_int> {
    let ms = milliseconds(timeout);
    let mut time = libc::timeval {
        tv_sec: (ms / 1000).into(),
        tv_usec: (ms % 1000 * 1000).into(),
    };
    // A null pointer waits for ever; zero seconds don't wait.
    let time = if ms < 0 { ptr::null_mut() } else { &raw mut time };
    let (read, write, except) = (&mut read.0, &mut write.0, &mut except.0);
    // SAFETY: three sets and a time that live longer than the call. `end` is
    // at most FD_SETSIZE, so the kernel stays within the sets.
    let count = unsafe { libc::select(end, read, write, except, time) };
    Ok(Errno::result(count)?)
}

fn too_large(fd: RawFd) -> io::Error {
    let why = format!(
        "select takes no descriptor numbered {fd}: its sets end below {} \
         (FD_SETSIZE); use poll or epoll",
        libc::FD_SETSIZE
    );
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

/// An fd_set. The macros of select(2) don't look whether a number fits: these
/// functions do.
#[derive(Clone, Copy)]
struct Set(fd_set);

impl Set {
    fn new() -> Self {
        // SAFETY: an array of integers, for which all zeros is a value, and
        // the one that FD_ZERO makes.
        Set(unsafe { mem::zeroed() })
    }

    fn takes(fd: RawFd) -> bool {
        usize::try_from(fd).is_ok_and(|fd| fd < libc::FD_SETSIZE)
    }

    fn has(&self, fd: RawFd) -> bool {
        // SAFETY: the number is below FD_SETSIZE, so its bit is in the set.
        Self::takes(fd) && unsafe { libc::FD_ISSET(fd, &self.0) }
    }

    fn put(&mut self, fd: RawFd, there: bool) {
        if !Self::takes(fd) {
            return;
        }
        // SAFETY: the number is below FD_SETSIZE, so its bit is in the set.
        unsafe {
            match there {
                true => libc::FD_SET(fd, &mut self.0),
                false => libc::FD_CLR(fd, &mut self.0),
            }
        }
    }
}
