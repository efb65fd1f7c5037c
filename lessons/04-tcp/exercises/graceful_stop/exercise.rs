//! Stop a server without hurting its clients.
//!
//! A server that is told to stop turns new clients away, lets those it is
//! serving finish, and gives up on the rest when its patience is over. Write
//! such a server. The standard library has all that it takes.
//!
//! `start` returns at once. From then on:
//!
//! - Every client gets a thread of its own, which calls `serve` with the
//!   client's socket.
//! - When `serve` returns, or panics, that client's connection is closed. The
//!   server goes on.
//!
//! `stop` takes these steps:
//!
//! 1. Close the listener. Whoever connects from now on is refused.
//! 2. Wait until all clients have finished, but no longer than `patience` for
//!    all of them together. Where nobody is left, don't wait.
//! 3. Cut off those that are left, by `shutdown(Shutdown::Both)`: a thread
//!    that waits in `read` wakes up and reads 0 bytes.
//! 4. When all threads have ended, return how many clients were cut off.
//!
//! A thread that waits in `accept` has to be woken for step 1. One way: set a
//! flag, then connect to yourself.
//!
//! Check it: `cargo workbook check graceful_stop`
//!
//! Read chapter 04, "Stopping a server".

use std::io;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// A server that is running.
pub struct Server {
    // What `stop` has to know goes here.
}

impl Server {
    /// Accepts clients, and calls `serve` for each on a thread of its own.
    pub fn start(
        listener: TcpListener,
        serve: impl Fn(&TcpStream) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        todo!("spawn a thread that accepts")
    }

    /// Turns away new clients, waits for `patience` until those that are
    /// served have finished, and returns how many had to be cut off.
    pub fn stop(self, patience: Duration) -> usize {
        todo!("wake the thread that accepts; wait; cut off; join")
    }
}
