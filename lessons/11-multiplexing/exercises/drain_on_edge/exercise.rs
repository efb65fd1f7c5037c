//! Read what one edge tells of, all of it, and be fair.
//!
//! An edge-triggered poller tells once that something has arrived. It says
//! nothing about what is still there: whoever stops reading too early hears
//! no more of it. But whoever reads one client to the bottom, while it goes on
//! sending, serves nobody else. Write the turn of a loop that does neither.
//!
//! - A client is drained when a read says WouldBlock, and not before. A read
//!   that brought less than there was room for proves nothing: the end may be
//!   behind it, and share its edge.
//! - In one turn a client is read [`BUDGET`] times at most. Who isn't drained
//!   by then is left over: it is served in the next turn, whether there is a
//!   new edge or not. Left over or with an edge, or both: each client is
//!   served once a turn.
//! - As long as somebody is left over, the poller is asked, but not waited
//!   for. If nobody is, it waits for as long as the caller says.
//! - `heard` is called with what each read has brought. The end, a read of 0
//!   bytes, is told by no bytes, once, and then the client is taken off the
//!   poller and closed. An error that ends a connection is an end as well.
//! - A signal is no error. A read that says Interrupted is made again; a wait
//!   that does has found no edges.
//!
//! The streams are non-blocking. An edge for somebody who is gone is nothing.
//!
//! Check it: `cargo workbook check drain_on_edge`
//!
//! Read chapter 11, "Drained means EAGAIN" and "Whose turn is it".

use std::io::{self, Read};
use std::os::fd::{AsFd, RawFd};
use std::time::Duration;

use lesson_multiplexing::{Interest, Poller};

/// How many reads a client has in a turn.
pub const BUDGET: usize = 16;

/// Clients behind a poller that tells of edges.
pub struct Clients<S> {
    poller: Box<dyn Poller>,
    // Your fields. This one only makes the stub compile.
    streams: Vec<S>,
}

impl<S: Read + AsFd> Clients<S> {
    /// Nobody is there yet.
    pub fn new(poller: Box<dyn Poller>) -> Self {
        todo!("who is there, and who is left over?")
    }

    /// Takes over a client, and has the poller watch it for READ.
    pub fn add(&mut self, stream: S) -> io::Result<RawFd> {
        todo!("register it, and remember it by its number")
    }

    /// Asks the poller for edges, and reads from whoever has one or is left
    /// over. `heard` is told a client's number and what it has sent: no
    /// bytes at its end.
    pub fn turn(
        &mut self,
        timeout: Option<Duration>,
        heard: &mut dyn FnMut(RawFd, &[u8]),
    ) -> io::Result<()> {
        todo!("wait, or don't; then a few reads for each")
    }
}
