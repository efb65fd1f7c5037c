//! Rejected by: a_message_is_one_write, a_broken_connection_is_told
//!
//! A BufWriter puts the parts together, and sends them when it is dropped.
//! What fails then, nobody is told; and a text that is larger than the buffer
//! goes by itself.

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
    let mut buffer = io::BufWriter::new(to);
    buffer.write_all(&length.to_be_bytes())?;
    buffer.write_all(text)
}
