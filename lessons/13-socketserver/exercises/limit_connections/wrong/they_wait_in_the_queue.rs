//! Rejected by: one_too_many_is_refused, who_leaves_makes_room, who_was_refused_takes_no_place, over_tcp_ten_times_as_many_get_an_answer
//!
//! With the limit reached, nobody is accepted: those who call wait, and hear
//! nothing.

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
        !self.resting && self.inside < self.most
    }

    /// The listener is readable. `accept` is accept(2), which doesn't wait.
    pub fn knock<C>(
        &mut self,
        accept: &mut dyn FnMut() -> io::Result<C>,
    ) -> io::Result<Answer<C>> {
        if self.inside >= self.most {
            return Ok(Answer::Nobody);
        }
        let error = match accept() {
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
