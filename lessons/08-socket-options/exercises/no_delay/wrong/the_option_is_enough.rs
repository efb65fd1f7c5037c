//! Rejected by: a_message_is_one_write, a_message_is_one_segment
//!
//! With TCP_NODELAY nothing waits, so length and text are written as they
//! come. Each message is two segments.

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
    let Ok(length) = u16::try_from(text.len()) else {
        return Err(ErrorKind::InvalidInput.into());
    };
    to.write_all(&length.to_be_bytes())?;
    to.write_all(text)
}
