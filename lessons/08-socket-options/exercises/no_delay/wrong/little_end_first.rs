//! Rejected by: a_message_has_a_length_and_a_text, a_message_is_one_segment, a_short_write_is_continued, messages_arrive_one_after_the_other
//!
//! The length is written in the machine's own order.

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
    let message = [&length.to_ne_bytes()[..], text].concat();
    to.write_all(&message)
}
