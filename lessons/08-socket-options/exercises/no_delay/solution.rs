//! What to notice:
//!
//! - Each of the two does half of it. Without the option the second message
//!   waits for the acknowledgement of the first. Without the single write each
//!   message is two segments.
//! - The message is put together in memory, which costs a copy of a few
//!   bytes. A segment more costs far more, at both ends.
//! - `flush` does nothing for a `TcpStream`: it holds nothing back. It is the
//!   kernel that does, and only an option speaks to the kernel.
//! - The option belongs to the socket that sends. The server has to set it on
//!   its own end, for its answers.

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
    to.write_all(&message)
}
