//! The kernel's rings, through the crate io-uring: io_uring(7).
//!
//! ```text
//!   program                    shared memory                  kernel
//!            tail ┌────┬────┬────┬────┐ head
//!   push ───────→ │    │    │ 4  │ 3  │ ─────────→ takes, at io_uring_enter
//!                 └────┴────┴────┴────┘
//!            head ┌────┬────┬────┬────┐ tail
//!   reap ←─────── │    │    │    │ 1  │ ←───────── writes, when it is done
//!                 └────┴────┴────┴────┘
//! ```
//!
//! Between the two the kernel has addresses of the program's memory, and uses
//! them whenever it likes. This file keeps what is there: [`Ring::push`] puts
//! it into `held`, [`Ring::reap`] takes it out, and nothing else does. It is
//! the one place of the lesson that gives addresses away, so it is `unsafe`.

#![allow(unsafe_code)]

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use io_uring::types::{CancelBuilder, Fd, SubmitArgs, Timespec};
use io_uring::{IoUring, Probe, opcode, squeue};
use nix::libc;

use crate::entry::{Completion, Entry, Operation, Refused, Rings};
use crate::forbidden::Forbidden;

/// A submission queue and a completion queue, shared with the kernel.
pub struct Ring {
    uring: IoUring,
    /// The entries that the kernel hasn't taken, the oldest first.
    queued: VecDeque<u64>,
    /// What the entries point to, until their completion is reaped.
    held: HashMap<u64, Held>,
    calls: usize,
}

/// An operation, and whatever else the kernel reads. All that has an address
/// lies on the heap, and stays where it is when this moves.
struct Held {
    operation: Operation,
    // Shared, with the kernel: a Box would claim that nobody else reads it.
    time: Arc<Timespec>,
}

/// How long the end of a ring waits for the kernel to let go of it.
const END: Duration = Duration::from_secs(10);

impl Ring {
    /// A ring with room for so many entries: `io_uring_setup(2)`. The
    /// completion queue has room for twice as many.
    ///
    /// # Errors
    /// This machine forbids it, or its kernel is older than 5.19.
    pub fn new(entries: u32) -> Result<Self, Forbidden> {
        let uring = IoUring::new(entries)
            .map_err(|error| Forbidden::new("io_uring_setup", error))?;
        let mut probe = Probe::new();
        let known = uring.submitter().register_probe(&mut probe);
        // The youngest of the operations that this lesson uses.
        if known.is_err() || !probe.is_supported(opcode::Socket::CODE) {
            return Err(Forbidden::too_old());
        }
        let (queued, held) = Default::default();
        Ok(Ring { uring, queued, held, calls: 0 })
    }

    /// How many times `io_uring_enter` was called.
    pub fn calls(&self) -> usize {
        self.calls
    }

    /// Where the operations are: in which queue, or between the two.
    pub fn queues(&mut self) -> Queues {
        let submission = self.uring.submission().len();
        let completion = self.uring.completion().len();
        let elsewhere = submission + completion;
        let kernel = self.held.len().saturating_sub(elsewhere);
        Queues { submission, kernel, completion }
    }

    fn enter(
        &mut self,
        count: usize,
        patience: Option<Duration>,
    ) -> io::Result<usize> {
        self.calls += 1;
        let time = timespec(patience.unwrap_or_default());
        let mut arguments = SubmitArgs::new();
        if patience.is_some() {
            arguments = arguments.timespec(&time);
        }
        let taken = self.uring.submitter().submit_with_args(count, &arguments);
        // What it took stands no more in the queue, error or not.
        let left = self.uring.submission().len();
        self.queued.drain(..self.queued.len().saturating_sub(left));
        taken
    }
}

impl Held {
    /// The entry, with the addresses of what is held.
    fn describe(&mut self) -> squeue::Entry {
        let time = Arc::as_ptr(&self.time);
        match &mut self.operation {
            Operation::Socket => {
                let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC;
                opcode::Socket::new(libc::AF_INET, kind, 0).build()
            }
            Operation::Accept(listener) => {
                let fd = Fd(listener.as_raw_fd());
                opcode::Accept::new(fd, ptr::null_mut(), ptr::null_mut())
                    .flags(libc::SOCK_CLOEXEC)
                    .build()
            }
            Operation::Recv(stream, buffer) => {
                let (at, length) = (buffer.as_mut_ptr(), length(buffer));
                opcode::Recv::new(Fd(stream.as_raw_fd()), at, length).build()
            }
            Operation::RecvShared(stream, buffer) => {
                let (at, length) = (buffer.as_ptr(), length(buffer));
                let fd = Fd(stream.as_raw_fd());
                opcode::Recv::new(fd, at.cast_mut().cast(), length).build()
            }
            Operation::Send(stream, buffer) => {
                let (at, length) = (buffer.as_ptr(), length(buffer));
                opcode::Send::new(Fd(stream.as_raw_fd()), at, length).build()
            }
            Operation::Cancel(of) => opcode::AsyncCancel::new(*of).build(),
            Operation::Timeout(_) => opcode::Timeout::new(time).build(),
            Operation::LinkTimeout(_) => opcode::LinkTimeout::new(time).build(),
        }
    }
}

