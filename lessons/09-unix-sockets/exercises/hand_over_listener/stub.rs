//! Hand a listener to another program, and lose it under no circumstances.
//!
//! The old program hands its listener to the new one, over a Unix socket, and
//! ends. If the new one fails before it has the listener, the old one must
//! still have it, to go on serving. So the new one says that it has got it.
//! Write both sides.
//!
//! - The old one sends one byte, `L`, and with it the listener. Then it waits
//!   for one byte, `k`. That is the end of its part. With anything else, or
//!   an error, or no answer before the socket's own time-out, it gives the
//!   listener back.
//! - The new one receives a message that must have exactly one descriptor, of
//!   a TCP socket that listens. Then it sends `k`. Anything else is
//!   `InvalidData`, and must not be acknowledged; a peer that has closed is
//!   `UnexpectedEof`. No descriptor that came may stay open then.
//!
//! The lesson's library has the two calls, `rights::send` and
//! `rights::receive`; `receive` gives all descriptors that came, as owners.
//! `socket2::SockRef` tells what a socket is.
//!
//! Check it: `cargo workbook check hand_over_listener`
//!
//! Read chapter 09, "A descriptor in a message".

use std::io;
use std::net::TcpListener;
use std::os::unix::net::UnixStream;

/// The old program's side. On an error the listener comes back with it.
pub fn hand_over(
    to: &UnixStream,
    listener: TcpListener,
) -> Result<(), (TcpListener, io::Error)> {
    todo!("send it, and wait until the other side says that it has it")
}

/// The new program's side.
///
/// # Errors
///
/// `InvalidData` when something else came, `UnexpectedEof` when nothing can
/// come any more.
pub fn take_over(from: &UnixStream) -> io::Result<TcpListener> {
    todo!("how many came, and what are they?")
}
