//! Rejected by: what_comes_after_the_last_stays
//!
//! All that waits in the socket is answered, whatever `count` says.

use std::io;
use std::net::UdpSocket;

/// Answers `count` datagrams, and waits for those that have not come yet.
pub fn echo(socket: &UdpSocket, count: usize) -> io::Result<()> {
    let mut buffer = vec![0; 65_536];
    let mut answered = 0;
    while answered < count {
        let (length, from) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..length], from)?;
        answered += 1;
    }
    socket.set_nonblocking(true)?;
    while let Ok((length, from)) = socket.recv_from(&mut buffer) {
        socket.send_to(&buffer[..length], from)?;
    }
    socket.set_nonblocking(false)
}
