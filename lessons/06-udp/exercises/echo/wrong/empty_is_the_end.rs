//! Rejected by: an_empty_datagram_comes_back
//!
//! 0 bytes are taken for the end, as on a stream.

use std::io;
use std::net::UdpSocket;

/// Answers `count` datagrams, and waits for those that have not come yet.
pub fn echo(socket: &UdpSocket, count: usize) -> io::Result<()> {
    let mut buffer = vec![0; 65_536];
    for _ in 0..count {
        let (length, from) = socket.recv_from(&mut buffer)?;
        if length == 0 {
            break;
        }
        socket.send_to(&buffer[..length], from)?;
    }
    Ok(())
}
