//! Rejected by: a_signal_during_the_wait_is_no_error
//!
//! Every error of the wait goes to the caller.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, ErrorKind, Read};
use std::mem;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

use lesson_multiplexing::{Interest, Poller};

/// How many reads a client has in a turn.
pub const BUDGET: usize = 16;

/// Clients behind a poller that tells of edges.
pub struct Clients<S> {
    poller: Box<dyn Poller>,
    streams: HashMap<RawFd, S>,
    left_over: BTreeSet<RawFd>,
}

impl<S: Read + AsFd> Clients<S> {
    /// Nobody is there yet.
    pub fn new(poller: Box<dyn Poller>) -> Self {
        let (streams, left_over) = Default::default();
        Clients { poller, streams, left_over }
    }

    /// Takes over a client, and has the poller watch it for READ.
    pub fn add(&mut self, stream: S) -> io::Result<RawFd> {
        self.poller.register(stream.as_fd(), Interest::READ)?;
        let fd = stream.as_fd().as_raw_fd();
        self.streams.insert(fd, stream);
        Ok(fd)
    }

    /// Asks the poller for edges, and reads from whoever has one or is left
    /// over. `heard` is told a client's number and what it has sent: no
    /// bytes at its end.
    pub fn turn(
        &mut self,
        timeout: Option<Duration>,
        heard: &mut dyn FnMut(RawFd, &[u8]),
    ) -> io::Result<()> {
        let timeout = match self.left_over.is_empty() {
            true => timeout,
            false => Some(Duration::ZERO),
        };
        let mut events = Vec::new();
        self.poller.wait(timeout, &mut events)?;
        let mut ready = mem::take(&mut self.left_over);
        ready.extend(events.iter().map(|event| event.fd));
        for fd in ready {
            self.serve(fd, heard)?;
        }
        Ok(())
    }

    fn serve(
        &mut self,
        fd: RawFd,
        heard: &mut dyn FnMut(RawFd, &[u8]),
    ) -> io::Result<()> {
        let Some(stream) = self.streams.get_mut(&fd) else { return Ok(()) };
        let mut room = [0; 1024];
        for _ in 0..BUDGET {
            match stream.read(&mut room) {
                Ok(0) => return self.end(fd, heard),
                Ok(count) => heard(fd, &room[..count]),
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted => {}
                    ErrorKind::WouldBlock => return Ok(()),
                    _ => return self.end(fd, heard),
                },
            }
        }
        self.left_over.insert(fd);
        Ok(())
    }

    fn end(
        &mut self,
        fd: RawFd,
        heard: &mut dyn FnMut(RawFd, &[u8]),
    ) -> io::Result<()> {
        heard(fd, &[]);
        match self.streams.remove(&fd) {
            Some(stream) => self.poller.unregister(stream.as_fd()),
            None => Ok(()),
        }
    }
}
