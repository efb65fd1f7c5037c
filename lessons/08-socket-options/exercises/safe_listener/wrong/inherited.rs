//! Rejected by: a_program_that_it_starts_does_not_inherit_it
//!
//! The socket is made without SOCK_CLOEXEC. Every program that the server
//! starts holds the listener open.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};

/// Listens at `address`. Up to `queue` connections wait to be accepted.
///
/// # Errors
///
/// What the kernel says: `AddrInUse` while another socket listens there.
pub fn listen(address: SocketAddr, queue: i32) -> io::Result<TcpListener> {
    let family = Domain::for_address(address);
    let socket = Socket::new_raw(family, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(queue)?;
    Ok(socket.into())
}
