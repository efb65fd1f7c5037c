//! Connect, and wait so long and no longer.
//!
//! A blocking `connect` waits as long as the kernel sees fit: more than two
//! minutes, where nobody answers. Write the function that begins to connect,
//! waits for `wait` at most, and tells what came of it.
//!
//! - Make the socket non-blocking before it connects. Then `connect` fails
//!   with EINPROGRESS, which is no failure: the connection is under way. Any
//!   other error is one, and is returned as it is.
//! - Writable is not connected. Ask SO_ERROR: it has the reason where the
//!   connection failed (ECONNREFUSED, say), and nothing where it stands.
//! - After `wait`: `ErrorKind::TimedOut`. A `wait` of zero doesn't wait at
//!   all; a very long one, even `Duration::MAX`, is no reason to panic.
//! - A signal interrupts the wait (EINTR): it goes on, for the time left. Don't
//!   connect again.
//! - The stream that you return is blocking, as others are.
//! - Wait in a call that sleeps. `TcpStream::connect_timeout` is not what is
//!   asked.
//!
//! The crate socket2 makes the socket: `Socket::new(Domain::for_address(to),
//! Type::STREAM, None)`, with `set_nonblocking`, `connect(&to.into())` and
//! `take_error` (which is SO_ERROR); `.into()` makes a `TcpStream` of it. The
//! crate nix has `poll`, with `PollFlags::POLLOUT`.
//!
//! Check it: `cargo workbook check connect_timeout`
//!
//! Read chapter 10, "A connect in progress".

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Connects to `to` within `wait`.
///
/// # Errors
///
/// `TimedOut` when the time is over; else what `connect(2)` fails with, at
/// once or later.
pub fn connect_timeout(
    to: SocketAddr,
    wait: Duration,
) -> io::Result<TcpStream> {
    todo!("a socket that doesn't block, connect, poll, and then SO_ERROR")
}
