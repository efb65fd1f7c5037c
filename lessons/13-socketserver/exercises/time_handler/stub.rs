//! A time server: a handler for connections, one for datagrams, and a server.
//!
//! The three steps of the notes: choose the class of the server, write the
//! handler, and let the server make one for each request. The lesson's
//! library has the servers. Write the two handlers, and start a server.
//!
//! - The time is a line: what the clock says, in decimal digits, and `\n`.
//!   The clock is asked anew for each answer.
//! - Over a connection, each line that a client sends asks for the time,
//!   whatever is in it. A line ends with `\n`; without that it is none. When
//!   the client has finished, the handler is done, and that is no error. Nor
//!   is Interrupted, which means: once more. Any other error goes to the
//!   server.
//! - A line may be of any length, and is not kept: nothing in it matters.
//! - Each datagram asks for the time, an empty one as well.
//! - `serve` runs a server in which no client waits for another, whatever
//!   any of them does. It gives its stopper to `started` before it runs.
//!
//! Check it: `cargo workbook check time_handler`
//!
//! Read chapter 13, "Servers and handlers".

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use lesson_socketserver::{
    DatagramHandler, Report, Stopper, Stream, StreamHandler,
};

/// Seconds since 1970. A test gives another clock than the system's.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Answers with the time.
pub struct TimeHandler {
    clock: Clock,
}

impl TimeHandler {
    /// A handler that asks this clock.
    pub fn new(clock: Clock) -> Self {
        TimeHandler { clock }
    }
}

impl StreamHandler for TimeHandler {
    fn handle(&mut self, stream: &mut dyn Stream, _: &str) -> io::Result<()> {
        todo!("a time for each line, until the end")
    }
}

impl DatagramHandler for TimeHandler {
    fn handle(&mut self, request: &[u8]) -> io::Result<Vec<u8>> {
        todo!("the time")
    }
}

/// Serves the time until it is stopped.
pub fn serve(
    listener: TcpListener,
    clock: Clock,
    started: impl FnOnce(Stopper),
) -> io::Result<Report> {
    todo!("which class of server? what makes a handler?")
}
