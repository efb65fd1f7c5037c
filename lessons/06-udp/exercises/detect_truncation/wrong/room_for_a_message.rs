//! Rejected by: a_longer_datagram_is_refused, the_next_message_stays_whole
//!
//! The buffer has room for a message and no more. What was cut looks like a
//! message of the greatest length.

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
    if count > limit {
        return Ok(Got::TooLong(from));
    }
    buffer.truncate(count);
    Ok(Got::Message(buffer, from))
}
