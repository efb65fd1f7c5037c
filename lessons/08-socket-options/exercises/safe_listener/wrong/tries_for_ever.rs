//! Rejected by: a_live_listener_is_not_joined, a_taken_port_is_told_at_once
//!
//! While the port is taken, bind is tried again and again. If another server
//! has it, that never ends.

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
    while let Err(error) = socket.bind(&address.into()) {
        if error.kind() != io::ErrorKind::AddrInUse {
            return Err(error);
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    socket.listen(queue)?;
    Ok(socket.into())
}
