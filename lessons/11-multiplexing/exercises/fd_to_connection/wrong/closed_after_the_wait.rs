//! Rejected by: what_is_removed_is_closed_before_the_next_wait
//!
//! What was removed is kept until the batch is over, and closed when the next
//! one has come.

use std::collections::HashMap;
use std::io;
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

use lesson_multiplexing::{Event, Interest, Poller};

/// Connections, each with what belongs to it: a `T`.
pub struct Connections<T> {
    poller: Box<dyn Poller>,
    entries: HashMap<RawFd, Entry<T>>,
    batch: u64,
    removed: Vec<TcpStream>,
}

struct Entry<T> {
    stream: TcpStream,
    object: T,
    /// The batch during which it was registered.
    since: u64,
}

impl<T> Connections<T> {
    /// Nobody is there yet. This poller is for you alone.
    pub fn new(poller: Box<dyn Poller>) -> Self {
        Connections {
            poller,
            entries: HashMap::new(),
            batch: 0,
            removed: Vec::new(),
        }
    }

    /// Takes over a connection with what belongs to it, and watches it for
    /// reading. Says its number.
    pub fn register(
        &mut self,
        stream: TcpStream,
        object: T,
    ) -> io::Result<RawFd> {
        self.poller.register(stream.as_fd(), Interest::READ)?;
        let fd = stream.as_raw_fd();
        let entry = Entry { stream, object, since: self.batch };
        self.entries.insert(fd, entry);
        Ok(fd)
    }

    /// Waits for the next batch of events.
    pub fn wait(
        &mut self,
        timeout: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<()> {
        self.batch += 1;
        self.poller.wait(timeout, events)?;
        self.removed.clear();
        Ok(())
    }

    /// The connection that an event of the present batch is for.
    pub fn get(&mut self, event: Event) -> Option<(&mut TcpStream, &mut T)> {
        let entry = self.entries.get_mut(&event.fd)?;
        let meant = entry.since < self.batch;
        meant.then_some((&mut entry.stream, &mut entry.object))
    }

    /// Takes a connection out. What belonged to it.
    pub fn remove(&mut self, fd: RawFd) -> io::Result<Option<T>> {
        let Some(entry) = self.entries.remove(&fd) else { return Ok(None) };
        self.poller.unregister(entry.stream.as_fd())?;
        self.removed.push(entry.stream);
        Ok(Some(entry.object))
    }
}
