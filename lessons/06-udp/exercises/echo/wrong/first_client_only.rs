//! Rejected by: each_client_gets_its_own
//!
//! The first sender is taken for the client, and gets all answers.

use std::io;
use std::net::UdpSocket;

/// Answers `count` datagrams, and waits for those that have not come yet.
pub fn echo(socket: &UdpSocket, count: usize) -> io::Result<()> {
    let mut buffer = vec![0; 65_536];
    let mut client = None;
    for _ in 0..count {
        let (length, from) = socket.recv_from(&mut buffer)?;
        let client = *client.get_or_insert(from);
        socket.send_to(&buffer[..length], client)?;
    }
    Ok(())
}
