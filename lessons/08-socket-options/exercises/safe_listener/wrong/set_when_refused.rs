//! Rejected by: time_wait_does_not_keep_the_port, an_open_connection_does_not_keep_the_port
//!
//! The option is set only when bind has failed. The connections of the first
//! run don't have it, and that is what the second run needs.

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
    if socket.bind(&address.into()).is_err() {
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
    }
    socket.listen(queue)?;
    Ok(socket.into())
}
