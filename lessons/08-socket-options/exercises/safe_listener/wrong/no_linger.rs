//! Rejected by: time_wait_does_not_keep_the_port, clients_hear_an_orderly_end
//!
//! With a linger time of zero there is never a TIME-WAIT that could be in the
//! way. There are resets instead.

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
    socket.set_linger(Some(std::time::Duration::ZERO))?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(queue)?;
    Ok(socket.into())
}
