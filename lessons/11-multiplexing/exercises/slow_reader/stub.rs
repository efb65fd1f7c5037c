//! Serve a client that doesn't read, without filling your memory.
//!
//! Each byte that a client sends asks for a page, which is that byte, a
//! thousand times. So a client can ask for much with little, and some ask
//! without ever reading. What they don't take has to wait in a queue, the
//! queue has a limit, and when it is full, there is one way to make a client
//! stop: don't read from it. Then its requests fill the kernel's buffers, and
//! in the end its own sends wait. That is backpressure. Write the connection
//! of such a server.
//!
//! - `interest` says what to watch a connection for: READ as long as there
//!   is room for a page in the queue and the client may go on asking; WRITE
//!   as long as something is in the queue.
//! - `ready` is called with what came of it. It does what doesn't wait: one
//!   read, one write, and not more, since others want their turn. What the
//!   socket doesn't take at once stays in the queue.
//! - At most [`LIMIT`] bytes wait in the queue, and requests don't wait at
//!   all: don't read one for whose page there is no room.
//! - Each page goes out, whole, in the order in which they were asked for.
//! - The client may finish sending, and read the rest of its pages after
//!   that. `ready` says true as long as the connection goes on. When the
//!   client has finished and has got all, it says false.
//!
//! The socket is non-blocking. WouldBlock and Interrupted are no errors; any
//! other error ends the connection, and goes to the caller.
//!
//! Check it: `cargo workbook check slow_reader`
//!
//! Read chapter 11, "A write queue".

use std::io::{self, Read, Write};

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
    // Your fields.
}

impl<S: Read + Write> Connection<S> {
    /// A client that has just come.
    pub fn new(stream: S) -> Self {
        todo!("an empty queue")
    }

    /// What to watch it for.
    pub fn interest(&self) -> Interest {
        todo!("is there room? is there something to write?")
    }

    /// Does what doesn't wait. Whether the connection goes on.
    pub fn ready(&mut self, ready: Readiness) -> io::Result<bool> {
        todo!("write, read, and see whether that was all")
    }
}
