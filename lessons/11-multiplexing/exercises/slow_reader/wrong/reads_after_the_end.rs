//! Rejected by: who_has_finished_still_gets_its_pages, after_the_end_nobody_reads
//!
//! A client is read as long as there is room.

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
}

impl<S: Read + Write> Connection<S> {
    /// A client that has just come.
    pub fn new(stream: S) -> Self {
        Connection { stream, queue: VecDeque::new(), ended: false }
    }

    /// What to watch it for.
    pub fn interest(&self) -> Interest {
        let mut interest = Interest::NONE;
        if self.pages_that_fit() > 0 {
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
        if ready.can_read() && self.pages_that_fit() > 0 {
            let mut asked = [0; LIMIT / PAGE];
            let asked = &mut asked[..self.pages_that_fit()];
            if let Some(count) = unless_it_waits(self.stream.read(asked))? {
                self.ended = count == 0;
                self.queue.extend(asked[..count].iter().flat_map(|b| page(*b)));
            }
        }
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
