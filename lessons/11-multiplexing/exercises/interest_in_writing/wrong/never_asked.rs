//! Rejected by: while_something_waits_the_poller_watches_for_both, when_nothing_waits_the_interest_ends, the_poller_is_told_of_changes_only, all_arrives_and_no_wake_up_is_in_vain
//!
//! What waits is written with the next bytes.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;

use lesson_multiplexing::{Interest, Poller};

/// A connection, and what waits to be written to it.
pub struct Outbox<S> {
    stream: S,
    queue: VecDeque<u8>,
    /// What the poller was told.
    interest: Interest,
}

impl<S: Write + AsFd> Outbox<S> {
    /// Takes over a connection, and has the poller watch it for READ.
    pub fn new(stream: S, poller: &mut dyn Poller) -> io::Result<Self> {
        let interest = Interest::READ;
        poller.register(stream.as_fd(), interest)?;
        Ok(Outbox { stream, queue: VecDeque::new(), interest })
    }

    /// How many bytes wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Sends these bytes, now or later.
    pub fn send(
        &mut self,
        bytes: &[u8],
        poller: &mut dyn Poller,
    ) -> io::Result<()> {
        self.queue.extend(bytes);
        self.writable(poller)
    }

    /// There may be room: writes of what waits.
    pub fn writable(&mut self, poller: &mut dyn Poller) -> io::Result<()> {
        self.write()?;
        let _ = (poller, self.interest);
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.queue.is_empty() {
            match self.stream.write(self.queue.as_slices().0) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => drop(self.queue.drain(..count)),
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted => {}
                    ErrorKind::WouldBlock => break,
                    _ => return Err(error),
                },
            }
        }
        Ok(())
    }
}
