//! Rejected by: the_same_bytes_come_back
//!
//! The bytes are taken for text. What is no UTF-8 is replaced on the way.

use std::io;
use std::net::UdpSocket;

/// Answers `count` datagrams, and waits for those that have not come yet.
pub fn echo(socket: &UdpSocket, count: usize) -> io::Result<()> {
    let mut buffer = vec![0; 65_536];
    for _ in 0..count {
        let (length, from) = socket.recv_from(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length]);
        socket.send_to(text.as_bytes(), from)?;
    }
    Ok(())
}
