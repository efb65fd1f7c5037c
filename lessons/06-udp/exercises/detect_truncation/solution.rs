//! What to notice:
//!
//! - The buffer has one byte more than a message may have. A datagram that
//!   reaches it is too long, whether it has one byte more or sixty thousand.
//! - There is no second call for the rest: there is no rest. The next call
//!   would take the next datagram.
//! - 0 bytes are a message, and no end.
//! - The kernel can be asked, too: `recvmsg` tells by MSG_TRUNC. This way
//!   works on every system that has sockets.

use std::io;
use std::net::{SocketAddr, UdpSocket};

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Got {
    /// A message, whole, and who sent it.
    Message(Vec<u8>, SocketAddr),
    /// A datagram that was too long, and who sent it.
    TooLong(SocketAddr),
}

/// Takes the next datagram, and waits while there is none. `limit` is the
/// most bytes that a message may have, 2,000 at most.
pub fn receive(socket: &UdpSocket, limit: usize) -> io::Result<Got> {
    let mut buffer = vec![0; limit + 1];
    let (count, from) = socket.recv_from(&mut buffer)?;
    if count > limit {
        return Ok(Got::TooLong(from));
    }
    buffer.truncate(count);
    Ok(Got::Message(buffer, from))
}
