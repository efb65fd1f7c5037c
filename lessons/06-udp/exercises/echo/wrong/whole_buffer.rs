//! Rejected by: a_long_datagram_comes_back_whole, an_empty_datagram_comes_back, each_client_gets_its_own, the_same_bytes_come_back, what_comes_after_the_last_stays
//!
//! All of the buffer is sent, also what the datagram didn't fill.

use std::io;
use std::net::UdpSocket;

/// Answers `count` datagrams, and waits for those that have not come yet.
pub fn echo(socket: &UdpSocket, count: usize) -> io::Result<()> {
    let mut buffer = vec![0; 65_507];
    for _ in 0..count {
        let (_, from) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer, from)?;
    }
    Ok(())
}
