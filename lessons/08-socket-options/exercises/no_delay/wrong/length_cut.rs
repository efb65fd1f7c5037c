//! Rejected by: a_text_that_is_too_long_is_refused_whole
//!
//! The length is cut to two bytes with `as`. A text of 65,536 bytes is
//! announced as none.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

/// Connects to a server, for messages that must not wait.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends one message. When it returns, the kernel has all of it.
///
/// # Errors
///
/// `InvalidInput` where the text is too long, and what a write fails with.
pub fn send(to: &mut impl Write, text: &[u8]) -> io::Result<()> {
    let length = text.len() as u16;
    let message = [&length.to_be_bytes()[..], text].concat();
    to.write_all(&message)
}
