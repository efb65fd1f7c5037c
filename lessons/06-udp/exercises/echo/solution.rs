//! What to notice:
//!
//! - One socket serves all clients. There is no list of them: each datagram
//!   brings its sender's address, and the answer goes there.
//! - `&buffer[..length]` is the datagram. What lies behind it in the buffer
//!   is left from an earlier one.
//! - The buffer is larger than any datagram over IPv4.
//! - 0 bytes are answered like any other number.

use std::io;
use std::net::UdpSocket;

/// Answers `count` datagrams, and waits for those that have not come yet.
pub fn echo(socket: &UdpSocket, count: usize) -> io::Result<()> {
    let mut buffer = vec![0; 65_536];
    for _ in 0..count {
        let (length, from) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..length], from)?;
    }
    Ok(())
}
