//! Rejected by: a_long_datagram_comes_back_whole
//!
//! The buffer is as large as what one Ethernet frame carries. A datagram may
//! be longer.

use std::io;
use std::net::UdpSocket;

/// Answers `count` datagrams, and waits for those that have not come yet.
pub fn echo(socket: &UdpSocket, count: usize) -> io::Result<()> {
    let mut buffer = [0; 1_472];
    for _ in 0..count {
        let (length, from) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..length], from)?;
    }
    Ok(())
}
