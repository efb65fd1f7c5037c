//! Rejected by: a_foreign_address_is_told_as_it_is
//!
//! Whatever bind says, the caller is told that the address is in use.

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
    let bound = socket.bind(&address.into());
    bound.map_err(|_| io::Error::from(io::ErrorKind::AddrInUse))?;
    socket.listen(queue)?;
    Ok(socket.into())
}
