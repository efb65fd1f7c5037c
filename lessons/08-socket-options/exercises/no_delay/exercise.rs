//! Send small messages that don't wait.
//!
//! A player of a game moves: many messages of a few bytes, one after the
//! other, without an answer in between. Send each of them at once, and in one
//! segment.
//!
//! Two things make small messages late or dear:
//!
//! - Nagle's algorithm keeps a small segment back while an earlier one isn't
//!   acknowledged (RFC 9293, section 3.7.4). Switch it off where the
//!   connection is made.
//! - A message in two writes is then two segments, each with 40 bytes of
//!   headers and more. Give each message to the kernel in one write.
//!
//! A message is its length, two bytes, big-endian, and then the text. The
//! text may be empty, and has 65,535 bytes at most: of a longer one nothing
//! is sent, and the error is of the kind `InvalidInput`.
//!
//! A write may be short. Go on from where it stopped.
//!
//! Check it: `cargo workbook check no_delay`
//!
//! Read chapter 08, "Small writes and Nagle".

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

/// Connects to a server, for messages that must not wait.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    todo!("connect; one option")
}

/// Sends one message. When it returns, the kernel has all of it.
///
/// # Errors
///
/// `InvalidInput` where the text is too long, and what a write fails with.
pub fn send(to: &mut impl Write, text: &[u8]) -> io::Result<()> {
    todo!("length and text together")
}
