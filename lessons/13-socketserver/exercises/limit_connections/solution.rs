//! What to notice:
//!
//! - Who is refused isn't counted: the connection is over at once.
//! - accept failed for want of a descriptor, so the caller is still there,
//!   and poll will say so for ever. Not to watch the listener is the only
//!   way to have peace; and to watch it again is somebody's task. Who leaves
//!   gives a descriptor back. Where nobody is there who could leave, because
//!   others use up the table, only time is left.
//! - Most errors of accept(2) are of the one connection: it was reset in the
//!   queue, or the network failed. They say nothing about the next one.
//! - A close with unread bytes is a reset, and a reset may take the line away
//!   before the client has read it. So what has come is read first: without
//!   waiting, and not for ever.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

use nix::errno::Errno;

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
    inside: usize,
    resting: bool,
}

impl Door {
    /// For so many at once.
    pub fn new(most: usize) -> Self {
        Door { most, inside: 0, resting: false }
    }

    /// Whether to watch the listener.
    pub fn watched(&self) -> bool {
        !self.resting
    }

    /// The listener is readable. `accept` is accept(2), which doesn't wait.
    pub fn knock<C>(
        &mut self,
        accept: &mut dyn FnMut() -> io::Result<C>,
    ) -> io::Result<Answer<C>> {
        let error = match accept() {
            Ok(client) if self.inside >= self.most => {
                return Ok(Answer::Refuse(client));
            }
            Ok(client) => {
                self.inside += 1;
                return Ok(Answer::Serve(client));
            }
            Err(error) => error,
        };
        match Errno::from_raw(error.raw_os_error().unwrap_or(0)) {
            Errno::EBADF | Errno::EINVAL | Errno::ENOTSOCK => Err(error),
            Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM => {
                self.resting = true;
                Ok(Answer::Nobody)
            }
            _ => Ok(Answer::Nobody),
        }
    }

    /// A client that was served has left, and its descriptor is closed.
    pub fn left(&mut self) {
        self.inside -= 1;
        self.resting = false;
    }

    /// The listener wasn't watched, and a moment has passed.
    pub fn rested(&mut self) {
        self.resting = false;
    }
}

/// Tells a client that there is no room, and ends the connection.
pub fn refuse(mut stream: TcpStream) {
    if stream.set_nonblocking(true).is_err() {
        return;
    }
    // Whoever has gone has gone: there is nobody to tell an error to.
    let _ = stream.write_all(BUSY.as_bytes());
    let _ = stream.shutdown(Shutdown::Write);
    // Bounded: a client that sends without end doesn't hold up the others.
    let mut waste = [0; 4096];
    for _ in 0..64 {
        if !matches!(stream.read(&mut waste), Ok(1..)) {
            break;
        }
    }
}
