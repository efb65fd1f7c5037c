//! A connection of the echo server, and the write queue that it needs.
//!
//! ```text
//! recv → queue → send          READ:  unless the queue is full
//!                              WRITE: while there is something in it
//! ```
//!
//! A send on a non-blocking socket takes what the kernel has room for. The
//! rest must be kept until there is room again, and while much is kept no
//! more may be read: then the peer's own sends get stuck, which is how TCP
//! tells it to slow down (RFC 9293, section 3.8.6).

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

use crate::{Interest, Readiness};

/// The high-water mark: with so much in its queue a connection isn't read.
pub const HIGH: usize = 64 * 1024;

/// With less than so much it is read again. Two marks, so that a connection
/// at the limit doesn't change its interest with every send.
pub const LOW: usize = 16 * 1024;

/// The size of a read, and all that a connection may read in a turn: the
/// others want theirs, too.
pub const TURN: usize = 16 * 1024;

/// One client, and what it has still to get.
pub struct Connection {
    stream: TcpStream,
    /// Read, and not sent yet. No bytes, no memory.
    queue: VecDeque<u8>,
    /// The queue has reached [`HIGH`], and isn't below [`LOW`] yet.
    full: bool,
    /// The client has finished sending.
    ended: bool,
    /// What the poller was told to watch for.
    watched: Interest,
}

impl Connection {
    /// A client that has just come, to be watched for reading.
    ///
    /// # Errors
    /// Those of setting a socket's options.
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        // Linux's accept doesn't inherit it from the listener: accept(2).
        stream.set_nonblocking(true)?;
        // An answer doesn't wait for the one before to be acknowledged.
        stream.set_nodelay(true)?;
        let queue = VecDeque::new();
        let watched = Interest::READ;
        Ok(Connection { stream, queue, full: false, ended: false, watched })
    }

    /// The socket.
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// How many bytes wait to be sent: less than [`HIGH`] + [`TURN`].
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    // ANCHOR: turn
    /// Does what doesn't wait, and says whether there is more to come: false
    /// when the client has finished, and got all.
    ///
    /// # Errors
    /// The connection's: a reset (ECONNRESET, EPIPE), a time-out. It is over
    /// then.
    pub fn turn(
        &mut self,
        ready: Readiness,
        buffer: &mut [u8; TURN],
    ) -> io::Result<bool> {
        if ready.can_write() && !self.queue.is_empty() {
            self.flush()?;
        }
        if ready.can_read() && self.wants_to_read() {
            self.read(buffer)?;
        }
        let mark = if self.full { LOW } else { HIGH };
        self.full = self.queue.len() >= mark;
        Ok(!self.ended || !self.queue.is_empty())
    }

    fn wants_to_read(&self) -> bool {
        !self.full && !self.ended
    }

    /// One read. If it didn't fill the buffer there is no more, for now; if
    /// it did, a level-triggered poller tells of the rest in the next turn.
    fn read(&mut self, buffer: &mut [u8; TURN]) -> io::Result<()> {
        let Some(count) = unless_it_waits(self.stream.read(buffer))? else {
            return Ok(());
        };
        let mut rest = &buffer[..count];
        self.ended = rest.is_empty();
        if self.queue.is_empty() && !rest.is_empty() {
            // Mostly all fits, and the queue has no part in it.
            let sent = unless_it_waits(self.stream.write(rest))?;
            rest = &rest[sent.unwrap_or(0)..];
        }
        self.queue.extend(rest);
        Ok(())
    }

    /// Sends what is queued, or as much of it as goes.
    fn flush(&mut self) -> io::Result<()> {
        let (first, _) = self.queue.as_slices();
        let sent = unless_it_waits(self.stream.write(first))?;
        self.queue.drain(..sent.unwrap_or(0));
        if self.queue.is_empty() {
            // Ten thousand connections can't each keep the room they once
            // needed.
            self.queue = VecDeque::new();
        }
        Ok(())
    }
    // ANCHOR_END: turn

    // ANCHOR: interest
    /// What to watch for from now on, or nothing new. A system call for each
    /// change is enough; one for each message would be too much.
    pub fn change(&mut self) -> Option<Interest> {
        let mut interest = Interest::NONE;
        if self.wants_to_read() {
            interest = interest | Interest::READ;
        }
        if !self.queue.is_empty() {
            interest = interest | Interest::WRITE;
        }
        let old = std::mem::replace(&mut self.watched, interest);
        (interest != old).then_some(interest)
    }
    // ANCHOR_END: interest
}

/// A count, or nothing where the call would have waited (EAGAIN): the next
/// event is the time to try again.
///
/// # Errors
/// The call's others.
pub fn unless_it_waits(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(None),
            _ => Err(error),
        },
    }
}
