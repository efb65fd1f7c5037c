//! What goes into the submission queue, and what comes out of the other.
//!
//! ```text
//! entry (SQE)        opcode, descriptor, buffer, flags      user_data 7
//! completion (CQE)   result: a count, or an errno           user_data 7
//! ```
//!
//! Completions come in any order. `user_data` is copied from one to the
//! other, and is all that tells them apart: io_uring_enter(2).

use std::fmt;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::time::Duration;

/// A call that the kernel is asked to make, with all that it needs.
///
/// Sockets are shared with the program, so that their numbers still mean the
/// same when the kernel looks. Buffers are not: who hands one over has it no
/// more, until it comes back with the [`Completion`].
#[derive(Debug)]
pub enum Operation {
    /// A TCP socket, IPv4: `socket(2)`.
    Socket,
    /// The next connection: `accept4(2)`.
    Accept(Arc<TcpListener>),
    /// At most as many bytes as the buffer is long: `recv(2)`.
    Recv(Arc<TcpStream>, Vec<u8>),
    /// The same into memory that the program can see all the time, as it does
    /// in C. What it finds there before the completion, it can't know.
    RecvShared(Arc<TcpStream>, Arc<[AtomicU8]>),
    /// The buffer's bytes, or the first of them: `send(2)`.
    Send(Arc<TcpStream>, Vec<u8>),
    /// The operation with that user_data shall end: io_uring_prep_cancel(3).
    Cancel(u64),
    /// Completes when the time has passed, with ETIME:
    /// io_uring_prep_timeout(3).
    Timeout(Duration),
    /// Ends the operation that was linked to it, when the time has passed:
    /// io_uring_prep_link_timeout(3).
    LinkTimeout(Duration),
}

impl Operation {
    /// The name of the call.
    pub fn name(&self) -> &'static str {
        match self {
            Operation::Socket => "socket",
            Operation::Accept(_) => "accept",
            Operation::Recv(..) | Operation::RecvShared(..) => "recv",
            Operation::Send(..) => "send",
            Operation::Cancel(_) => "cancel",
            Operation::Timeout(_) => "timer",
            Operation::LinkTimeout(_) => "time-out",
        }
    }

    /// Its buffer, if it has one.
    pub fn buffer(&self) -> Option<&Vec<u8>> {
        match self {
            Operation::Recv(_, buffer) | Operation::Send(_, buffer) => {
                Some(buffer)
            }
            _ => None,
        }
    }
}

/// An entry of the submission queue: SQE.
#[derive(Debug)]
pub struct Entry {
    /// By what the completion will be known.
    pub user_data: u64,
    /// What the kernel shall do.
    pub operation: Operation,
    /// IOSQE_IO_LINK: the next entry belongs to this one.
    pub linked: bool,
}

impl Entry {
    /// An entry that stands for itself.
    pub fn new(user_data: u64, operation: Operation) -> Self {
        Entry { user_data, operation, linked: false }
    }

    /// Links the next entry to this one: IOSQE_IO_LINK. Both must go into the
    /// same submission, or the link ends here.
    pub fn linked(self) -> Self {
        Entry { linked: true, ..self }
    }
}

/// An entry of the completion queue: CQE. And what it was about, which is
/// the program's again.
#[derive(Debug)]
pub struct Completion {
    /// That of the entry.
    pub user_data: u64,
    /// What the call would have returned.
    pub result: io::Result<usize>,
    /// What was asked for, with the buffer and the socket.
    pub operation: Operation,
    /// The new descriptor of a socket or an accept.
    pub opened: Option<OwnedFd>,
}

impl Completion {
    /// The bytes that a recv brought, or a send took. None after an error.
    pub fn bytes(&self) -> &[u8] {
        let count = *self.result.as_ref().unwrap_or(&0);
        let buffer = self.operation.buffer().map_or(&[][..], Vec::as_slice);
        buffer.get(..count).unwrap_or_default()
    }

    /// The buffer, whole. Empty for an operation without one.
    pub fn into_buffer(self) -> Vec<u8> {
        match self.operation {
            Operation::Recv(_, buffer) | Operation::Send(_, buffer) => buffer,
            _ => Vec::new(),
        }
    }
}

/// Why an entry found no place, with the entry.
#[derive(Debug)]
pub enum Refused {
    /// The submission queue is full: submit, and push again.
    Full(Entry),
    /// An operation by that user_data has no completion yet.
    InFlight(Entry),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Full(_) => {
                write!(f, "the submission queue is full: submit first")
            }
            Refused::InFlight(entry) => write!(
                f,
                "user_data {} belongs to an operation in flight: choose another",
                entry.user_data
            ),
        }
    }
}

impl std::error::Error for Refused {}

impl From<Refused> for io::Error {
    fn from(refused: Refused) -> Self {
        let kind = match refused {
            Refused::Full(_) => io::ErrorKind::WouldBlock,
            Refused::InFlight(_) => io::ErrorKind::InvalidInput,
        };
        io::Error::new(kind, refused.to_string())
    }
}

// ANCHOR: rings
/// A submission queue, a completion queue, and who works between them.
pub trait Rings {
    /// How many entries may be pushed before the next submission.
    fn room(&self) -> usize;

    /// Puts an entry into the submission queue. Makes no system call, and the
    /// kernel doesn't look before [`Rings::submit`].
    fn push(&mut self, entry: Entry) -> Result<(), Refused>;

    /// Gives all entries to the kernel: `io_uring_enter(2)`. How many it took.
    fn submit(&mut self) -> io::Result<usize>;

    /// The same, and waits until so many completions can be reaped. `None` is
    /// for ever.
    ///
    /// # Errors
    /// `TimedOut` where they are fewer when the time has passed.
    fn submit_and_wait(
        &mut self,
        count: usize,
        patience: Option<Duration>,
    ) -> io::Result<()>;

    /// Takes the next completion out of the queue, if there is one. Makes no
    /// system call.
    fn reap(&mut self) -> Option<Completion>;
}
// ANCHOR_END: rings
