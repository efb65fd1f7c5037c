//! Rejected by: a_message_is_one_write, a_message_is_one_segment, the_longest_text_is_sent
//!
//! Nothing waits with TCP_NODELAY, so the bytes are written one at a time.

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
    let message = [&length.to_be_bytes()[..], text].concat();
    for byte in message {
        to.write_all(&[byte])?;
    }
    Ok(())
}
