//! A server that stops, and loses nothing that it could have answered.
//!
//! Somebody asks a server to stop. One client is connected and says nothing,
//! one is getting its answer, one has sent its request and waits in the queue
//! of the listener, and one calls a little later. Write the server.
//!
//! - `serve` gives each client a thread, which calls `handle`. When that
//!   returns, or panics, the client gets its end at once.
//! - When `stop` is readable, by a byte or its end, `serve` is to stop. It may
//!   be so from the beginning.
//! - Then it accepts who is in the queue by now, and no more: closes the
//!   listener, so that later callers are refused.
//! - A handler that waits for more of its client reads the end, after what
//!   the client had sent before. A handler that answers isn't disturbed.
//! - `serve` returns when the last handler has ended, or when its patience is
//!   at an end: with the number of those that haven't.
//! - A signal in between is no reason to end, and neither is what one client
//!   does, a reset for example. Too few descriptors: that is another exercise.
//!
//! The calls: `nix::poll::poll`; `accept` of a listener that doesn't wait, by
//! `set_nonblocking(true)`; `TcpStream::shutdown`;
//! `std::sync::Condvar::wait_timeout_while`.
//!
//! Check it: `cargo workbook check drain_and_stop`
//!
//! Read chapter 13, "A stop that loses nothing".

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

/// What is done for a client, in a thread of its own.
pub type Handler = Arc<dyn Fn(&TcpStream) + Send + Sync>;

/// Serves until it is asked to stop. Gives the number of handlers that had
/// not ended when its patience had.
///
/// # Errors
///
/// Those of `poll(2)`, and those of `accept(2)` that are no client's.
pub fn serve(
    listener: TcpListener,
    stop: UnixStream,
    patience: Duration,
    handle: Handler,
) -> io::Result<usize> {
    todo!("wait for callers and the stop; then empty, close, wake, wait")
}
