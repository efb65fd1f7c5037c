//! Serve so many at once, tell the others, and survive a full table.
//!
//! Each connection takes a descriptor, and a process has only so many. A
//! server without a limit finds out at accept(2): EMFILE. The caller waits in
//! the listener's queue then, the listener stays readable, and a loop that
//! tries again at once does nothing else any more. Write the door of a
//! server: who comes in, who is told to come again, and when to look at all.
//!
//! - At most `most` clients are served at once. Whoever comes then is taken
//!   as well, and refused: an answer is better than none.
//! - `knock` is called when the listener is readable. It accepts once.
//! - EMFILE, ENFILE, ENOBUFS and ENOMEM say that there is no room. That is
//!   `Nobody`, and the listener isn't watched until a client has left or the
//!   loop says that a moment has passed.
//! - EBADF, EINVAL and ENOTSOCK are errors of the listener, and go to the
//!   caller of `knock`: the next try would fail as this one.
//! - All other errors are of the one who called, or of a signal: `Nobody`.
//! - `refuse` says [`BUSY`], and ends the connection so that the client reads
//!   that line and the end. It doesn't wait for the client, whatever the
//!   client has sent, sends, or doesn't read.
//!
//! Check it: `cargo workbook check limit_connections`
//!
//! Read chapter 13, "Out of descriptors" and "Limits".

use std::io;
use std::net::TcpStream;

/// What a client is told for whom there is no room.
pub const BUSY: &str = "busy: try again later\n";

/// What came of a look at the listener.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<C> {
    /// A client, to be served.
    Serve(C),
    /// A client, to be refused.
    Refuse(C),
    /// Nobody, this time.
    Nobody,
}

/// Who comes in.
pub struct Door {
    most: usize,
    // Your fields.
}

impl Door {
    /// For so many at once.
    pub fn new(most: usize) -> Self {
        todo!("nobody is there yet")
    }

    /// Whether to watch the listener.
    pub fn watched(&self) -> bool {
        todo!("is there any use in accept?")
    }

    /// The listener is readable. `accept` is accept(2), which doesn't wait.
    pub fn knock<C>(
        &mut self,
        accept: &mut dyn FnMut() -> io::Result<C>,
    ) -> io::Result<Answer<C>> {
        todo!("accept once: a client, or which error?")
    }

    /// A client that was served has left, and its descriptor is closed.
    pub fn left(&mut self) {
        todo!("one less")
    }

    /// The listener wasn't watched, and a moment has passed.
    pub fn rested(&mut self) {
        todo!("look again")
    }
}

/// Tells a client that there is no room, and ends the connection.
pub fn refuse(stream: TcpStream) {
    todo!("a line, the end, and what it has sent")
}
