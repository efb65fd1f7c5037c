//! Rejected by: time_wait_does_not_keep_the_port, an_open_connection_does_not_keep_the_port
//!
//! The option is set, but after bind, which has looked at it by then.

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
    socket.bind(&address.into())?;
    socket.set_reuse_address(true)?;
    socket.listen(queue)?;
    Ok(socket.into())
}
