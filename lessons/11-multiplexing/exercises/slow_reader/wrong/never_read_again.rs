//! Rejected by: who_reads_at_last_gets_everything, without_room_no_read_is_made, over_tcp_nobody_is_held_up_and_nothing_is_lost
//!
//! When the queue is full the client isn't read any more.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};

use lesson_multiplexing::{Interest, Readiness};

/// The size of a page, in bytes.
pub const PAGE: usize = 1_000;

/// How many bytes may wait to be written to one client.
pub const LIMIT: usize = 16 * 1024;

/// The page that a byte asks for.
pub fn page(asked: u8) -> [u8; PAGE] {
    [asked; PAGE]
}

/// A client, and what waits to be written to it.
pub struct Connection<S> {
    stream: S,
    queue: VecDeque<u8>,
    /// It has finished sending.
    ended: bool,
    stopped: bool,
}

impl<S: Read + Write> Connection<S> {
    /// A client that has just come.
    pub fn new(stream: S) -> Self {
        Connection {
            stream,
            queue: VecDeque::new(),
            ended: false,
            stopped: false,
        }
    }

    /// What to watch it for.
    pub fn interest(&self) -> Interest {
        let mut interest = Interest::NONE;
        if !self.stopped && !self.ended {
            interest = interest | Interest::READ;
        }
        if !self.queue.is_empty() {
            interest = interest | Interest::WRITE;
        }
        interest
    }

    /// Does what doesn't wait. Whether the connection goes on.
    pub fn ready(&mut self, ready: Readiness) -> io::Result<bool> {
        if ready.can_write() && !self.queue.is_empty() {
            let written = self.stream.write(self.queue.as_slices().0);
            if let Some(count) = unless_it_waits(written)? {
                self.queue.drain(..count);
            }
        }
        if ready.can_read() && self.pages_that_fit() > 0 && !self.ended {
            let mut asked = [0; LIMIT / PAGE];
            let asked = &mut asked[..self.pages_that_fit()];
            if let Some(count) = unless_it_waits(self.stream.read(asked))? {
                self.ended = count == 0;
                self.queue.extend(asked[..count].iter().flat_map(|b| page(*b)));
            }
        }
        self.stopped |= self.pages_that_fit() == 0;
        Ok(!self.ended || !self.queue.is_empty())
    }

    fn pages_that_fit(&self) -> usize {
        (LIMIT - self.queue.len()) / PAGE
    }
}

fn unless_it_waits(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(None),
            _ => Err(error),
        },
    }
}
