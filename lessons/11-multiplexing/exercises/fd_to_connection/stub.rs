//! Find the connection that an event is for.
//!
//! A poller knows numbers, and gives you `[(fd, event), …]`. Your program
//! knows connections, and what belongs to each: a name, half a line. Between
//! them stands a map, from the descriptor to its object. Write the map.
//!
//! A number alone doesn't say enough. When a connection is closed, the next
//! one that is accepted gets its number, at once. The events of one wait are
//! a batch, and while you work through it, an event may go stale:
//!
//! ```text
//! wait    → [(5, readable), (9, readable)]
//! 5         says that 9 is to go: 9 is removed, and closed
//! accept  → a new connection. Its number is 9.
//! 9         readable? Whoever it was, it wasn't the new one.
//! ```
//!
//! - `get` gives the connection that an event of the present batch is for.
//!   `None` if it is gone, whoever has its number now, and for a number that
//!   nobody has. What was registered during a batch has no event in it.
//! - `remove` takes a connection out of the map and off the poller. It is
//!   closed then, or when the next `wait` begins, and not later. What
//!   belonged to it goes to the caller. Nobody there is `None`, no error.
//! - What the poller refuses is not in the map.
//!
//! Take it off the poller while it is open. Closing alone doesn't always do
//! that: not for poll and select, which only know the number, and not for
//! epoll as long as somebody has a duplicate of the descriptor.
//!
//! Check it: `cargo workbook check fd_to_connection`
//!
//! Read chapter 11, "From a descriptor to its connection".

use std::io;
use std::net::TcpStream;
use std::os::fd::RawFd;
use std::time::Duration;

use lesson_multiplexing::{Event, Interest, Poller};

/// Connections, each with what belongs to it: a `T`.
pub struct Connections<T> {
    poller: Box<dyn Poller>,
    // Your fields. This one only makes the stub compile.
    all: Vec<(TcpStream, T)>,
}

impl<T> Connections<T> {
    /// Nobody is there yet. This poller is for you alone.
    pub fn new(poller: Box<dyn Poller>) -> Self {
        todo!("which map?")
    }

    /// Takes over a connection with what belongs to it, and watches it for
    /// reading. Says its number.
    pub fn register(
        &mut self,
        stream: TcpStream,
        object: T,
    ) -> io::Result<RawFd> {
        todo!("the poller first: it may refuse")
    }

    /// Waits for the next batch of events.
    pub fn wait(
        &mut self,
        timeout: Option<Duration>,
        events: &mut Vec<Event>,
    ) -> io::Result<()> {
        todo!("a new batch: who is there now?")
    }

    /// The connection that an event of the present batch is for.
    pub fn get(&mut self, event: Event) -> Option<(&mut TcpStream, &mut T)> {
        todo!("was it there when the events were fetched?")
    }

    /// Takes a connection out. What belonged to it.
    pub fn remove(&mut self, fd: RawFd) -> io::Result<Option<T>> {
        todo!("out of the map and off the poller, then closed")
    }
}
