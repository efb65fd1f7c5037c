//! Rejected by: a_live_listener_is_not_joined, a_taken_port_is_told_at_once
//!
//! When the port is taken, any other is used, so that the server starts at
//! least.

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
    let socket = Socket::new(family, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    if socket.bind(&address.into()).is_err() {
        socket.bind(&SocketAddr::new(address.ip(), 0).into())?;
    }
    socket.listen(queue)?;
    Ok(socket.into())
}
