//! Rejected by: time_wait_does_not_keep_the_port, an_open_connection_does_not_keep_the_port
//!
//! No option is set. The server starts, and starts again while nobody has been
//! connected: it works on the author's desk.

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
    socket.listen(queue)?;
    Ok(socket.into())
}
