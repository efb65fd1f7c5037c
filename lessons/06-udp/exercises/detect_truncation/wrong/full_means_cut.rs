//! Rejected by: a_message_of_the_limit_is_given
//!
//! A buffer that is full must have been too small. But a message may have
//! exactly that length.

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
    let mut buffer = vec![0; limit];
    let (count, from) = socket.recv_from(&mut buffer)?;
    if count == limit {
        return Ok(Got::TooLong(from));
    }
    buffer.truncate(count);
    Ok(Got::Message(buffer, from))
}
