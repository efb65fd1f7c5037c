//! Rejected by: it_takes_connections, time_wait_does_not_keep_the_port, an_open_connection_does_not_keep_the_port, a_live_listener_is_not_joined, the_queue_has_the_length_asked_for, clients_hear_an_orderly_end
//!
//! A socket that has a name is taken for a listener.

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
    socket.bind(&address.into())?;
    Ok(socket.into())
}
