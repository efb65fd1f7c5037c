//! Let several listeners share a port.
//!
//! A server wants a listener for each of its workers, all at one address and
//! port: the kernel then deals the connections out, and each listener has a
//! queue of its own. Open `count` of them.
//!
//! - Port 0 asks for any free port. They all get the same one.
//! - Each is a socket of its own. `TcpListener::try_clone` would give another
//!   descriptor of the same socket, with the same queue.
//! - A worker in another process, of the same user, may join later, also
//!   where `count` is 1.
//! - All or nothing: when one can't be opened, the error is returned, and
//!   none stays open.
//!
//! `socket2::Socket` has the option's method. `Socket::into` makes a
//! `TcpListener` of a socket.
//!
//! Check it: `cargo workbook check share_a_port`
//!
//! Read chapter 08, "Sharing a port".

use std::io;
use std::net::{SocketAddr, TcpListener};

/// Opens `count` listeners at the same address and port; at least one.
///
/// # Errors
///
/// What the kernel says: `AddrInUse` where a socket has the port that doesn't
/// share it.
pub fn share(
    address: SocketAddr,
    count: usize,
) -> io::Result<Vec<TcpListener>> {
    todo!("the first one finds the port; who must set the option?")
}
