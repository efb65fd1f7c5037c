//! Rejected by: a_short_message_is_given, an_empty_datagram_is_a_message, the_next_message_stays_whole
//!
//! All of the buffer is given, also what the datagram didn't fill.

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
    buffer.truncate(limit);
    Ok(Got::Message(buffer, from))
}
