//! Rejected by: a_number_given_again_finds_the_newcomer, a_stale_event_is_not_for_who_has_the_number_now, nothing_is_left_of_those_who_came_and_went
//!
//! A number that is in the map already keeps its connection. And a removed one
//! is only emptied.

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
}

struct Entry<T> {
    stream: Option<TcpStream>,
    object: Option<T>,
    /// The batch during which it was registered.
    since: u64,
}

impl<T> Connections<T> {
    /// Nobody is there yet. This poller is for you alone.
    pub fn new(poller: Box<dyn Poller>) -> Self {
        Connections { poller, entries: HashMap::new(), batch: 0 }
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
        let entry = Entry {
            stream: Some(stream),
            object: Some(object),
            since: self.batch,
        };
        self.entries.entry(fd).or_insert(entry);
        Ok(fd)
    }

    /// Waits for the next batch of events.
    pub fn wait(
        &mut self,
        timeout: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<()> {
        self.batch += 1;
        self.poller.wait(timeout, events)
    }

    /// The connection that an event of the present batch is for.
    pub fn get(&mut self, event: Event) -> Option<(&mut TcpStream, &mut T)> {
        let entry = self.entries.get_mut(&event.fd)?;
        let meant = entry.since < self.batch;
        let object = entry.object.as_mut().filter(|_| meant)?;
        Some((entry.stream.as_mut()?, object))
    }

    /// Takes a connection out. What belonged to it.
    pub fn remove(&mut self, fd: RawFd) -> io::Result<Option<T>> {
        let Some(entry) = self.entries.get_mut(&fd) else { return Ok(None) };
        let Some(stream) = entry.stream.take() else { return Ok(None) };
        self.poller.unregister(stream.as_fd())?;
        Ok(entry.object.take())
    }
}