impl Rings for Ring {
    // ANCHOR: push
    fn push(&mut self, entry: Entry) -> Result<(), Refused> {
        if self.held.contains_key(&entry.user_data) {
            return Err(Refused::InFlight(entry));
        }
        if self.room() == 0 {
            return Err(Refused::Full(entry));
        }
        let Entry { user_data, operation, linked } = entry;
        let mut held = Held { time: Arc::new(time_of(&operation)), operation };
        let mut entry = held.describe().user_data(user_data);
        if linked {
            entry = entry.flags(squeue::Flags::IO_LINK);
        }
        self.held.insert(user_data, held);
        self.queued.push_back(user_data);
        // SAFETY: the buffer and the time that the entry points to, and the
        // socket that it names, are in `held`. They stay there, where nobody
        // else can reach them, until the completion is reaped. There is room.
        let pushed = unsafe { self.uring.submission().push(&entry) };
        debug_assert!(pushed.is_ok(), "there was room");
        Ok(())
    }
    // ANCHOR_END: push

    fn room(&self) -> usize {
        self.uring.params().sq_entries() as usize - self.queued.len()
    }

    fn submit(&mut self) -> io::Result<usize> {
        self.enter(0, None)
    }

    fn submit_and_wait(
        &mut self,
        count: usize,
        patience: Option<Duration>,
    ) -> io::Result<()> {
        let end = patience.and_then(|time| Instant::now().checked_add(time));
        loop {
            let there = self.uring.completion().len();
            if self.queued.is_empty() && there >= count {
                return Ok(());
            }
            let left = end.map(|end| end - Instant::now());
            match self.enter(count, left) {
                Ok(_) => {}
                // EINTR: a signal arrived; signal(7) says try again.
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.raw_os_error() == Some(libc::ETIME) => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Err(error) => return Err(error),
            }
        }
    }

    // ANCHOR: reap
    fn reap(&mut self) -> Option<Completion> {
        let entry = self.uring.completion().next()?;
        let Held { operation, .. } = self.held.remove(&entry.user_data())?;
        let result = match entry.result() {
            count @ 0.. => Ok(count as usize),
            errno => Err(io::Error::from_raw_os_error(-errno)),
        };
        let opened = match (&operation, entry.result()) {
            (Operation::Socket | Operation::Accept(_), fd @ 0..) => {
                // SAFETY: the kernel has opened it for this operation, whose
                // only completion this is: nobody else knows of it.
                Some(unsafe { OwnedFd::from_raw_fd(fd) })
            }
            _ => None,
        };
        let user_data = entry.user_data();
        Some(Completion { user_data, result, operation, opened })
    }
    // ANCHOR_END: reap
}

// ANCHOR: drop
impl Drop for Ring {
    /// The kernel goes on when a ring is closed. So nothing that it may still
    /// write to is freed before it has let go.
    fn drop(&mut self) {
        // What was never submitted was never the kernel's.
        for user_data in mem::take(&mut self.queued) {
            self.held.remove(&user_data);
        }
        while self.reap().is_some() {}
        if self.held.is_empty() {
            return;
        }
        let end = Some(timespec(END));
        let all = CancelBuilder::any();
        // An older kernel than 6.0 can't, and then they are not reported.
        let _ = self.uring.submitter().register_sync_cancel(end, all);
        while self.reap().is_some() {}
        // Better lost than freed: the kernel may still write there.
        mem::forget(mem::take(&mut self.held));
    }
}
// ANCHOR_END: drop

fn length<T>(buffer: &[T]) -> u32 {
    u32::try_from(buffer.len()).unwrap_or(u32::MAX)
}

fn time_of(operation: &Operation) -> Timespec {
    match operation {
        Operation::Timeout(time) | Operation::LinkTimeout(time) => {
            timespec(*time)
        }
        _ => Timespec::new(),
    }
}

/// A time as the kernel wants it. Whoever asks for more than a lifetime gets
/// one: the kernel adds it to its clock.
fn timespec(time: Duration) -> Timespec {
    const LIFETIME: Duration = Duration::from_secs(u32::MAX as u64);
    Timespec::from(time.min(LIFETIME))
}

/// How many operations are where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queues {
    /// Pushed, and not submitted.
    pub submission: usize,
    /// Submitted, and not completed.
    pub kernel: usize,
    /// Completed, and not reaped.
    pub completion: usize,
}

impl fmt::Display for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Queues { submission, kernel, completion } = self;
        write!(f, "SQ {submission}  kernel {kernel}  CQ {completion}")
    }
}
