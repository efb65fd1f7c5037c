//! Send every datagram back to whom it came from.
//!
//! Take `count` datagrams, one after the other, and answer each with the
//! same bytes, to the address that sent it. Then return.
//!
//! - A datagram may have any length, from 0 bytes to 65,507, the most that
//!   UDP over IPv4 carries.
//! - Many clients send to the one socket, in any order.
//! - What comes after `count` datagrams stays in the socket.
//!
//! Check it: `cargo workbook check echo`
//!
//! Read chapter 06, "No connection".

use std::io;
use std::net::UdpSocket;

/// Answers `count` datagrams, and waits for those that have not come yet.
pub fn echo(socket: &UdpSocket, count: usize) -> io::Result<()> {
    todo!("recv_from tells who sent it; send_to says to whom")
}
