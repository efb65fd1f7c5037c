//! Receive whole messages, and know those that were cut.
//!
//! A protocol over UDP says that its messages have at most `limit` bytes.
//! A longer datagram can come all the same: from a newer program, a broken
//! one, or a stranger. Take the next datagram, and say whether it is a
//! message or too long to be one.
//!
//! - A datagram of exactly `limit` bytes is a message, and so is an empty
//!   one.
//! - Of a longer one nothing is given but who sent it. A part of a message
//!   is no message.
//! - The datagram behind it stays as it is, for the next call.
//!
//! `UdpSocket::recv_from` returns how many bytes it has put into your buffer.
//! How many there were, it doesn't tell.
//!
//! Check it: `cargo workbook check detect_truncation`
//!
//! Read chapter 06, "What does not fit is lost".

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
    todo!("one recv_from; was there room to spare?")
}
