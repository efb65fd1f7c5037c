//! Ask for room only while something waits to be written.
//!
//! A socket nearly always has room. A poller that is told to watch for it
//! answers at once, each time, and the loop spins. But a socket that is full
//! takes half of what you have, or nothing: then the rest must be kept, and
//! written when there is room. Write the outbox that each connection of an
//! event loop has.
//!
//! - `send` writes what the socket takes now. What it doesn't take waits in
//!   the outbox.
//! - `writable` is called when the poller says that there is room. It writes
//!   of what waits as much as the socket takes.
//! - The poller watches for READ all the time, and for WRITE as long as
//!   something waits. It is told of changes only: with epoll, each `modify`
//!   is a system call.
//! - Bytes go out in the order in which they were sent. The socket may have
//!   room again before the poller says so: what is sent then still goes
//!   behind what waits.
//!
//! The socket is non-blocking: WouldBlock says that it is full, which is no
//! error. After Interrupted, try again. A write that takes 0 bytes of some is
//! `WriteZero`; that and every other error goes to the caller, who will close
//! the connection.
//!
//! Check it: `cargo workbook check interest_in_writing`
//!
//! Read chapter 11, "Interest in writing".

use std::io::{self, Write};
use std::os::fd::AsFd;

use lesson_multiplexing::{Interest, Poller};

/// A connection, and what waits to be written to it.
pub struct Outbox<S> {
    stream: S,
    // Your fields.
}

impl<S: Write + AsFd> Outbox<S> {
    /// Takes over a connection, and has the poller watch it for READ.
    pub fn new(stream: S, poller: &mut dyn Poller) -> io::Result<Self> {
        todo!("register it")
    }

    /// How many bytes wait.
    pub fn waiting(&self) -> usize {
        todo!("none, most of the time")
    }

    /// Sends these bytes, now or later.
    pub fn send(
        &mut self,
        bytes: &[u8],
        poller: &mut dyn Poller,
    ) -> io::Result<()> {
        todo!("does anything wait already?")
    }

    /// There may be room: writes of what waits.
    pub fn writable(&mut self, poller: &mut dyn Poller) -> io::Result<()> {
        todo!("until nothing waits, or the socket is full")
    }
}
