//! Rejected by: the_longest_text_is_sent
//!
//! The largest number that fits is taken for one that doesn't.

use std::io::{self, ErrorKind, Write};
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
    if text.len() >= usize::from(u16::MAX) {
        return Err(ErrorKind::InvalidInput.into());
    }
    let length = text.len() as u16;
    let message = [&length.to_be_bytes()[..], text].concat();
    to.write_all(&message)
}
